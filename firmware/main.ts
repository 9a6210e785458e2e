import { board } from "#board";
import { checkConfig, configFields, type DeviceConfig } from "./config.ts";
import { createGnss } from "./gnss/gnss.ts";
import { createModem } from "./modem/network.ts";
import { TBDeviceMQTTClient } from "./thingsboard/client.ts";
import { startTracker } from "./tracker/tracker.ts";

/** The project's version, put in by the build. */
declare const __VERSION__: string;

/** Reads the configuration, makes the parts, starts the tracker, and puts what a user wants to see on the REPL's global. */
function boot(): void {
  print("espruino-thingsboard " + __VERSION__ + " for " + board.name);
  const config = require("Storage").readJSON("tb.json", true) as DeviceConfig;
  const fault = checkConfig(config, configFields().concat(board.fields ? board.fields() : []));
  global.TBDeviceMQTTClient = TBDeviceMQTTClient;
  if (fault) {
    print("tb.json: " + fault);
    global.tracker = {
      status: function () {
        return { state: "stopped", reason: "tb.json: " + fault };
      },
    };
    return;
  }
  const modem = createModem(board.openModem(config.modem_port as string), board, config);
  TBDeviceMQTTClient.prototype.network_ = modem;
  const server = new TBDeviceMQTTClient({
    host: config.host,
    port: config.port,
    username: config.token,
    qos: config.qos,
    client_id: config.client_id,
    keep_alive: config.keep_alive_s,
    topics: config.topics,
  });
  global.modem = modem;
  global.server = server;
  global.tracker = startTracker({
    config: config,
    modem: modem,
    gnss: createGnss(modem),
    server: server,
    print: print,
    setTime: setTime,
    reboot: E.reboot,
    memory: function () {
      return process.memory(false);
    },
  });
}

// Running out of memory cannot be caught, and takes timers and the serial handler with it: only a restart mends that.
E.on("errorFlag", function (flags) {
  if (flags.indexOf("MEMORY") >= 0 || flags.indexOf("CALLBACK") >= 0) E.reboot();
});
boot();
