/** OpenStreetMap's tiles. Where they cannot be had the grid below them is seen, and a word says so. */
import { type Map as LeafletMap, tileLayer } from "leaflet";
import { byId } from "./element.ts";

const TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png";
const ATTRIBUTION = '© <a href="https://www.openstreetmap.org/copyright">OpenStreetMap</a> contributors';
const FINEST = 19;

export function addTiles(map: LeafletMap): void {
  const note = byId("map-note", HTMLParagraphElement);
  const tiles = tileLayer(TILES, { maxZoom: FINEST });
  note.textContent = "No map tiles to be had: a plain grid instead";
  tiles.on("tileload", () => {
    note.hidden = true;
    map.attributionControl.addAttribution(ATTRIBUTION);
  });
  tiles.on("tileerror", () => {
    if (map.getContainer().querySelector(".leaflet-tile-loaded")) return;
    note.hidden = false;
    map.attributionControl.removeAttribution(ATTRIBUTION);
  });
  window.addEventListener("online", () => tiles.redraw());
  tiles.addTo(map);
}
