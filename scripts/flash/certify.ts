/** The part of `npm run flash` that sees to the certificates on the modem. */
import { type BoardName, entryOf } from "../boards.ts";
import { fieldOf } from "../config/fields.ts";
import { type Address, type Device, DeviceError } from "../device/device.ts";
import type { Certificate } from "./certificates.ts";
import { createModemStore } from "./modem-store.ts";
import { type Output, type Progress, showProgress, showWait } from "./progress.ts";
import { openRelay, type Relay, type RelayTimes } from "./relay.ts";
import { SETTINGS_FILE } from "./settings.ts";

export interface CertifyOptions {
  device: Device;
  board: BoardName;
  address: Address;
  /** The settings that go to the board, JSON; undefined: those on it stay. */
  settings: string | undefined;
  /** What they name. */
  certificates: Certificate[];
  say(line: string): void;
  output: Output;
  /** Of `buildRelay`. */
  program(board: BoardName): Promise<string>;
  times: RelayTimes & { pause_ms?: number };
}

/** The modem of a board that is held. */
export interface Certifier {
  /** Puts what is missing there. Throws `DeviceError`; where the settings stay as they are it only says what is wrong. */
  put(): Promise<void>;
  /** Takes away what earlier settings needed; only says it when that fails, for it does no harm there. */
  tidy(): Promise<void>;
}

/** From try to try: a modem that starts refuses everything for some seconds. */
const PAUSE_MS = 3000;
/** How many commands are under way at once, at most. */
const COMMANDS = 3;

/** Throws `DeviceError`. */
export async function openCertifier(options: CertifyOptions): Promise<Certifier> {
  const { device, board, address, settings, certificates, say, output, times } = options;
  const relay = await openRelay(device, {
    program: await options.program(board),
    path: await modemPort(device, board, settings),
    giveBack: entryOf(board).cedes_console?.(address.baud) ?? "",
    times,
  });
  const store = createModemStore(withWait(relay, output), times.pause_ms ?? PAUSE_MS);

  async function put(file: Certificate): Promise<void> {
    let progress: Progress | undefined;
    let took = "";
    const onProgress = (sent: number): void => {
      progress ??= showProgress(`${file.field} to the modem`, file.size, output);
      progress.update(sent);
      if (sent < file.size) return;
      took = progress.stop();
      progress = undefined;
    };
    const done = await store.put(file, onProgress).finally(() => progress?.stop());
    if (done === "there") say(`${file.field}: on the modem already (${file.name})`);
    else if (done === "put") say(`${took}, checksum right (${file.name})`);
    else
      say(
        `${file.field}: the modem lacks ${file.name}, and no tracker.json here has it: npm run flash -- --config FILE puts it there`,
      );
  }

  return {
    async put() {
      try {
        for (const file of certificates) await put(file);
      } catch (error) {
        // The settings on the board name them already.
        if (settings !== undefined || !(error instanceof DeviceError)) throw error;
        say(`The certificates on the modem could not be seen to: ${error.message}`);
      }
    },
    async tidy() {
      try {
        const old = await store.deleteOld(certificates);
        if (old.length) say(`Deleted from the modem, as no settings name them any more: ${old.join(", ")}`);
      } catch (error) {
        if (!(error instanceof DeviceError)) throw error;
        say(`What earlier settings put onto the modem is still there, and does no harm: ${error.message}`);
      }
    },
  };
}

/** Shows that the modem is waited for. */
const withWait = (relay: Relay, output: Output): Relay => ({
  ...relay,
  async ask(commands, payload) {
    const stop = showWait("Waiting for the modem", relay.limit_ms(COMMANDS), output);
    return relay.ask(commands, payload).finally(stop);
  },
});

/** The modem's device, on Linux; elsewhere nobody asks. `settings`: see `CertifyOptions`. */
export async function modemPort(
  device: Device,
  board: BoardName,
  settings: string | undefined,
): Promise<string> {
  const given =
    settings === undefined
      ? await device.evaluate(`(require("Storage").readJSON("${SETTINGS_FILE}",true)||{}).modem_port`)
      : JSON.parse(settings).modem_port;
  return String(given ?? fieldOf("modem_port", board)?.default ?? "");
}
