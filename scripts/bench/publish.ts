import { existsSync, readFileSync } from "node:fs";
import { minify } from "terser";
import { BUDGETS } from "../budgets.ts";
import { startInterpreter } from "../simulator/interpreter.ts";
import { buildPart } from "./part.ts";
import { NEEDS_INTERPRETER, type Row } from "./row.ts";

const NEEDS_MQTT_JS = "set MQTT_JS=<path of Espruino's module MQTT.js>";
const TURNS = 9;

/** Both publish this at QoS 0, as MQTT.js does, into a connection that takes all bytes at once. */
const FIX = "var fix={Longitude:100.26,Latitude:26.86,Altitude:0,Speed:10};";
const SETUP = `
var theirs = require("MQTT").create("h", {});
theirs.connect({ write: function () {}, on: function () {}, end: function () {} });
function publishTheirs() { theirs.publish("v1/devices/me/telemetry", JSON.stringify(fix)); }
function timeOf(publish) {
  var start = getTime();
  for (var i = 0; i < 40; i++) publish();
  return getTime() - start;
}
`;

/** How long the interpreter is busy with one telemetry message, as a share of what Espruino's own MQTT.js takes. */
export async function publishRows(): Promise<Row[]> {
  const row = { unit: "of MQTT.js", budget: BUDGETS.publish_time_ratio };
  const name = "one telemetry publish, share of MQTT.js's time";
  const { ESPRUINO: binary, MQTT_JS: module } = process.env;
  if (!binary) return [{ name, ...row, why: NEEDS_INTERPRETER }];
  if (!module || !existsSync(module)) return [{ name, ...row, why: NEEDS_MQTT_JS }];
  return [{ name, ...row, figure: await measure(binary, readFileSync(module, "utf8")) }];
}

/** The best turn of each, taken by turns. */
async function measure(binary: string, module: string): Promise<number> {
  const [client, setup, theirs] = await Promise.all([
    buildPart("publish-entry.ts"),
    minify(SETUP, { ecma: 5, compress: false, mangle: false }),
    minify(module, {
      ecma: 5,
      toplevel: true,
      compress: { hoist_funs: true },
      mangle: { reserved: ["exports"] },
    }),
  ]);
  const storage = { MQTT: theirs.code ?? "", ".bootcde": [FIX, client.code, setup.code].join("\n") };
  const interpreter = await startInterpreter({ binary, storage });
  try {
    if (!(await interpreter.evaluate("ours.status&&!!theirs.client")))
      throw new Error("a client did not connect");
    const best = { ours: Number.POSITIVE_INFINITY, theirs: Number.POSITIVE_INFINITY };
    for (let turn = 0; turn < TURNS; turn++) {
      best.ours = Math.min(best.ours, Number(await interpreter.evaluate("timeOf(publishOurs)")));
      best.theirs = Math.min(best.theirs, Number(await interpreter.evaluate("timeOf(publishTheirs)")));
    }
    return best.ours / best.theirs;
  } finally {
    await interpreter.stop();
  }
}
