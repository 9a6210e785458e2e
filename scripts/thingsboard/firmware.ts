/** `firmware`: a package onto the server, assigned, and watched until every tracker has it, or says why not. */
import { basename } from "node:path";
import { Fault } from "../fault.ts";
import { checksumOf } from "../simulator/thingsboard/ota-package.ts";
import { MARKED } from "./names.ts";
import { ALL, type FirmwareOptions } from "./options.ts";
import { type PackageFile, readPackage } from "./package-file.ts";
import { type Tracker, type Watching, watch } from "./progress.ts";
import type { Entity, EntityId, Server } from "./server.ts";
import { deviceNamed, devicesOf, isOf, KINDS, profileThere } from "./things.ts";

/** Each board's firmware knows it. */
const CHECKSUM = "CRC32";

/** Whom the package is for. */
interface Target {
  /** A package is of one profile. */
  profile: EntityId;
  /** Where the assignment is saved, and what. */
  path: string;
  entity: Entity;
  devices: Tracker[];
}

/** Gives true when all are done and none failed. */
export async function firmware(
  server: Server,
  options: FirmwareOptions,
  watching: Watching,
): Promise<boolean> {
  const file = readPackage(options.file);
  const target = await targetOf(server, options.to);
  const id = await put(server, file, basename(options.file), target.profile, watching.say);
  if ((target.entity.firmwareId as EntityId | null | undefined)?.id === id.id)
    watching.say(`${file.title} ${file.version}: is assigned already`);
  else {
    await server.post(target.path, { ...target.entity, firmwareId: id });
    watching.say(`${file.title} ${file.version}: assigned to ${countOf(target, options.to)}`);
  }
  if (!options.wait_s || !target.devices.length) return true;
  return watch(server, target.devices, file, options.wait_s, watching);
}

const countOf = ({ devices }: Target, to: string): string =>
  to === ALL ? `the device profile, ${devices.length} devices` : to;

/** Throws `Fault` for a device of another profile: `remove` would not find what was put there for it. */
async function targetOf(server: Server, to: string): Promise<Target> {
  const profile = await profileThere(server);
  if (to === ALL) {
    const all = await devicesOf(server, profile);
    // What is assigned to a device itself goes before its profile's.
    const devices = all.filter(({ firmwareId }) => !firmwareId).map(trackerOf);
    return { profile: profile.id, path: KINDS.profile.path, entity: profile, devices };
  }
  const entity = await deviceNamed(server, to);
  if (!entity)
    throw new Fault(
      `${server.url}: has no device "${to}"; --to takes a device's name, or "${ALL}" for all of them`,
    );
  if (!isOf(entity, profile))
    throw new Fault(
      `${server.url}: its device "${to}" is of the profile "${entity.type}": npm run thingsboard -- device "${to}" --move makes it one of "${profile.name}"`,
    );
  return { profile: profile.id, path: "/api/device", entity, devices: [trackerOf(entity)] };
}

const trackerOf = ({ id, name }: Entity): Tracker => ({ id: id.id, name });

/** Uploads it, unless it is there. Title and version stand for the content: a server has them once. */
async function put(
  server: Server,
  { title, version, tag, bytes }: PackageFile,
  name: string,
  deviceProfileId: EntityId,
  say: (line: string) => void,
): Promise<EntityId> {
  const checksum = checksumOf(bytes, CHECKSUM);
  const known = (await server.list("/api/otaPackages")).find(
    (one) => one.title === title && one.version === version,
  );
  if (known?.hasData) {
    const isSame =
      known.checksumAlgorithm === CHECKSUM ? known.checksum === checksum : known.dataSize === bytes.length;
    if (!isSame)
      throw new Fault(
        `${server.url}: has another ${title} ${version}: raise the version in package.json, and make the package anew`,
      );
    if ((known.deviceProfileId as EntityId | null)?.id !== deviceProfileId.id)
      throw new Fault(
        `${server.url}: has ${title} ${version} for another device profile: raise the version in package.json, and make the package anew`,
      );
    say(`${title} ${version}: is on the server already`);
    return known.id;
  }
  const made =
    known ??
    (await server.post<Entity>("/api/otaPackage", {
      deviceProfileId,
      type: "FIRMWARE",
      title,
      version,
      tag,
      usesUrl: false,
      additionalInfo: MARKED,
    }));
  await server.upload(
    `/api/otaPackage/${made.id.id}?checksumAlgorithm=${CHECKSUM}&checksum=${checksum}`,
    name,
    bytes,
  );
  say(
    `${title} ${version}: uploaded, ${bytes.length.toLocaleString("en-US")} bytes, ${CHECKSUM} ${checksum}`,
  );
  return made.id;
}
