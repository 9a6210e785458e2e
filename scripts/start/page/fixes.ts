/** The last fixes of the tracker looked at: the newest as one line, and some as a table, for those who see no map. */
import { byId, make } from "./element.ts";
import type { Fleet } from "./fleet.ts";
import type { History } from "./history.ts";
import type { Shown } from "./sample.ts";
import { clockTime, degrees, measure } from "./words.ts";

const ROWS = 25;

function row({ time_ms, place, speed_kmh, altitude_m, why }: Shown): HTMLTableRowElement {
  const [latitude = 0, longitude = 0] = place ?? [];
  const cells = [
    clockTime(time_ms),
    degrees(latitude, "N", "S"),
    degrees(longitude, "E", "W"),
    measure(speed_kmh, "km/h"),
    measure(altitude_m, "m"),
    why,
  ];
  return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
}

/** The name of a figure, and the figure. */
const figure = (name: string, value: string): HTMLElement =>
  make("span", {}, make("span", { class: "hidden" }, `${name} `), value);

export function showFixes(history: History, fleet: Fleet): void {
  const table = byId("fixes", HTMLTableSectionElement);
  const latest = byId("latest", HTMLParagraphElement);

  function show(): void {
    const fixes = history.of(fleet.chosen).filter(({ place }) => place);
    table.replaceChildren(...fixes.slice(-ROWS).reverse().map(row));
    const newest = fixes.at(-1);
    if (!newest?.place) {
      latest.replaceChildren("Waiting for the first fix …");
      return;
    }
    const [latitude, longitude] = newest.place;
    latest.replaceChildren(
      figure("Position", `${degrees(latitude, "N", "S", 5)}, ${degrees(longitude, "E", "W", 5)}`),
      figure("Speed", measure(newest.speed_kmh, "km/h")),
      figure("Altitude", measure(newest.altitude_m, "m")),
      figure("At", clockTime(newest.time_ms)),
    );
  }

  history.onChange((sample) => {
    if (!sample || sample.tracker === fleet.chosen) show();
  });
  fleet.onChange(show);
}
