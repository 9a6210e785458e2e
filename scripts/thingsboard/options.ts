/** The command lines of `npm run thingsboard`: what is to be done, then its options. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { BOARDS, type BoardName } from "../boards.ts";
import { command, filePath, UsageError, valuesOf, wholeNumber } from "../command-line.ts";

export const ACTIONS = ["setup", "device", "firmware", "remove"] as const;
export type Action = (typeof ACTIONS)[number];

/** Whom to talk to. */
export interface ServerOptions {
  url: string;
  user: string;
}

export interface DeviceOptions extends ServerOptions {
  /** Undefined: each board asks the server for a device of its own. */
  name: string | undefined;
  out: string;
  board: BoardName | undefined;
  /** Take over a device of another profile. */
  move: boolean;
  yes: boolean;
  force: boolean;
}

export interface FirmwareOptions extends ServerOptions {
  file: string;
  /** The name of a device, or `ALL`. */
  to: string;
  /** 0: do not wait. */
  wait_s: number;
}

export interface RemoveOptions extends ServerOptions {
  /** Devices of the profile that the command did not make, too. */
  devices: boolean;
  yes: boolean;
}

/** What `--to` says for all devices of the profile. */
export const ALL = "profile";

export type Wanted =
  | { action: "setup"; options: ServerOptions }
  | { action: "device"; options: DeviceOptions }
  | { action: "firmware"; options: FirmwareOptions }
  | { action: "remove"; options: RemoveOptions };

/** An address; what else is wrong with it is told later, as a fault of an option's value repeats the value. */
function address(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError("It must be an address that begins with https:// or http://.");
  return url.href;
}

const HOURS_24 = 86_400;
const WAIT_S = 900;

/** Without the slash at its end, as paths begin with one. */
function withoutLogin(address: string): string {
  const { username, password, origin, pathname } = new URL(address);
  if (username || password)
    throw new UsageError(
      "--url: must have neither user nor password in it: --user, and the password is asked for, or THINGSBOARD_PASSWORD",
    );
  return `${origin}${pathname}`.replace(/\/+$/, "");
}

function commandOf(action: Action, does: string, argument?: string): Command {
  const made = command("npm run thingsboard", does)
    .name(`npm run thingsboard -- ${action}`)
    .requiredOption("--url <URL>", "ThingsBoard's address, as in a browser", address)
    .requiredOption(
      "--user <NAME>",
      "a tenant administrator; the password is asked for, or THINGSBOARD_PASSWORD",
    );
  return argument ? made.argument(argument) : made;
}

const COMMANDS: Record<Action, () => Command> = {
  setup: () =>
    commandOf(
      "setup",
      "Puts device profile, rule chain, alarm rules and dashboard into a server; those that are there already are brought up to date.",
    ),
  device: () =>
    commandOf(
      "device",
      "Makes a device, or finds it, and writes its tracker.json; without a name one with which each board asks for a device of its own.",
      "[NAME]",
    )
      .option("--out <FILE>", "write this file", filePath, "tracker.json")
      .addOption(new Option("--board <NAME>", "the board the settings are for").choices(BOARDS))
      .option("--move", "take over a device of another device profile")
      .option("--yes", "ask nothing")
      .option("--force", "overwrite the file without asking"),
  firmware: () =>
    commandOf(
      "firmware",
      "Uploads a package of npm run package, assigns it, and shows how far each tracker is until all are done.",
      "<FILE>",
    )
      .requiredOption("--to <NAME>", `a device, or "${ALL}": all of the device profile`)
      .option("--wait <S>", "wait so long at most; 0: do not", wholeNumber(0, HOURS_24), WAIT_S),
  remove: () =>
    commandOf("remove", "Takes away all that setup, device and firmware made, and nothing else.")
      .option("--devices", "devices of the profile that others made, too")
      .option("--yes", "ask nothing"),
};

/** The command of each action, in their order. */
export const actionCommands = (): Command[] => ACTIONS.map((action) => COMMANDS[action]());

export const thingsboardCommand = (): Command =>
  command(
    "npm run thingsboard",
    `Sets a ThingsBoard server up for trackers: ${ACTIONS.join(", ")}; each has --help, as in npm run thingsboard -- setup --help.`,
  );

/** The values of the options, as commander names them. */
interface Values {
  url: string;
  user: string;
  out: string;
  board?: BoardName;
  to: string;
  wait: number;
  move?: true;
  devices?: true;
  yes?: true;
  force?: true;
}

/** Reads the command line; a text: help is wanted, and that is it. Throws `UsageError`. */
export function readOptions(args: string[]): Wanted | string {
  const action = ACTIONS.find((one) => one === args[0]);
  if (!action) {
    const made = thingsboardCommand();
    if (!valuesOf(made, args)) return made.helpInformation();
    throw new UsageError(`nothing to do: use ${ACTIONS.slice(0, -1).join(", ")} or ${ACTIONS.at(-1)}`);
  }
  const made = COMMANDS[action]();
  const values = valuesOf<Values>(made, args.slice(1));
  if (!values) return made.helpInformation();
  const {
    url,
    user,
    out,
    board,
    to,
    wait,
    move = false,
    devices = false,
    yes = false,
    force = false,
  } = values;
  const [given] = made.args;
  const server = { url: withoutLogin(url), user };
  switch (action) {
    case "setup":
      return { action, options: server };
    case "device":
      return { action, options: { ...server, name: given, out, board, move, yes, force } };
    case "firmware":
      return { action, options: { ...server, file: given ?? "", to, wait_s: wait } };
    case "remove":
      return { action, options: { ...server, devices, yes } };
  }
}
