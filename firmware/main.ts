import { BOARD, boardFields, openModem, powerSteps } from "#board";
import { check, configFields, type DeviceConfig } from "./config.ts";
import { createModem } from "./modem/network.ts";
import { useNetwork } from "./mqtt/session.ts";
import { type ServerConfig, TBDeviceMQTTClient } from "./thingsboard/client.ts";
import { startTracker } from "./tracker/tracker.ts";

/** The project's version, put in by the build. */
declare const __VERSION__: string;

/** Reads the configuration, makes the parts, starts the tracker, and puts what a user wants to see on the REPL's global. */
function boot(): void {
  const config = require("Storage").readJSON("tb.json", true) as DeviceConfig;
  const fields = configFields();
  if (boardFields) boardFields(fields);
  let fault = config ? check(config, fields) : "missing or not JSON";
  print("espruino-thingsboard " + __VERSION__ + " for " + BOARD);
  global.TBDeviceMQTTClient = TBDeviceMQTTClient;
  try {
    if (!fault) {
      const modem = createModem(openModem(config.modem_port as string), powerSteps, config);
      useNetwork(modem);
      const server = new TBDeviceMQTTClient(config.server || ({} as ServerConfig));
      global.modem = modem;
      global.server = server;
      global.tracker = startTracker(config, modem, server);
    }
  } catch (error) {
    fault = (error as Error).message;
  }
  if (fault) print("tb.json: " + fault);
}

// Running out of memory cannot be caught, and takes timers and the serial handler with it: only a restart mends that.
E.on("errorFlag", function (flags) {
  // Not LOW_MEMORY, which only warns.
  if (/,MEMORY,|CALLBACK/.test("," + flags + ",")) E.reboot();
});
// Not at once: an exception in boot code makes the interpreter copy all of it into RAM for the stack trace.
setTimeout(boot, 0);
