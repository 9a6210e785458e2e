/** What happens on the way: a turn, and too high a speed. */
import { ran_ms } from "./clock.ts";
import { wrapped } from "./place.ts";
import type { Sample } from "./sample.ts";

const enum Limit {
  /** Below it a receiver's course is noise, km/h. */
  Course_kmh = 5,
}

/** Of the limit: at this share of it a further excess is another one. */
const CALM = 0.9;

/** The settings that matter here; 0 and undefined: off. */
interface Settings {
  turn_deg?: number;
  overspeed_kmh?: number;
  overspeed_s?: number;
}

/** The course when a fix was last kept. */
let kept_course: number | undefined;
/** Since when it is too fast, by how long the board ran; undefined: it is not. */
let fast_ms: number | undefined;
/** 1: that was told. */
let told: 0 | 1 = 0;

/** The course, where it moves enough to have one. */
function courseOf(sample: Sample): number | undefined {
  return (sample.speed_kmh as number) >= Limit.Course_kmh ? sample.course_deg : undefined;
}

/** Whether the course is another one than when a fix was last kept. */
export function turned(settings: Settings, sample: Sample): boolean {
  const course = courseOf(sample);
  if (!settings.turn_deg || course === undefined) return false;
  if (kept_course === undefined) kept_course = course;
  return Math.abs(wrapped(course - kept_course)) >= settings.turn_deg;
}

/** A fix is kept. */
export function keepCourse(sample: Sample): void {
  const course = courseOf(sample);
  if (course !== undefined) kept_course = course;
}

/** Whether it has been too fast for so long, once an excess. */
export function tooFast(settings: Settings, sample: Sample): boolean {
  const limit = settings.overspeed_kmh;
  // One that is not known says nothing.
  const speed = sample.speed_kmh;
  if (!limit || speed === undefined) return false;
  if (speed > limit) {
    if (fast_ms === undefined) fast_ms = ran_ms();
    if (told || ran_ms() - fast_ms < (settings.overspeed_s || 0) * 1000) return false;
    told = 1;
    return true;
  }
  fast_ms = undefined;
  if (speed <= CALM * limit) told = 0;
  return false;
}
