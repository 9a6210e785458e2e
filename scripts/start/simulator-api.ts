/** What the stand-in's HTTP has besides ThingsBoard's: the simulated world. To whoever asks, without a token. */
import type { Meter } from "../simulator/energy/meter.ts";
import type { Route } from "../simulator/thingsboard/rest/routes.ts";

export const ENERGY_PATH = "/simulator/energy";

export const simulatorRoutes = (meter: Meter): Route[] => [
  { method: "GET", path: ENERGY_PATH, open: true, answer: () => meter.read() },
];
