/** The map: each tracker's track, its points, and where it is now. */
import {
  type CircleMarker,
  canvas,
  circleMarker,
  control,
  divIcon,
  type LatLngTuple,
  type Map as LeafletMap,
  latLngBounds,
  map as leafletMap,
  type Marker,
  marker,
  type Polyline,
  polyline,
} from "leaflet";
import { byId, make } from "./element.ts";
import type { Fleet } from "./fleet.ts";
import type { History } from "./history.ts";
import { drawGrid } from "./map-grid.ts";
import type { Shown } from "./sample.ts";
import { mayMove } from "./scheme.ts";
import { addTiles } from "./tiles.ts";
import { clockTime, measure, placeWords } from "./words.ts";

type Placed = Shown & { place: LatLngTuple };

/** What is drawn of one tracker. */
interface Track {
  line: Polyline;
  points: CircleMarker[];
  dot: Marker;
}

const FIRST_ZOOM = 15;
/** Until there is a fix: the world. */
const NOWHERE: LatLngTuple = [25, 10];
/** Of a fleet: so that no tracker is at the edge. */
const MARGIN_PX: [number, number] = [60, 60];

const isPlaced = (sample: Shown): sample is Placed => sample.place !== undefined;

/** What is known of a point, a line each. */
function pointWords({ tracker, time_ms, place, speed_kmh, altitude_m, why }: Placed): HTMLElement {
  const lines = [clockTime(time_ms), measure(speed_kmh, "km/h"), measure(altitude_m, "m"), placeWords(place)];
  if (why) lines.push(`why: ${why}`);
  return make("div", {}, make("strong", {}, tracker), ...lines.map((line) => make("div", {}, line)));
}

function dotOf(tracker: string, colour: string, place: LatLngTuple, has_name: boolean): Marker {
  const core = make("span", { class: "dot-core" });
  core.style.background = colour;
  const html = make("span", { class: "dot", "data-tracker": tracker }, core);
  if (has_name) html.append(make("span", { class: "dot-name" }, tracker));
  const icon = divIcon({ html, className: "dot-icon", iconSize: [28, 28] });
  const dot = marker(place, {
    icon,
    alt: `${tracker}, its newest position`,
    title: tracker,
    riseOnHover: true,
  });
  // Leaflet puts `alt` on pictures only.
  dot.on("add", () => dot.getElement()?.setAttribute("aria-label", `${tracker}, its newest position`));
  return dot;
}

/** Follows the chosen tracker until the viewer moves the map; the button goes back to it. */
function createFollower(map: LeafletMap): {
  toPlace(place: LatLngTuple): void;
  onFollow(go: () => void): void;
} {
  const button = byId("follow", HTMLButtonElement);
  const isOn = (): boolean => button.ariaPressed === "true";
  map.on("dragstart", () => {
    button.ariaPressed = "false";
  });
  map.getContainer().addEventListener("keydown", ({ key }) => {
    if (key.startsWith("Arrow")) button.ariaPressed = "false";
  });
  return {
    toPlace(place) {
      if (isOn()) map.panTo(place, { animate: mayMove() });
    },
    onFollow: (go) =>
      button.addEventListener("click", () => {
        button.ariaPressed = `${!isOn()}`;
        if (isOn()) go();
      }),
  };
}

export function showMap(history: History, fleet: Fleet): void {
  const map = leafletMap(byId("map", HTMLDivElement), {
    center: NOWHERE,
    zoom: 2,
    zoomAnimation: mayMove(),
    renderer: canvas({ padding: 0.5, tolerance: 6 }),
  });
  map.attributionControl.setPrefix(false);
  control.scale({ imperial: false, maxWidth: 140 }).addTo(map);
  drawGrid(map, byId("map-grid", HTMLCanvasElement));
  addTiles(map);
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());

  const tracks = new Map<string, Track>();
  const follower = createFollower(map);

  function point(sample: Placed, colour: string): CircleMarker {
    const style = { radius: 3.5, weight: 1.5, color: "#fff", fillColor: colour, fillOpacity: 1 };
    return circleMarker(sample.place, style)
      .bindPopup(() => pointWords(sample))
      .addTo(map);
  }

  function remove({ line, points, dot }: Track): void {
    for (const layer of [line, dot, ...points]) layer.remove();
  }

  /** Draws a tracker anew: that is seldom, after `hello` or for a sample that came late. */
  function draw(tracker: string): void {
    const before = tracks.get(tracker);
    if (before) remove(before);
    tracks.delete(tracker);
    const samples = history.of(tracker).filter(isPlaced);
    const newest = samples.at(-1);
    if (!newest) return;
    const colour = fleet.colourOf(tracker);
    const places = samples.map(({ place }) => place);
    const line = polyline(places, { color: colour, weight: 4, opacity: 0.75, interactive: false }).addTo(map);
    const points = samples.map((sample) => point(sample, colour));
    const dot = dotOf(tracker, colour, newest.place, fleet.names.length > 1);
    dot.bindPopup(() => pointWords(history.of(tracker).filter(isPlaced).at(-1) ?? newest));
    dot.on("click", () => fleet.choose(tracker));
    tracks.set(tracker, { line, points, dot: dot.addTo(map) });
  }

  function extend(sample: Placed): void {
    const track = tracks.get(sample.tracker);
    const is_newest = history.of(sample.tracker).filter(isPlaced).at(-1) === sample;
    if (!track || !is_newest) {
      draw(sample.tracker);
      return;
    }
    track.line.addLatLng(sample.place);
    track.points.push(point(sample, fleet.colourOf(sample.tracker)));
    track.dot.setLatLng(sample.place);
    // As many as there are samples of it.
    if (track.points.length > history.of(sample.tracker).length) draw(sample.tracker);
  }

  /** To where the tracker is; at first, and of a fleet, so that all are seen. */
  function lookAtAll(): void {
    const places = [...tracks.values()].map(({ dot }) => dot.getLatLng());
    if (places.length > 1) map.fitBounds(latLngBounds(places), { padding: MARGIN_PX, maxZoom: FIRST_ZOOM });
    else if (places[0]) map.setView(places[0], FIRST_ZOOM);
  }

  function goToChosen(): void {
    const dot = tracks.get(fleet.chosen)?.dot;
    if (dot) map.setView(dot.getLatLng(), Math.max(map.getZoom(), FIRST_ZOOM));
  }

  history.onChange((sample) => {
    const had_none = tracks.size === 0;
    if (!sample) {
      for (const track of tracks.values()) remove(track);
      tracks.clear();
      fleet.names.forEach(draw);
      lookAtAll();
    } else if (isPlaced(sample)) {
      extend(sample);
      if (had_none) lookAtAll();
      else if (sample.tracker === fleet.chosen) follower.toPlace(sample.place);
    }
  });
  fleet.onChange(goToChosen);
  follower.onFollow(goToChosen);
}
