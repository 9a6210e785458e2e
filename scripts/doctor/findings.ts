/**
 * What can be found on a board: from what is seen to the finding, its cause and what to do. In the order of what
 * depends on what; of an area the first that is seen counts.
 */
import type { Facts } from "./facts.ts";
import * as says from "./words.ts";

/** One thing a tracker needs. */
export type Area =
  | "interpreter"
  | "memory"
  | "flash"
  | "firmware"
  | "settings"
  | "modem"
  | "sim"
  | "network"
  | "context"
  | "server"
  | "outbox"
  | "fix";

/** What must work before an area can be judged. */
export const NEEDS: Record<Area, Area[]> = {
  interpreter: [],
  memory: ["interpreter"],
  flash: ["interpreter"],
  firmware: ["interpreter"],
  settings: ["interpreter"],
  modem: ["firmware", "settings"],
  sim: ["modem"],
  network: ["sim"],
  context: ["network"],
  server: ["context"],
  outbox: ["firmware", "settings"],
  fix: ["modem"],
};

export interface Finding {
  /** Its name, which stays the same when the words change. */
  id: string;
  area: Area;
  seen(facts: Facts): boolean;
  finding: Words;
  cause: Words;
  remedy: Words;
}

export type Words = string | ((facts: Facts) => string);

/** Fewer free variables, and the next long message or a bit of code of one's own ends in "out of memory". */
export const LEAST_FREE_VARIABLES = 300;
/** Storage tidies up when it is full, and a power cut during that erases everything. A page must stay free. */
export const LEAST_FREE_STORAGE = 4096;
/** Of the outbox: more than half is taken only where nobody looked for long. */
export const LARGE_SHARE = 0.5;

const SEEN_ON_PHONE = "put the SIM into a phone and see whether it gets data there";
const PATIENCE = "the first search can take minutes: npm run doctor -- --wait 300";
const FLASH = "npm run flash -- --port …";
const CONFIG = "npm run config, then npm run flash -- --config tracker.json";

export const FINDINGS: Finding[] = [
  // Interpreter
  {
    id: "unknown-board",
    area: "interpreter",
    seen: ({ build }) => build === undefined,
    finding: ({ env }) => `there is no firmware for a ${env.BOARD}`,
    cause: "this project knows other boards' pins and modems only",
    remedy: "use one of the boards in the README, or write a file for this one in board/",
  },
  {
    id: "old-interpreter",
    area: "interpreter",
    seen: ({ old }) => old !== "",
    finding: ({ env }) => `Espruino ${env.VERSION} is too old`,
    cause: ({ old }) => old,
    remedy: `update Espruino, see espruino.com/Download; then ${FLASH}`,
  },

  // Memory
  {
    id: "out-of-memory",
    area: "memory",
    seen: ({ flags }) => flags.includes("MEMORY"),
    finding: "the interpreter ran out of variables",
    cause: "code beside the tracker, or a message of many kilobytes; what was running then was cut off",
    remedy: "take your own code off the board, then restart it: .reboot in npm run repl",
  },
  {
    id: "low-memory",
    area: "memory",
    seen: ({ variables }) => variables.free < LEAST_FREE_VARIABLES,
    finding: ({ variables }) => `low memory: ${variables.free} of ${variables.total} variables are free`,
    cause: "code of the firmware was copied into RAM, or other code runs beside the tracker",
    remedy: `take your own code off the board and flash again, so that the code runs from flash: ${FLASH}`,
  },
  {
    id: "lost-bytes",
    area: "memory",
    seen: ({ flags }) => flags.some((flag) => /FIFO_FULL|BUFFER_FULL|UART_OVERFLOW/.test(flag)),
    finding: "bytes from the modem or the console got lost",
    cause: "a callback took longer than the board's input buffer lasts",
    remedy: "keep your own callbacks below 50 ms; the tracker repeats what got lost",
  },

  // Flash
  {
    id: "low-flash",
    area: "flash",
    seen: ({ storageFree }) => storageFree < LEAST_FREE_STORAGE,
    finding: ({ storageFree }) => `low flash: ${storageFree} bytes of Storage are free`,
    cause:
      "deleted and replaced files keep their place until Storage is compacted, or there are files of your own",
    remedy:
      'on good power, in npm run repl: require("Storage").list() shows the files, .erase(NAME) takes one off; .compact() tidies up, but only when nothing waits in the outbox',
  },

  // Firmware
  {
    id: "no-firmware",
    area: "firmware",
    seen: ({ code }) => !code,
    finding: "no firmware on the board",
    cause: "nothing was flashed yet, or it was erased",
    remedy: FLASH,
  },
  {
    id: "other-program",
    area: "firmware",
    seen: ({ code }) => code?.version === undefined,
    finding: "another program is on the board",
    cause: ({ code }) => `its .bootcde, ${code?.bytes} bytes, is not this project's`,
    remedy: `${FLASH} replaces it`,
  },
  {
    id: "other-board",
    area: "firmware",
    seen: ({ code, ownBoard }) => !ownBoard && code?.board !== undefined,
    finding: ({ code, env }) => `firmware for ${code?.board} on a ${env.BOARD}`,
    cause: "each board has a build of its own, with its pins",
    remedy: FLASH,
  },
  {
    id: "firmware-stopped",
    area: "firmware",
    seen: ({ booted }) => !booted,
    finding: "the firmware is there but does not run",
    cause:
      "the board was put into plain mode (reset(), a break key), held at its start (clearTimeout()), or the flashing was interrupted",
    remedy: `restart it: .reboot in npm run repl; if that does not help: ${FLASH}`,
  },
  {
    id: "safe-mode",
    area: "firmware",
    seen: ({ status }) => Boolean(status?.safe_mode),
    finding: ({ status }) =>
      `safe mode: the tracker ${status?.safe_mode === 1 ? "keeps fixes and sends none" : "takes no fixes"}; it ends by itself after five minutes online, or an hour`,
    cause: ({ status }) =>
      `it crashed 5 times in a row shortly after its start${status?.reason ? ` (${status.reason})` : ""}: a supply that breaks down, code of your own, or an error in the firmware`,
    remedy: `mend the supply, take your own code off the board, then .reboot in npm run repl and read what it prints; if that does not help: ${FLASH}`,
  },

  // Settings
  {
    id: "no-settings",
    area: "settings",
    seen: ({ settings }) => settings === undefined,
    finding: "no settings on the board",
    cause: "there is no tb.json in its Storage",
    remedy: CONFIG,
  },
  {
    id: "broken-settings",
    area: "settings",
    seen: ({ settings }) => settings === null,
    finding: "the settings cannot be read",
    cause: "tb.json is not JSON: written by hand, or the writing was interrupted",
    remedy: CONFIG,
  },
  {
    id: "wrong-settings",
    area: "settings",
    seen: ({ settingsFaults }) => settingsFaults.length > 0,
    finding: "the settings are wrong",
    cause: ({ settingsFaults }) => settingsFaults.join("; "),
    remedy: CONFIG,
  },
  {
    id: "refused-settings",
    area: "settings",
    seen: ({ booted, status }) => booted && !status,
    finding: "the firmware did not start the tracker",
    cause: "it refuses something in the settings, and said so at boot in a line that begins with tb.json:",
    remedy: "npm run repl, .reboot, read that line; then npm run config",
  },

  // Modem
  {
    id: "modem-silent",
    area: "modem",
    seen: ({ modemReason }) => says.saysSilent(modemReason),
    finding: "the modem does not answer",
    cause: "it has no power, is not on its UART, or runs at another baud rate",
    remedy: ({ env }) =>
      /LINUX/.test(env.BOARD)
        ? "check that modem_port in the settings is its AT port (often the third ttyUSB), and that no other program (ModemManager) has it"
        : "check the supply: a modem draws 2 A in bursts, more than a USB port gives; connect the battery, then restart the board",
  },
  {
    id: "modem-restarts",
    area: "modem",
    seen: ({ modemReason }) => says.saysRestarted(modemReason),
    finding: "the modem switched itself off or restarted",
    cause: "most often the supply breaks down when it sends",
    remedy: "connect the battery or a supply of 2 A",
  },

  // SIM
  {
    id: "no-sim",
    area: "sim",
    seen: ({ sim, modemReason }) => sim.error === 10 || (!sim.asked && says.saysNoSim(modemReason)),
    finding: "no SIM",
    cause: "there is none in the holder, it is the wrong way round, or its contacts are dirty",
    remedy: "power off, put the SIM in, power on",
  },
  {
    id: "sim-blocked",
    area: "sim",
    seen: ({ sim, modemReason }) => /PUK/.test(sim.word) || (!sim.asked && says.saysPuk(modemReason)),
    finding: "the SIM is blocked and wants its PUK",
    cause: "a wrong PIN was entered three times",
    remedy: "put the SIM into a phone, enter the PUK and a new PIN, then npm run config with that PIN",
  },
  {
    id: "last-pin-try",
    area: "sim",
    seen: ({ sim, modemReason }) =>
      says.saysLastPin(modemReason) || (sim.word === "SIM PIN" && sim.triesLeft === 1),
    finding: "the SIM has one PIN try left, which the tracker does not use",
    cause: "wrong PINs were entered before",
    remedy: "put the SIM into a phone and enter the right PIN; then npm run config with it",
  },
  {
    id: "wrong-pin",
    area: "sim",
    seen: ({ sim, modemReason, pinGiven }) =>
      says.saysWrongPin(modemReason) || (sim.word === "SIM PIN" && pinGiven && says.saysPin(modemReason)),
    finding: "wrong PIN",
    cause: ({ sim }) =>
      `the SIM refused the PIN in the settings${sim.triesLeft === undefined ? "" : `; ${sim.triesLeft} tries are left`}`,
    remedy:
      "npm run config with the right PIN, or switch the PIN off in a phone; then npm run flash -- --config tracker.json",
  },
  {
    id: "pin-wanted",
    area: "sim",
    seen: ({ sim, modemReason }) => /PIN/.test(sim.word) || (!sim.asked && says.saysPin(modemReason)),
    finding: "the SIM wants a PIN",
    cause: "the settings have none",
    remedy:
      "npm run config with the PIN, or switch it off in a phone; then npm run flash -- --config tracker.json",
  },
  {
    id: "bad-sim",
    area: "sim",
    seen: ({ sim, modemReason }) =>
      sim.error === 13 || sim.error === 15 || (!sim.asked && says.saysBadSim(modemReason)),
    finding: "the SIM does not work",
    cause: "bad contact, a broken card, or one that is locked to other devices",
    remedy: `reseat it; ${SEEN_ON_PHONE}`,
  },
  {
    id: "sim-busy",
    area: "sim",
    seen: ({ sim, modemReason }) => sim.error === 14 || (!sim.asked && says.saysBusySim(modemReason)),
    finding: "the SIM is busy",
    cause: "normal for 20 seconds after power-on, else a bad contact",
    remedy: "run npm run doctor again; if it stays, reseat the SIM",
  },

  // Network
  {
    id: "network-denied",
    area: "network",
    seen: ({ registration, modemReason }) =>
      registration.includes(3) || (!registration.length && says.saysDenied(modemReason)),
    finding: "not registered: the network refuses the SIM",
    cause:
      "the SIM is not activated, its plan has no data, NB-IoT or LTE-M, or does not allow this network or this IMEI",
    remedy: ({ iccid, imei }) =>
      `ask its provider${iccid ? `, ICCID ${iccid}` : ""}${imei ? `, IMEI ${imei}` : ""}`,
  },
  {
    id: "no-signal",
    area: "network",
    seen: ({ registration, isRegistered, rssi, modemReason }) =>
      !isRegistered && rssi === 99 && (registration.length > 0 || says.saysNoNetwork(modemReason)),
    finding: "not registered: the modem hears no network",
    cause:
      "no antenna on the modem's LTE socket (it is not the GNSS one), or no LTE-M, NB-IoT or GSM here that the SIM may use",
    remedy: `check the antenna, go to a window; ${PATIENCE}`,
  },
  {
    id: "no-network",
    area: "network",
    seen: ({ registration, isRegistered, modemReason }) =>
      !isRegistered && (registration.length > 0 || says.saysNoNetwork(modemReason)),
    finding: "not registered: there is a signal, but no network takes the SIM",
    cause: "the SIM's operator has no network of the modem's kind here, or roaming is off",
    remedy: `${SEEN_ON_PHONE}; ask its provider about LTE-M and NB-IoT here; ${PATIENCE}`,
  },

  // PDP context
  {
    id: "no-context",
    area: "context",
    seen: ({ modemReason, serverReason }) =>
      says.saysNoContext(modemReason) || says.saysNoContext(serverReason),
    finding: "no PDP context: registered, but the network gives no data connection",
    cause: ({ apn }) =>
      apn
        ? `the APN "${apn}" or its user and password are wrong for this SIM`
        : "the settings name no APN, and this SIM needs one",
    remedy: "ask the SIM's provider for the APN; npm run config, then npm run flash -- --config tracker.json",
  },

  // Server
  {
    id: "token-refused",
    area: "server",
    seen: ({ serverReason }) => says.saysBadLogin(serverReason),
    finding: "the server refuses the access token",
    cause: ({ host }) =>
      `${host} has no device with the token in the settings, or the device has other credentials`,
    remedy:
      "in ThingsBoard: the device, Copy access token; then npm run config, npm run flash -- --config tracker.json",
  },
  {
    id: "client-id-refused",
    area: "server",
    seen: ({ serverReason }) => says.saysClientId(serverReason),
    finding: "the server refuses the client_id",
    cause: "it wants another one, or none",
    remedy: "npm run config: leave server.client_id empty, or give that of the device's credentials",
  },
  {
    id: "server-busy",
    area: "server",
    seen: ({ serverReason }) => says.saysServerBusy(serverReason),
    finding: "the server refuses connections for now",
    cause: "it is overloaded, or the device is over its rate limit",
    remedy: "wait; report less often: npm run config, interval_s",
  },
  {
    id: "not-mqtt",
    area: "server",
    seen: ({ serverReason }) => says.saysNoMqtt(serverReason),
    finding: "what answers is no MQTT server",
    cause: ({ host, port }) => `${host}:${port} speaks something else, as a web server or MQTT over TLS does`,
    remedy: "MQTT without TLS is port 1883 most often: npm run config",
  },
  {
    id: "host-unknown",
    area: "server",
    seen: ({ serverReason }) => says.saysDns(serverReason),
    finding: ({ host }) => `server unreachable: nobody knows the name ${host}`,
    cause: "a typing error in server.host, or the network's DNS does not answer",
    remedy: "try the name on this computer; npm run config",
  },
  {
    id: "server-refuses",
    area: "server",
    seen: ({ serverReason }) => says.saysRefused(serverReason),
    finding: ({ host, port }) => `server unreachable: ${host}:${port} refuses the connection`,
    cause: "the server does not run, the port is wrong, or a firewall is between",
    remedy: ({ host, port }) =>
      `try nc -vz ${host} ${port} on a computer outside the server's network; npm run config`,
  },
  {
    id: "server-silent",
    area: "server",
    seen: ({ serverReason }) => says.saysNoReply(serverReason),
    finding: ({ host, port }) => `server unreachable: ${host}:${port} does not answer`,
    cause: "wrong host or port, a firewall, or a private APN that leads nowhere else",
    remedy: ({ host, port }) =>
      `try nc -vz ${host} ${port} on a computer outside the server's network; npm run config`,
  },
  {
    id: "server-closes",
    area: "server",
    seen: ({ serverReason }) => says.saysClosed(serverReason),
    finding: "the server closes the connection",
    cause:
      "ThingsBoard says no in this way: another device has the same token, the rate limit, a message it does not take",
    remedy: "see that one board alone has this token; the reason is in ThingsBoard's log",
  },
  {
    id: "no-requests",
    area: "server",
    seen: ({ status }) => says.saysNoRequests(status?.server ?? ""),
    finding: "connected, but the server refuses the subscription to RPC requests",
    cause: "it is no ThingsBoard, or an MQTT server whose rules forbid this device the topic",
    remedy: "allow it the topic; on another MQTT server than ThingsBoard leave server.topics at 1",
  },
  {
    id: "link-lost",
    area: "server",
    seen: ({ serverReason }) => says.saysLinkLost(serverReason),
    finding: "the connection breaks off",
    cause: "weak signal, or the network lets connections drop",
    remedy: "better antenna or place; the tracker keeps fixes and tries again by itself",
  },

  // Outbox
  {
    id: "outbox-filling",
    area: "outbox",
    seen: ({ status, places }) =>
      status !== undefined && status.state !== "online" && status.waiting > places * LARGE_SHARE,
    finding: ({ status, places }) =>
      `samples pile up: ${status?.waiting} of ${places} places in the outbox are taken`,
    cause: ({ status }) =>
      `there was no connection for long, see above; when the outbox is full the oldest go${status?.dropped ? `, as ${status.dropped} did so far` : ""}`,
    remedy:
      "what waits is sent when the connection is back; for more time until then: npm run config, outbox_bytes and interval_s",
  },

  // Fix
  {
    id: "no-receiver",
    area: "fix",
    seen: ({ fixReason }) => says.saysNoReceiver(fixReason),
    finding: "no fix: the modem has no GNSS receiver",
    cause: "this modem's variant comes without",
    remedy: "use a variant with GNSS, see its data sheet",
  },
  {
    id: "receiver-silent",
    area: "fix",
    seen: ({ fixReason }) => says.saysSilentReceiver(fixReason),
    finding: "no fix: nothing comes from the GNSS receiver",
    cause: "it has no power, its wire is off or on the wrong pin, or gnss_port is another device",
    remedy: "check its power, its TX on the board's RX, and gnss_port (ls /dev/serial/by-id)",
  },
  {
    id: "receiver-garbled",
    area: "fix",
    seen: ({ fixReason }) => says.saysGarbledReceiver(fixReason),
    finding: "no fix: what comes from the GNSS receiver is no NMEA",
    cause: "it speaks at another speed than gnss_baud, or a protocol of its maker",
    remedy: "set gnss_baud to its speed (mostly 9600, 38400 or 115200), and the receiver to NMEA",
  },
  {
    id: "no-fix",
    area: "fix",
    seen: ({ fixReason }) => says.saysNoFix(fixReason),
    finding: "no fix",
    cause: "the receiver sees too few satellites: no GNSS antenna, or no open sky",
    remedy: "put the GNSS antenna on the GNSS socket and go outdoors; the first fix takes a minute or more",
  },
];
