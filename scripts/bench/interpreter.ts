import { BUDGETS } from "../budgets.ts";
import { NEEDS_INTERPRETER, type Row } from "./row.ts";

/** What only the real interpreter can tell. */
export function interpreterRows(): Row[] {
  const why = process.env.ESPRUINO ? "the rig for it is not there yet" : NEEDS_INTERPRETER;
  const row = (name: string, unit: string, budget: number): Row => ({ name, unit, budget, why });
  return [
    row("variables in use, connected and reporting", "variables", BUDGETS.variables_in_use),
    row("most variables ever in use", "variables", BUDGETS.most_variables),
    row("growth over a day of faults", "variables", BUDGETS.growth),
    row("one telemetry publish, share of MQTT.js's time", "of MQTT.js", BUDGETS.publish_time_ratio),
  ];
}
