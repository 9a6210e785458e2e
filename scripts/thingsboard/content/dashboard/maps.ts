/** The maps: where all trackers are, and the way of one. Written by ThingsBoard's map.models.ts. */
import { filled } from "../pattern.ts";
import { LATITUDE, LONGITUDE } from "../settings.ts";
import { FLEET, TRACKER } from "./aliases.ts";
import {
  active,
  altitude,
  attribute,
  battery,
  type DataKey,
  signal,
  speed,
  telemetry,
  why,
  zone,
} from "./keys.ts";
import { openState, type Widget } from "./widget.ts";

const GREEN = "#2e7d32";
const RED = "#c62828";
const BLUE = "#307fe5";

const LAYERS = [
  {
    label: "{i18n:widgets.maps.layer.roadmap}",
    provider: "openstreet",
    layerType: "OpenStreetMap.Mapnik",
  },
  { label: "{i18n:widgets.maps.layer.satellite}", provider: "openstreet", layerType: "Esri.WorldImagery" },
];

/** `xKey` is the latitude, whatever its name says. */
const position = (latitude: string, longitude: string) => ({
  xKey: telemetry(latitude, { label: "latitude" }),
  yKey: telemetry(longitude, { label: "longitude" }),
});

const source = (alias: string, additionalDataKeys: readonly DataKey[]) => ({
  dsType: "entity",
  dsLabel: "",
  dsDeviceId: null,
  dsEntityAliasId: alias,
  dsFilterId: null,
  additionalDataKeys,
  groups: null,
  edit: { enabledActions: [], attributeScope: "SHARED_SCOPE", snappable: false },
});

const line = (title: string, value: string): string => `<b>${title}:</b> ${value}<br/>`;

/** A value goes by its key's label. */
const shown = ({ label, units, decimals }: DataKey): string =>
  units ? `${filled(label, decimals)} ${units}` : filled(label);

const lines = (keys: readonly DataKey[]): string => keys.map((key) => line(key.label, shown(key))).join("");

const tooltip = (pattern: string, tagActions: object[] = []) => ({
  show: true,
  trigger: "click",
  autoclose: true,
  type: "pattern",
  pattern,
  offsetX: 0,
  offsetY: -1,
  tagActions,
});

const NAMED = { show: true, type: "pattern", pattern: `<b>${filled("entityName")}</b>` };
const NOTHING = { type: "doNothing" };

/** A place by the cell, where a service is asked for it: blue, beside that of the last fix. */
const cellPlaces = (alias: string) => ({
  ...source(alias, [telemetry("cell_accuracy_m", { units: "m" })]),
  ...position("cell_latitude", "cell_longitude"),
  label: { show: false, type: "pattern", pattern: "" },
  tooltip: tooltip(
    `<b>${filled("entityName")}</b>, by its cell<br/>${line("within", `${filled("cell_accuracy_m", 0)} m`)}`,
  ),
  click: NOTHING,
  markerType: "icon",
  markerIcon: {
    size: 28,
    iconContainer: "iconContainer1",
    icon: "cell_tower",
    color: { type: "constant", color: BLUE },
  },
});

/** Of all zones one shape: ThingsBoard draws one a key. A circle becomes a polygon of so many corners. */
const CORNERS = 48;
const ZONES_AS_POLYGONS = `var zones = typeof value === "string" && value ? JSON.parse(value) : value;
if (!zones) return value;
return JSON.stringify(Object.keys(zones).map(function (name) {
  var zone = zones[name];
  if (Array.isArray(zone)) return [zone];
  var ring = [];
  for (var i = 0; i < ${CORNERS}; i++) {
    var angle = 2 * Math.PI * i / ${CORNERS};
    var north = zone.radius / 111195;
    ring.push([zone.latitude + north * Math.cos(angle), zone.longitude + north * Math.sin(angle) / Math.cos(zone.latitude * Math.PI / 180)]);
  }
  return [ring];
}));`;

const zones = (alias: string) => ({
  ...source(alias, []),
  polygonKey: {
    ...attribute("zones"),
    usePostProcessing: true,
    postFuncBody: ZONES_AS_POLYGONS,
  },
  label: { show: false, type: "pattern", pattern: "" },
  tooltip: { ...tooltip(""), show: false },
  click: NOTHING,
  fillType: "color",
  fillColor: { type: "constant", color: "rgba(48,127,229,0.12)" },
  strokeColor: { type: "constant", color: BLUE },
  strokeWeight: 2,
});

const MAP = {
  mapType: "geoMap",
  layers: LAYERS,
  scales: ["metric"],
  fitMapBounds: true,
  zoomActions: ["scroll", "doubleClick", "controlButtons"],
  mapPageSize: 16384,
};

const SHOWN_OF_FLEET = [speed, battery, signal, why];

export const fleetMap: Widget = {
  name: "fleet map",
  fqn: "system.map",
  type: "latest",
  title: "Where they are",
  settings: {
    ...MAP,
    markers: [
      {
        ...source(FLEET, [...SHOWN_OF_FLEET, active]),
        ...position(LATITUDE, LONGITUDE),
        label: NAMED,
        tooltip: tooltip(
          `<b>${filled("entityName")}</b><br/>${lines(SHOWN_OF_FLEET)}<link-act name="open">its way</link-act>`,
          [openState("tracker", "open", "more_horiz", true)],
        ),
        click: NOTHING,
        markerType: "icon",
        markerIcon: {
          size: 40,
          iconContainer: "iconContainer1",
          icon: "navigation",
          color: {
            type: "function",
            color: GREEN,
            colorFunction: `return String(data["${active.label}"]) === "true" ? "${GREEN}" : "${RED}";`,
          },
        },
        markerClustering: { enable: true, zoomOnClick: true, maxClusterRadius: 40, spiderfyOnMaxZoom: true },
      },
      cellPlaces(FLEET),
    ],
    polygons: [zones(FLEET)],
    circles: [],
  },
};

const SHOWN_OF_TRIP = [speed, altitude, why, zone];
/** km/h, and the colour of a fix in between. */
const SPEEDS: readonly (readonly [from: number | null, to: number | null, color: string])[] = [
  [null, 10, "#757575"],
  [10, 50, GREEN],
  [50, 100, BLUE],
  [100, null, RED],
];

export const tripMap: Widget = {
  name: "trip map",
  fqn: "system.trip_map",
  type: "timeseries",
  title: "Its way",
  settings: {
    ...MAP,
    trips: [
      {
        ...source(TRACKER, SHOWN_OF_TRIP),
        ...position(LATITUDE, LONGITUDE),
        label: { ...NAMED, show: false },
        tooltip: tooltip(`<b>${filled("entityName")}</b><br/>${lines(SHOWN_OF_TRIP)}`),
        click: NOTHING,
        showMarker: true,
        markerType: "shape",
        rotateMarker: true,
        offsetAngle: 0,
        showPath: true,
        pathStrokeWeight: 2,
        pathStrokeColor: { type: "constant", color: BLUE },
        usePathDecorator: false,
        showPoints: true,
        pointSize: 6,
        pointColor: {
          type: "range",
          color: BLUE,
          rangeKey: speed,
          range: SPEEDS.map(([from, to, color]) => ({ from, to, color })),
        },
        pointTooltip: tooltip(lines(SHOWN_OF_TRIP)),
      },
    ],
    markers: [cellPlaces(TRACKER)],
    polygons: [zones(TRACKER)],
    circles: [],
    tripTimeline: {
      showTimelineControl: true,
      timeStep: 1000,
      speedOptions: [1, 5, 10, 15, 25],
      showTimestamp: true,
      snapToRealLocation: true,
      locationSnapFilter: "return true;",
    },
  },
};
