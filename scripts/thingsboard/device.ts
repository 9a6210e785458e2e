/** `device`: a tracker's device on the server, and its settings in a file. */
import { X509Certificate } from "node:crypto";
import { dirname, join } from "node:path";
import type { NewFile } from "../config/ask.ts";
import { readText } from "../config/file.ts";
import { parseSettings, type Settings, tlsOf, valueAt } from "../config/settings.ts";
import { rootFile } from "../config/trust.ts";
import { configure, type Surroundings } from "../config.ts";
import { Fault } from "../fault.ts";
import { type Connectivity, connectivityOf } from "./connectivity.ts";
import { silence_s } from "./content/scripts.ts";
import { initialOf } from "./content/settings.ts";
import { MARKED } from "./names.ts";
import type { DeviceOptions } from "./options.ts";
import type { Entity, Server } from "./server.ts";
import { deviceNamed, devicesOf, isOf, profileThere } from "./things.ts";

/** What the dashboard shows beside a fix, and costs no more of the outbox. */
const EXTRAS = "why,battery,signal_dbm";

/** Values for `npm run config`, by path. */
type Given = Map<string, string | number>;

export async function device(
  server: Server,
  options: DeviceOptions,
  surroundings: Surroundings,
): Promise<void> {
  const profile = await profileThere(server);
  const { name } = options;
  const found =
    name === undefined ? undefined : await deviceFor(server, name, profile, options.move, surroundings.say);
  const given: Given = found ? await tokenOf(server, found) : provisioningOf(server, profile);
  // Any of them knows where the server is.
  const asked = found ?? (await devicesOf(server, profile))[0];
  const reached = asked ? await connectivityOf(server, asked) : guess(server);
  const files = putWay(given, reached, options.out);
  const { out, board, yes, force } = options;
  surroundings.say(
    await configure(
      { out, board, given, yes, force, fetchCa: false, fingerprint: undefined },
      surroundings,
      files,
    ),
  );
  for (const note of reached.notes) surroundings.complain(note);
  if (found) await setAttributes(server, found, settingsIn(out), surroundings.say);
}

/** Finds it, or makes it. Throws `Fault` where it is of another profile. */
async function deviceFor(
  server: Server,
  name: string,
  profile: Entity,
  move: boolean,
  say: (line: string) => void,
): Promise<Entity> {
  const known = await deviceNamed(server, name);
  const deviceProfileId = profile.id;
  if (!known) {
    const made = await server.post<Entity>("/api/device", { name, deviceProfileId, additionalInfo: MARKED });
    say(`device "${name}": made`);
    return made;
  }
  if (isOf(known, profile)) {
    say(`device "${name}": is there already`);
    return known;
  }
  if (!move)
    throw new Fault(
      `${server.url}: its device "${name}" is of the profile "${known.type}": --move makes it one of "${profile.name}", or give another name`,
    );
  // Its type is the old profile's name.
  const { type: _, ...rest } = known;
  const moved = await server.post<Entity>("/api/device", { ...rest, deviceProfileId });
  say(`device "${name}": moved to the profile "${profile.name}"`);
  return moved;
}

async function tokenOf(server: Server, { id, name }: Entity): Promise<Given> {
  const { credentialsType, credentialsId } = await server.get<Record<string, string>>(
    `/api/device/${id.id}/credentials`,
  );
  if (credentialsType !== "ACCESS_TOKEN" || credentialsId === undefined)
    throw new Fault(
      `${server.url}: "${name}" logs in by ${credentialsType}, not by a token: npm run config writes its settings`,
    );
  return new Map([["server.username", credentialsId]]);
}

function provisioningOf(server: Server, { provisionDeviceKey, profileData }: Entity): Given {
  const { provisionConfiguration } = profileData as {
    provisionConfiguration?: { type?: string; provisionDeviceSecret?: string | null };
  };
  const secret = provisionConfiguration?.provisionDeviceSecret;
  if (typeof provisionDeviceKey !== "string" || !secret)
    throw new Fault(
      `${server.url}: its device profile has no provisioning: npm run thingsboard -- setup gives it one, or give the device's name`,
    );
  return new Map([
    ["server.provision_key", provisionDeviceKey],
    ["server.provision_secret", secret],
  ]);
}

const guess = (server: Server): Connectivity => {
  const host = new URL(server.url).hostname;
  return {
    host,
    port: 1883,
    root: undefined,
    notes: [
      `without a device the server does not say where its MQTT is: ${host}:1883, plain text, is a guess`,
    ],
  };
};

/** Adds the way to the server; gives the files that it names. TLS that the file has already is never replaced by less. */
function putWay(given: Given, { host, port, root, notes }: Connectivity, out: string): NewFile[] {
  given.set("server.host", host);
  const there = settingsIn(out);
  if (!root && tlsOf(there) && valueAt(there, "server.host") === host) {
    notes.push(`${out}: its TLS stays as it is`);
    return [];
  }
  given.set("server.port", port);
  given.set("server.tls", root ? 1 : 0);
  if (!root) return [];
  const { name, text } = rootFile({ certificate: new X509Certificate(root), isPublic: false });
  given.set("server.ca", name);
  return [{ path: join(dirname(out), name), text }];
}

function settingsIn(out: string): Settings {
  const read = parseSettings(readText(out) ?? "{}");
  return "settings" in read ? read.settings : {};
}

/** How long it may be silent, and what it is to report; of the latter what is set already stays. */
async function setAttributes(
  server: Server,
  { id }: Entity,
  settings: Settings,
  say: (line: string) => void,
): Promise<void> {
  const path = `/api/plugins/telemetry/DEVICE/${id.id}`;
  const there = await server.get<{ key: string }[]>(`${path}/values/attributes/SHARED_SCOPE?keys=extras`);
  if (!there.length && valueAt(settings, "extras") === undefined) {
    await server.post(`${path}/attributes/SHARED_SCOPE`, { extras: EXTRAS });
    say(`extras: ${EXTRAS}, as shared attribute: the dashboard shows them`);
  }
  const silence = silence_s({
    power: settings.power,
    interval_s: settings.interval_s ?? initialOf("interval_s"),
    heartbeat_s: settings.heartbeat_s,
    upload_s: settings.upload_s,
    keep_alive: valueAt(settings, "server.keep_alive") ?? initialOf("server.keep_alive"),
  });
  await server.post(`${path}/attributes/SERVER_SCOPE`, { inactivityTimeout: silence * 1000 });
  say(`inactivityTimeout: ${silence} s; the rule chain keeps it up with the settings`);
}
