/** What widgets show: a device's telemetry and attributes, as ThingsBoard's DataKey. */
import { ALTITUDE, SPEED } from "../settings.ts";

export interface DataKey {
  name: string;
  type: "timeseries" | "attribute" | "entityField" | "alarm" | "count";
  label: string;
  color: string;
  settings: Record<string, unknown>;
  usePostProcessing?: boolean;
  postFuncBody?: string;
  units?: string;
  decimals?: number;
}

type More = Partial<Omit<DataKey, "name" | "type">>;

const key = (type: DataKey["type"], name: string, more: More): DataKey => ({
  name,
  type,
  label: name,
  color: "#2196f3",
  settings: {},
  ...more,
});

export const telemetry = (name: string, more: More = {}): DataKey => key("timeseries", name, more);
/** Of whatever scope. */
export const attribute = (name: string, more: More = {}): DataKey => key("attribute", name, more);
export const ofAlarm = (name: string, label: string): DataKey => key("alarm", name, { label });
export const COUNT: DataKey = key("count", "count", {});

export const speed = telemetry(SPEED, { units: "km/h", decimals: 1, color: "#307fe5" });
export const altitude = telemetry(ALTITUDE, { units: "m", decimals: 0, color: "#8d6e63" });
export const battery = telemetry("battery", { label: "Battery", units: "%", decimals: 0, color: "#43a047" });
export const signal = telemetry("signal_dbm", {
  label: "Signal",
  units: "dBm",
  decimals: 0,
  color: "#f57c00",
});
export const why = telemetry("why", { label: "Why" });
export const zone = telemetry("zone", { label: "Zone" });

/** In the colour of whether the server has heard of it: `active` is an attribute of the server's. */
export const active = attribute("active", {
  label: "Heard of",
  settings: {
    columnWidth: "0px",
    useCellStyleFunction: true,
    cellStyleFunction: 'return {color: String(value) === "true" ? "#2e7d32" : "#c62828", fontSize: "18px"};',
    useCellContentFunction: true,
    cellContentFunction: 'return String(value) === "true" ? "●" : "○";',
  },
});
