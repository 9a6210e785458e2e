/**
 * `#zones`: places with a name, as ThingsBoard's map widget draws them and its geofencing takes them:
 *
 *     {"depot": {"latitude": 52.52, "longitude": 13.4, "radius": 200}, "yard": [[52.5, 13.3], [52.5, 13.4], [52.6, 13.4]]}
 *
 * It is in one, or out, when its distance to the border is more than the fix may be off, and more than `Limit.Margin_m`: what is
 * nearer changes nothing. Where it is when a zone, or the board, is new is no event. A polygon has no pole in it, and its sides are
 * straight on a map.
 */
import { isPlace } from "../gnss/fix.ts";
import { json } from "../mqtt/text.ts";
import { accuracy_m, DEGREE, distance_m, METRES_A_DEGREE, type Place, wrapped } from "./place.ts";
import type { Sample } from "./sample.ts";
import { Why } from "./why.ts";

export type Zones = Record<string, unknown>;
type Circle = Place & { radius: number };
type Polygon = [latitude: number, longitude: number][];

const enum Limit {
  Margin_m = 10,
  /** Zones, characters of a name, points of all polygons, bytes of JSON: they stand in RAM and in the kept text. */
  Zones = 16,
  Name = 24,
  Points = 48,
  Bytes = 1000,
  /** Of a circle: twice the margin, and a continent. */
  LeastRadius_m = 20,
  MostRadius_m = 2000000,
}

/** What a polygon has at least, square metres. */
const LEAST_AREA = 100;

/** By name whether it is in there; what is missing is not known. */
let inside: Record<string, boolean> = {};

/** Corners as metres east and north of a place. Each next one is on the shorter way from the one before, so the antimeridian is no border. */
function cornersFrom(place: Place, polygon: Polygon): [east: number, north: number][] {
  const scale = METRES_A_DEGREE * Math.cos(place.latitude * DEGREE);
  let before = place.longitude;
  let east = 0;
  return polygon.map(function (point) {
    east += wrapped(point[1] - before);
    before = point[1];
    return [east * scale, (point[0] - place.latitude) * METRES_A_DEGREE];
  });
}

/** How far a place is from a polygon's border, metres; less than 0: in it. */
function outOfPolygon(polygon: Polygon, place: Place): number {
  const corners = cornersFrom(place, polygon);
  let a = corners[corners.length - 1] as [number, number];
  let nearest = Infinity;
  let is_in = false;
  corners.forEach(function (b) {
    const east = b[0] - a[0];
    const north = b[1] - a[1];
    const length = east * east + north * north;
    // Of the side, from `a` on: where it is nearest to the place.
    const share = length ? Math.min(Math.max(-(a[0] * east + a[1] * north) / length, 0), 1) : 0;
    const x = a[0] + share * east;
    const y = a[1] + share * north;
    nearest = Math.min(nearest, Math.sqrt(x * x + y * y));
    // A line from the place to the east crosses it.
    if (a[1] > 0 !== b[1] > 0 && a[0] - (a[1] * east) / north > 0) is_in = !is_in;
    a = b;
  });
  return is_in ? -nearest : nearest;
}

/** Square metres, the more to one side of its first corner. */
function areaOf(polygon: Polygon): number {
  const first = polygon[0] as [number, number];
  const corners = cornersFrom({ latitude: first[0], longitude: first[1] }, polygon);
  let area = 0;
  let a = corners[corners.length - 1] as [number, number];
  corners.forEach(function (b) {
    area += (a[0] * b[1] - b[0] * a[1]) / 2;
    a = b;
  });
  return Math.abs(area);
}

/** What is wrong with one; "": nothing. */
function faultOf(zone: any): string {
  if (Array.isArray(zone)) {
    const fits = zone.every(function (point) {
      return Array.isArray(point) && point.length === 2 && isPlace(point[0], point[1]);
    });
    if (!fits) return "must be [[latitude, longitude], ...]";
    return zone.length > 2 && areaOf(zone) >= LEAST_AREA ? "" : "has no area";
  }
  if (!zone || !isPlace(zone.latitude, zone.longitude)) return "must have latitude and longitude";
  return zone.radius >= Limit.LeastRadius_m && zone.radius <= Limit.MostRadius_m
    ? ""
    : "radius: must be " + Limit.LeastRadius_m + " to " + Limit.MostRadius_m;
}

/** What is wrong with the setting; "": nothing. @seldom */
export function zonesFault(zones: any): string {
  let fault = "";
  let points = 0;
  if (zones === undefined) return "";
  if (typeof zones !== "object" || Array.isArray(zones)) return "must be {name: circle or polygon}";
  const names = Object.keys(zones);
  names.forEach(function (name) {
    const zone = zones[name];
    const its_fault = name.length > Limit.Name ? "has a name of more than " + Limit.Name : faultOf(zone);
    if (Array.isArray(zone)) points += zone.length;
    if (!fault && its_fault) fault = name.substr(0, Limit.Name) + ": " + its_fault;
  });
  if (names.length > Limit.Zones) return "at most " + Limit.Zones;
  if (points > Limit.Points) return "at most " + Limit.Points + " points of polygons";
  return fault || (json(zones).length > Limit.Bytes ? "at most " + Limit.Bytes + " bytes of JSON" : "");
}

/** Tells which zones a fix shows it has come into, or gone out of. */
export function crossings(
  zones: Zones | undefined,
  sample: Sample,
  told: (why: Why, zone: string) => void,
): void {
  const margin = Math.max(accuracy_m(sample.hdop), Limit.Margin_m);
  const before = inside;
  // Anew, without those that there are no more.
  inside = {};
  for (const name in zones || {}) {
    const zone = (zones as Zones)[name] as Circle | Polygon;
    const out = Array.isArray(zone) ? outOfPolygon(zone, sample) : distance_m(zone, sample) - zone.radius;
    const was = before[name];
    const is = out < -margin ? true : out > margin ? false : was;
    if (is !== undefined) inside[name] = is;
    if (was !== undefined && is !== was) told(is ? Why.Enter : Why.Exit, name);
  }
}
