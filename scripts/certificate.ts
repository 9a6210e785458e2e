/** `npm run certificate`: a device's key and certificate, for X.509 login at ThingsBoard. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { makeCertificate } from "./certificate/make.ts";
import { type CertificateOptions, certificateCommand, readOptions } from "./certificate/options.ts";
import { pathWithin, presentSettings, textOf } from "./config/document.ts";
import { writePublicText, writeSecretText } from "./config/file.ts";
import { putAt, type Settings, valueAt } from "./config/settings.ts";
import { Fault } from "./fault.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";

/** Where the command says what it did; a terminal when not told. */
export interface Surroundings {
  say(line: string): void;
  complain(line: string): void;
}

const PROCESS: Surroundings = {
  say: (line) => console.log(line),
  complain: (line) => console.error(line),
};

const DAY_MS = 86_400_000;

/** A name as a file may have it on any system. */
const fileNameOf = (device: string): string => device.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "_");

async function make({ device, out, days, config, force }: CertificateOptions): Promise<string[]> {
  const cert = join(out, `${fileNameOf(device)}.crt.pem`);
  const key = join(out, `${fileNameOf(device)}.key.pem`);
  for (const path of [cert, key])
    if (!force && existsSync(path))
      throw new Fault(`${path}: is there already; --force overwrites it, and the old key is lost`);
  const settings = config === undefined ? undefined : presentSettings(config, false);

  const until = new Date(Date.now() + days * DAY_MS);
  const made = await makeCertificate({ name: device, client: true, until });
  writeSecretText(key, made.key);
  writePublicText(cert, made.certificate);
  const lines = [
    `wrote ${cert}, valid until ${until.toISOString().slice(0, 10)}, and its key ${key}, readable by you alone`,
    `1. in ThingsBoard: Entities → Devices → ${device} → Manage credentials → X.509 Certificate: paste the whole of ${cert}`,
  ];
  if (config === undefined || !settings)
    return [
      ...lines,
      `2. npm run config -- --tls 2 --cert ${quoted(cert)} --key ${quoted(key)} --fetch-ca`,
      "3. npm run flash -- --config tracker.json",
    ];
  putInto(settings, config, { cert, key });
  writeSecretText(config, textOf(settings, config));
  lines.push(`${config} has it now: server.tls 2, server.cert and server.key`);
  const port = valueAt(settings, "server.port");
  if (port === 1883)
    lines.push(`server.port is ${port} there, mostly the one without TLS; with TLS it is 8883 most often`);
  if (!valueAt(settings, "server.ca"))
    lines.push(`2. npm run config -- --out ${quoted(config)} --fetch-ca, for the root to trust`);
  lines.push(`${lines.at(-1)?.startsWith("2.") ? 3 : 2}. npm run flash -- --config ${quoted(config)}`);
  return lines;
}

function putInto(settings: Settings, document: string, { cert, key }: { cert: string; key: string }): void {
  putAt(settings, "server.tls", 2);
  putAt(settings, "server.cert", pathWithin(document, cert));
  putAt(settings, "server.key", pathWithin(document, key));
}

const quoted = (path: string): string => (/\s/.test(path) ? `"${path}"` : path);

/** Returns the exit code. */
export async function certificate(
  args: string[],
  { say, complain }: Surroundings = PROCESS,
): Promise<number> {
  return withFaultsTold(async () => {
    const options = readOptions(args);
    if (!options) say(certificateCommand().helpInformation());
    else for (const line of await make(options)) say(line);
    return EXIT.OK;
  }, complain);
}

await runCommand(import.meta.url, (args) => certificate(args));
