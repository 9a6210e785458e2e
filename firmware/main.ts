import { boardFields, journalArea, openModem, power } from "#board";
import { gnssFields, startGnss } from "#gnss";
import { log } from "#log";
import { runsFromSlot, startTrial } from "#ota";
import { settings } from "#settings";
import { check } from "./check.ts";
import type { DeviceConfig, ServerConfig } from "./device-config.ts";
import type { Modem } from "./modem/modem.ts";
import { createModem } from "./modem/network.ts";
import { useNetwork } from "./mqtt/connection.ts";
import { configFields } from "./settings.ts";
import { type Client, TBDeviceMQTTClient as ClientClass } from "./thingsboard/client.ts";
import { Watchdog } from "./tracker/health.ts";
import { seedJitter } from "./tracker/jitter.ts";
import { openJournal } from "./tracker/journal.ts";
import { Occasion } from "./tracker/occasion.ts";
import { Ended, restart } from "./tracker/restart.ts";
import { faultsTogether } from "./tracker/set-check.ts";
import { startTracker, type Tracker } from "./tracker/tracker.ts";

/** Put in by the build: the project's version, and the board's name. */
declare const __VERSION__: string, __BOARD__: string;

/** What a user has on the console: nothing declares them, so assigning makes them globals. */
declare let TBDeviceMQTTClient: typeof ClientClass, modem: Modem, server: Client, tracker: Tracker;

/** Reads the configuration, makes the parts and starts the tracker. @seldom */
function boot(): void {
  const config = require("Storage").readJSON("tb.json", true) as DeviceConfig;
  const fields = configFields();
  boardFields(fields);
  gnssFields(fields);
  let fault = config ? check(config, fields) : "missing or not JSON";
  if (!fault) {
    const faults = faultsTogether(config);
    for (const name in faults) fault = name + ": " + faults[name];
  }
  TBDeviceMQTTClient = ClientClass;
  try {
    if (!fault) {
      // First, as it throws for wrong settings, and on a RAK8212 the cable has no console once the modem has its UART.
      const client = new ClientClass(config.server || ({} as ServerConfig));
      const area = journalArea(config.outbox_bytes);
      if (!area) throw Error("outbox_bytes: no room, npm run flash makes it");
      openJournal(require("Flash"), area[0], area[1]);
      settings(Occasion.Boot, config);
      const the_modem = createModem(openModem(config.modem_port as string), power, config);
      useNetwork(the_modem);
      startGnss(config);
      modem = the_modem;
      server = client;
      tracker = startTracker(config, the_modem, client);
    }
  } catch (error) {
    fault = (error as Error).message;
  }
  if (fault) log("tb.json: " + fault);
}

// Running out of memory cannot be caught, and takes timers and the serial handler with it: only a restart mends that.
E.on("errorFlag", function (flags) {
  // Not LOW_MEMORY, which only warns. What ran is not freed yet.
  flags.forEach(function (flag) {
    if (flag === "MEMORY" || flag === "CALLBACK") setTimeout(restart, 0, Ended.Crash, "out of memory");
  });
});
process.on("uncaughtException", function (error: any) {
  const text = error + "\n" + (error && error.stack);
  log("Uncaught " + text);
  // Not what somebody at the console mistyped. Code lies in .bootcde, tb.js or tb.app, some functions in the lead of tb.box;
  // flash that is no file's has no name in the trace.
  if (
    (runsFromSlot() || text.lastIndexOf("bootcde") >= 0 || text.lastIndexOf("tb.") >= 0) &&
    text.lastIndexOf("REPL") < 0
  )
    restart(Ended.Crash, text);
});
// In one text, by which the tools know the code on a board.
log("espruino-thingsboard " + __VERSION__ + " for " + __BOARD__);
// A loop without end, here or in a callback, ends in a restart. The tracker's own watchdog asks for more.
E.enableWatchdog(Watchdog.Seconds, true);
startTrial();
seedJitter(getSerial() + Date.now());
// Not at once: on a RAK8212 these 3 s are the only ones in which somebody at the cable can stop us (`clearTimeout()`), and
// an exception in boot code makes the interpreter copy all of it into RAM for the stack trace.
setTimeout(boot, 3000);
