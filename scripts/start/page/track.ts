/** One tracker's track on the map: a line, a point for each fix, and a dot where it is now. */
import {
  type CircleMarker,
  circleMarker,
  divIcon,
  type Map as LeafletMap,
  type Marker,
  marker,
  polyline,
} from "leaflet";
import { make } from "./element.ts";
import { MOST_SAMPLES } from "./history.ts";
import type { Place, Shown } from "./sample.ts";
import { trackPieces } from "./track-pieces.ts";
import { clockTime, measure, placeWords } from "./words.ts";

export type Placed = Shown & { place: Place };

export const isPlaced = (sample: Shown): sample is Placed => sample.place !== undefined;

/** What no event is: the time for it had come. Any other reason makes a point larger. */
const ROUTINE = ["", "interval", "heartbeat", "upload"];

/** What is known of a point, a line each. */
function pointWords({ tracker, time_ms, place, speed_kmh, altitude_m, why }: Placed): HTMLElement {
  const figures = `${measure(speed_kmh, "km/h")}, ${measure(altitude_m, "m")}`;
  const lines = [clockTime(time_ms), figures, placeWords(place), ...(why ? [`Why: ${why}`] : [])];
  return make("div", {}, make("strong", {}, tracker), ...lines.map((line) => make("div", {}, line)));
}

function createPoint(sample: Placed, colour: string): CircleMarker {
  const style = ROUTINE.includes(sample.why)
    ? { radius: 3.5, weight: 1.5, color: "#fff", fillColor: colour }
    : { radius: 5.5, weight: 3, color: colour, fillColor: "#fff" };
  return circleMarker(sample.place, { ...style, fillOpacity: 1 }).bindPopup(() => pointWords(sample));
}

function createDot(tracker: string, colour: string, place: Place, has_name: boolean): Marker {
  const core = make("span", { class: "dot-core" });
  core.style.background = colour;
  const html = make("span", { class: "dot", "data-tracker": tracker }, core);
  if (has_name) html.append(make("span", { class: "dot-name" }, tracker));
  const icon = divIcon({ html, className: "dot-icon", iconSize: [28, 28] });
  const dot = marker(place, { icon, title: tracker, riseOnHover: true });
  dot.on("add", () => dot.getElement()?.setAttribute("aria-label", `${tracker}, its newest position`));
  return dot;
}

export interface Track {
  /** Where it is now. */
  readonly place: Place;
  /** All of it. */
  readonly places: readonly Place[];
  /** A fix came, be it one that waited; `samples`: all there are, with it. */
  add(sample: Placed, samples: readonly Placed[]): void;
  remove(): void;
}

interface TrackOptions {
  colour: string;
  /** Of a fleet's tracker: the name beside the dot. */
  has_name: boolean;
  /** The dot was chosen. */
  onChoose(): void;
}

/** `samples`: one at least, oldest first. */
export function createTrack(
  map: LeafletMap,
  samples: readonly [Placed, ...Placed[]],
  options: TrackOptions,
): Track {
  const { colour, has_name, onChoose } = options;
  let places = samples.map(({ place }) => place);
  let newest = samples.at(-1) ?? samples[0];
  const line = polyline(trackPieces(samples), {
    color: colour,
    weight: 4,
    opacity: 0.75,
    interactive: false,
  }).addTo(map);
  const points = samples.map((sample) => createPoint(sample, colour).addTo(map));
  const dot = createDot(newest.tracker, colour, newest.place, has_name);
  dot.bindPopup(() => pointWords(newest));
  dot.on("click", onChoose);
  dot.addTo(map);
  return {
    get place() {
      return newest.place;
    },
    get places() {
      return places;
    },
    add(sample, all) {
      newest = all.at(-1) ?? sample;
      places = all.map(({ place }) => place);
      line.setLatLngs(trackPieces(all));
      dot.setLatLng(newest.place);
      points.push(createPoint(sample, colour).addTo(map));
      if (points.length > MOST_SAMPLES) points.shift()?.remove();
    },
    remove() {
      for (const layer of [line, dot, ...points]) layer.remove();
    },
  };
}
