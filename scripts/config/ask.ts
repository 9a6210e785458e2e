/** The conversation of `npm run config`: what is asked, in which order, and what one answer makes of the next question. */
import { dirname, join, relative } from "node:path";
import { fileFault, type Part } from "../certificate/pem.ts";
import { Fault } from "../fault.ts";
import { pathFrom, pathWithin } from "./document.ts";
import { type FieldInfo, fields } from "./fields.ts";
import type { ConfigOptions } from "./options.ts";
import {
  askBoard,
  askedFields,
  askField,
  askFile,
  askRootSource,
  askTls,
  askToken,
  askUnsafe,
  askYes,
  type Streams,
  show,
} from "./questions.ts";
import {
  boardOf,
  dropForeignFields,
  faultsOf,
  loginOf,
  portOf,
  putAt,
  type Settings,
  tlsOf,
  valueAt,
} from "./settings.ts";
import { type Look, lookAt, lookingAt, rootFile, rootLines, targetOf } from "./trust.ts";

/** A file to be written with the settings. */
export interface NewFile {
  path: string;
  text: string;
}

/** What a conversation stands on. */
export interface Asking extends Streams {
  /** The roots that may be trusted; Node's own list when missing. */
  roots?: readonly string[];
}

/** Asks for everything; or, when some came as flags, for what is required and still missing. Gives files to be written, too. */
export async function ask(
  settings: Settings,
  options: Pick<ConfigOptions, "out" | "board" | "given" | "fetchCa">,
  asking: Asking,
): Promise<NewFile[]> {
  const { out, board, given } = options;
  const all = !given.size && !board && !options.fetchCa;
  const present = boardOf(settings);
  const chosen = present && !all ? present : await askBoard(present, asking);
  if (chosen !== present) dropForeignFields(settings, chosen);
  settings.board = chosen;
  const isMissing = ({ path, required }: FieldInfo) => required && valueAt(settings, path) === undefined;
  const asked = askedFields(chosen, loginOf(settings)).filter((field) => all || isMissing(field));
  // Before a person answers ten questions for nothing.
  const faults = faultsOf(settings, chosen, asked);
  if (faults.length) throw new Fault(faults.map((fault) => `${out}: ${fault}`).join("\n"));

  const files: NewFile[] = [];
  for (const { path } of askedFields(chosen)) {
    const field = askedFields(chosen, loginOf(settings)).find((one) => one.path === path) as FieldInfo;
    if (!(all ? isAsked(path, tlsOf(settings)) : isMissing(field))) continue;
    if (path === "server.ca") files.push(...(await askRoot(field, settings, out, asking)));
    else if (path === "server.username") await askLogin(field, settings, asking);
    else putAt(settings, path, await answerFor(field, settings, out, asking));
  }
  return files;
}

/** In the place of a token. */
const PROVISIONING = ["server.provision_key", "server.provision_secret", "server.device_name"];

/** Whether a question makes sense with the answers so far. */
function isAsked(path: string, tls: number): boolean {
  switch (path) {
    case "server.ca":
      return tls > 0;
    case "server.cert":
    case "server.key":
      return tls === 2;
    case "server.username":
      return tls !== 2;
    case "server.provision_key":
    case "server.provision_secret":
    case "server.device_name":
      // With the token: askLogin.
      return false;
    default:
      return true;
  }
}

async function answerFor(
  field: FieldInfo,
  settings: Settings,
  out: string,
  asking: Asking,
): Promise<string | number> {
  const present = valueAt(settings, field.path);
  switch (field.path) {
    case "server.tls":
      return askTls(present, portOf(settings), asking);
    case "server.cert":
    case "server.key":
      return askPath(field, present, out, asking);
    default:
      return askField(field, present, asking);
  }
}

/** Sets the access token, or what the board gets a login of its own by. */
async function askLogin(field: FieldInfo, settings: Settings, asking: Asking): Promise<void> {
  const { provision } = loginOf(settings);
  const token = await askToken(field, provision ? "" : valueAt(settings, field.path), asking);
  putAt(settings, field.path, token || undefined);
  for (const path of PROVISIONING) {
    const login = { ...loginOf(settings), provision: true };
    const its = fields(boardOf(settings), login).find((one) => one.path === path) as FieldInfo;
    // The key, too, now that there is no token.
    const needed = its.secret || path === "server.provision_key" ? { ...its, least: 1, required: true } : its;
    putAt(settings, path, token ? undefined : await askField(needed, valueAt(settings, path), asking));
  }
}

/** A file's path, typed as seen from here; gives it as seen from the settings. */
async function askPath(field: FieldInfo, present: unknown, out: string, streams: Streams): Promise<string> {
  const shown = typeof present === "string" && present ? relative("", pathFrom(out, present)) : "";
  const part = field.path.replace("server.", "") as Part;
  return pathWithin(out, await askFile(field, shown, (path) => fileFault(part, path), streams));
}

/** Sets `server.ca`. */
async function askRoot(
  field: FieldInfo,
  settings: Settings,
  out: string,
  asking: Asking,
): Promise<NewFile[]> {
  const present = valueAt(settings, field.path);
  const kept = typeof present === "string" ? present : "";
  for (;;) {
    const source = await askRootSource(kept, asking);
    if (source === "kept") return [];
    if (source === "file") {
      putAt(settings, field.path, await askPath(field, present, out, asking));
      return [];
    }
    const target = targetOf(out, settings);
    show([lookingAt(target)], asking);
    const look = await lookAt(target, asking.roots);
    const file = await askTrust(look, asking);
    if (file) return [useRoot(settings, out, file)];
  }
}

/** Shows what was seen, and asks whether the root is to be trusted; undefined: it is not, or there is none. */
export async function askTrust(
  { lines, root }: Look,
  asking: Asking,
): Promise<{ name: string; text: string } | undefined> {
  show(lines, asking);
  if (!root) return undefined;
  show(rootLines(root), asking);
  const trusted = root.isPublic
    ? await askYes("Trust it?", asking)
    : await askUnsafe("Is it the fingerprint that its owner told you?", asking);
  return trusted ? rootFile(root) : undefined;
}

/** The file, to be written beside the settings, which name it from here on. */
export function useRoot(
  settings: Settings,
  out: string,
  { name, text }: { name: string; text: string },
): NewFile {
  putAt(settings, "server.ca", name);
  return { path: join(dirname(out), name), text };
}
