/** What the device tells of itself, as client attributes of the device in ThingsBoard. */
import { battery_step } from "#battery";
import { BOARD } from "#board";
import { slotBytes } from "#ota";
import type { DeviceConfig } from "../device-config.ts";
import type { Modem } from "../modem/modem.ts";
import { json } from "../mqtt/text.ts";
import { Afar, fromAfar } from "../settings.ts";
import type { Client, Values } from "../thingsboard/client.ts";
import { TITLE, VERSION } from "../title.ts";
import { end_before } from "./health.ts";
import { keep, keptOf } from "./kept-text.ts";

/** Put in by the build: what is built in. */
declare const __FEATURES__: string;
/** Espruino's. */
declare const E: { CRC32(text: string): number };

/** Who and what is told of. */
interface Parts {
  config_: DeviceConfig;
  server_: Client;
  modem_: Modem;
}

/**
 * Tells it all, if any of it changed since the server acknowledged it. `refused`: the settings that the server wants and that
 * do not hold, and why, by name. @seldom callbacks
 */
export function tell(parts: Parts, refused: Values): void {
  const server = parts.server_;
  const modem = parts.modem_;
  const values: Values = {};

  function send(): void {
    const text = json(values);
    const crc = E.CRC32(text);
    if (keptOf("told") !== crc)
      server.send_attributes(values, function (ok) {
        if (ok) keep("told", crc);
      });
  }

  function settingsInForce(): Values {
    const afar = fromAfar();
    const found: Values = {};
    for (const name in afar) {
      const from: any = afar[name] === Afar.ServerWay ? parts.config_.server : parts.config_;
      const value = from[name];
      // Of zones their names.
      if (afar[name] !== Afar.SecretWay)
        found[name] = value === undefined ? null : typeof value === "object" ? Object.keys(value) : value;
    }
    return found;
  }

  values.firmware_title = TITLE;
  values.firmware_version = VERSION;
  values.board = BOARD;
  values.interpreter = process.version;
  values.imei = modem.status().imei;
  values.iccid = modem.status().iccid;
  values.features = __FEATURES__;
  values.reset_reason = end_before;
  if (battery_step) values.battery_low = battery_step;
  values.ota = slotBytes() ? "slots" : "by cable";
  values.settings = settingsInForce();
  values.settings_refused = refused;
  modem.at("AT+CGMM", function (_error, lines) {
    values.modem = lines[0];
    modem.at("AT+CGMR", function (_its_error, its_lines) {
      values.modem_firmware = its_lines[0];
      send();
    });
  });
}
