import assert from "node:assert/strict";
import { test } from "node:test";
import type { Place, Shown } from "../../../scripts/start/page/sample.ts";
import { trackPieces } from "../../../scripts/start/page/track-pieces.ts";

const at = (time_s: number, ...place: Place) =>
  ({ time_ms: time_s * 1000, place }) as Shown & { place: Place };

test("a drive is one piece, with its pauses and tunnels", () => {
  const drive = [at(0, 52.5, 13.4), at(5, 52.5005, 13.4), at(3_600, 52.9, 13.4), at(3_605, 52.9001, 13.4)];
  assert.equal(trackPieces(drive).length, 1);
});

test("where the replay begins anew there is a gap", () => {
  const pieces = trackPieces([
    at(0, 52.5, 13.3),
    at(5, 52.5, 13.301),
    at(10, 52.52, 13.41),
    at(15, 52.52, 13.409),
  ]);
  assert.deepEqual(
    pieces.map((piece) => piece.length),
    [2, 2],
  );
});

test("noise within a millisecond is none, as a fix may stand for two events", () => {
  assert.equal(trackPieces([at(0, 52.5, 13.4), at(0.001, 52.5001, 13.4)]).length, 1);
});
