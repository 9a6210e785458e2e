/** The map: each tracker's track, and the view that follows the one looked at. */
import { canvas, control, latLngBounds, map as leafletMap } from "leaflet";
import { byId } from "./element.ts";
import type { Fleet } from "./fleet.ts";
import type { History } from "./history.ts";
import { drawGrid } from "./map-grid.ts";
import type { Place } from "./sample.ts";
import { mayMove } from "./scheme.ts";
import { addTiles } from "./tiles.ts";
import { createTrack, isPlaced, type Placed, type Track } from "./track.ts";

/** So near at most, when it shows a track by itself; and so far. */
const NEAR_ZOOM = 15;
const FAR_ZOOM = 12;
/** Until there is a fix: the world. */
const NOWHERE: Place = [25, 10];
/** So that nothing is at the edge. */
const MARGIN_PX: [number, number] = [24, 24];

function createMap() {
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
  return map;
}

export function showMap(history: History, fleet: Fleet): void {
  const map = createMap();
  const tracks = new Map<string, Track>();
  const follow = byId("follow", HTMLButtonElement);

  const isFollowing = (): boolean => follow.ariaPressed === "true";
  function letGo(): void {
    follow.ariaPressed = "false";
  }

  function begin(tracker: string): void {
    const [first, ...rest] = history.of(tracker).filter(isPlaced);
    if (!first) return;
    const options = {
      colour: fleet.colourOf(tracker),
      has_name: fleet.names.length > 1,
      onChoose: () => fleet.choose(tracker),
    };
    tracks.set(tracker, createTrack(map, [first, ...rest], options));
  }

  function add(sample: Placed): void {
    const track = tracks.get(sample.tracker);
    if (track) track.add(sample, history.of(sample.tracker).filter(isPlaced));
    else begin(sample.tracker);
    if (!isFollowing()) return;
    if (!track) lookAtAll();
    else if (sample.tracker === fleet.chosen) goAfter(sample.place);
  }

  /** The whole track, or the whole fleet; if that is too large, where the tracker is. */
  function lookAtAll(): void {
    const chosen = tracks.get(fleet.chosen);
    const places = fleet.names.length > 1 ? [...tracks.values()].map(({ place }) => place) : chosen?.places;
    if (!places?.length) return;
    map.fitBounds(latLngBounds([...places]), { padding: MARGIN_PX, maxZoom: NEAR_ZOOM, animate: false });
    if (chosen && map.getZoom() < FAR_ZOOM) map.setView(chosen.place, FAR_ZOOM);
  }

  /** Only as far as it must, so that it is seen where it came from. */
  function goAfter(place: Place): void {
    map.panInside(place, { padding: [80, 70], animate: mayMove() });
  }

  function goToChosen(): void {
    const track = tracks.get(fleet.chosen);
    if (track) map.setView(track.place, Math.max(map.getZoom(), FAR_ZOOM));
  }

  history.onChange((sample) => {
    if (sample) {
      if (isPlaced(sample)) add(sample);
      return;
    }
    for (const track of tracks.values()) track.remove();
    tracks.clear();
    fleet.names.forEach(begin);
    lookAtAll();
  });
  fleet.onChange(goToChosen);
  map.on("dragstart", letGo);
  map.getContainer().addEventListener("keydown", ({ key }) => {
    if (key.startsWith("Arrow")) letGo();
  });
  follow.addEventListener("click", () => {
    follow.ariaPressed = `${!isFollowing()}`;
    if (isFollowing()) goToChosen();
  });
}
