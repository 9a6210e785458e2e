/** The plain map below the tiles: lines with their coordinates, so that there is a map where no tiles can be had. */
import type { Map as LeafletMap } from "leaflet";
import { gridDecimals, gridLines, gridStep_deg } from "./grid-lines.ts";
import { onScheme, pageFont, schemeColour } from "./scheme.ts";
import { degrees } from "./words.ts";

const TOP_PX = 34;

/** Draws it on `canvas`, again at each move of the map. */
export function drawGrid(map: LeafletMap, canvas: HTMLCanvasElement): void {
  function draw(): void {
    const { x: width, y: height } = map.getSize();
    const ratio = window.devicePixelRatio || 1;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d");
    if (!pen || !width || !height) return;
    pen.scale(ratio, ratio);
    pen.font = pageFont(11);
    pen.lineWidth = 1;
    pen.strokeStyle = schemeColour("--grid-line");
    pen.fillStyle = schemeColour("--muted");
    const bounds = map.getBounds();
    const west_step = gridStep_deg((bounds.getEast() - bounds.getWest()) / width);
    const south_step = gridStep_deg((bounds.getNorth() - bounds.getSouth()) / height);
    pen.beginPath();
    for (const longitude of gridLines(bounds.getWest(), bounds.getEast(), west_step)) {
      const x = Math.round(map.latLngToContainerPoint([map.getCenter().lat, longitude]).x) + 0.5;
      pen.moveTo(x, 0);
      pen.lineTo(x, height);
      pen.fillText(degrees(longitude, "E", "W", gridDecimals(west_step)), x + 4, 14);
    }
    for (const latitude of gridLines(bounds.getSouth(), bounds.getNorth(), south_step)) {
      const y = Math.round(map.latLngToContainerPoint([latitude, map.getCenter().lng]).y) + 0.5;
      pen.moveTo(0, y);
      pen.lineTo(width, y);
      const text = degrees(latitude, "N", "S", gridDecimals(south_step));
      // Above are the longitudes.
      if (y > TOP_PX) pen.fillText(text, width - pen.measureText(text).width - 6, y - 5);
    }
    pen.stroke();
  }

  map.on("move zoomend resize", draw);
  map.on("zoomstart", () => canvas.classList.add("changing"));
  map.on("zoomend", () => canvas.classList.remove("changing"));
  onScheme(draw);
  draw();
}
