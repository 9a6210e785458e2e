/** Which zones a fix is in, and which it enters and leaves. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { distance_m, type Place, wrapped } from "../../firmware/tracker/place.ts";
import { Why } from "../../firmware/tracker/why.ts";
import type * as zonesFile from "../../firmware/tracker/zones.ts";
import { bootable } from "../modem/fresh.ts";

const boot = bootable<typeof zonesFile>("tracker/zones.ts");
const { zonesFault } = boot();

/** Metres on the way along the ground: haversine in full. */
function onGround(a: Place, b: Place): number {
  const rad = Math.PI / 180;
  const north = Math.sin(((b.latitude - a.latitude) * rad) / 2);
  const east = Math.sin(((b.longitude - a.longitude) * rad) / 2);
  const h = north ** 2 + Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * east ** 2;
  return 2 * 6_371_000 * Math.asin(Math.min(1, Math.sqrt(h)));
}

describe("a distance", () => {
  test("is right across the antimeridian, at the poles, and of a place from itself", () => {
    const far = distance_m({ latitude: 0, longitude: 179.9995 }, { latitude: 0, longitude: -179.9995 });
    assert.ok(Math.abs(far - 111.19) < 0.1, `${far}`);
    const pole = distance_m({ latitude: 89.9999, longitude: 0 }, { latitude: 89.9999, longitude: 180 });
    assert.ok(Math.abs(pole - 22.24) < 0.1, `${pole}`);
    assert.equal(distance_m({ latitude: 52, longitude: 13 }, { latitude: 52, longitude: 13 }), 0);
  });

  test("of up to 300 km is within 0.02 % of that along the ground, anywhere", () => {
    const property = fc.property(
      fc.double({ min: -90, max: 90, noNaN: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
      (latitude, longitude, north, to) => {
        const a = { latitude, longitude };
        const b = { latitude: Math.max(-90, Math.min(90, latitude + north)), longitude: to };
        const ground = onGround(a, b);
        if (ground < 300_000) assert.ok(Math.abs(distance_m(a, b) - ground) <= ground * 2e-4 + 1e-3);
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });

  test("a difference of longitudes is the shorter one", () => {
    for (const [given, expected] of [
      [0, 0],
      [181, -179],
      [-181, 179],
      [359, -1],
      [180, -180],
      [-540, -180],
    ] as const)
      assert.equal(wrapped(given), expected);
  });
});

/** What a walk through places tells, "enter depot". */
function walk(zones: unknown, places: [latitude: number, longitude: number, hdop?: number][]): string[] {
  const { crossings } = boot();
  const told: string[] = [];
  for (const [latitude, longitude, hdop = 1] of places)
    crossings(zones as Record<string, unknown>, { time_ms: 0, latitude, longitude, hdop }, (why, zone) =>
      told.push(`${why === Why.Enter ? "enter" : why === Why.Exit ? "exit" : why} ${zone}`),
    );
  return told;
}

const north = (metres: number) => metres / 111_194.93;
const CIRCLE = { depot: { latitude: 52, longitude: 13, radius: 100 } };
const SQUARE = {
  yard: [
    [52, 13],
    [52, 13.01],
    [52.01, 13.01],
    [52.01, 13],
  ],
};

describe("a circle", () => {
  test("is entered and left, once each; where it is at first is no event", () => {
    const out: [number, number] = [52 + north(200), 13];
    assert.deepEqual(walk(CIRCLE, [out, out, [52, 13], [52, 13], out, out]), ["enter depot", "exit depot"]);
    assert.deepEqual(walk(CIRCLE, [[52, 13], [52, 13], out]), ["exit depot"]);
  });

  test("near its border nothing changes: 10 m, or what the fix may be off", () => {
    const at = (metres: number, hdop?: number): [number, number, number?] => [52 + north(metres), 13, hdop];
    assert.deepEqual(walk(CIRCLE, [at(150), at(91), at(99), at(109), at(91)]), []);
    assert.deepEqual(walk(CIRCLE, [at(150), at(89), at(109), at(91), at(111)]), [
      "enter depot",
      "exit depot",
    ]);
    // 5 m times 10.
    assert.deepEqual(walk(CIRCLE, [at(300), at(51, 10), at(49, 10), at(149, 10), at(151, 10)]), [
      "enter depot",
      "exit depot",
    ]);
  });

  test("may be so small that a poor fix is never surely in it", () => {
    assert.deepEqual(
      walk(CIRCLE, [
        [52.1, 13],
        [52, 13, 30],
        [52.1, 13],
      ]),
      [],
    );
  });

  test("across the antimeridian, and at a pole", () => {
    const west = { z: { latitude: 0, longitude: 179.9999, radius: 100 } };
    assert.deepEqual(
      walk(west, [
        [0, -179.99],
        [0, -179.9999],
        [0, 179.99],
      ]),
      ["enter z", "exit z"],
    );
    const pole = { z: { latitude: 90, longitude: 0, radius: 1000 } };
    assert.deepEqual(
      walk(pole, [
        [89.9, 50],
        [89.999, 170],
        [89.999, -30],
        [89.9, 50],
      ]),
      ["enter z", "exit z"],
    );
  });
});

describe("a polygon", () => {
  test("is entered and left", () => {
    assert.deepEqual(
      walk(SQUARE, [
        [52.02, 13.005],
        [52.005, 13.005],
        [52.005, 13.02],
      ]),
      ["enter yard", "exit yard"],
    );
  });

  test("counts from its sides, not from their lengthening", () => {
    const beside: [number, number] = [52 - north(15), 13.005];
    assert.deepEqual(walk(SQUARE, [[52.005, 13.005], beside]), ["exit yard"]);
    assert.deepEqual(
      walk(SQUARE, [
        [52.005, 13.005],
        [52 - north(9), 13.005],
      ]),
      [],
    );
    assert.deepEqual(
      walk(SQUARE, [
        [51, 13.005],
        [52.02, 13.005],
      ]),
      [],
    );
  });

  test("across the antimeridian", () => {
    const z = {
      z: [
        [-1, 179],
        [-1, -179],
        [1, -179],
        [1, 179],
      ],
    };
    for (const [latitude, longitude] of [
      [0, 179.5],
      [0, -179.5],
      [0.5, 180],
      [0.5, -180],
    ] as const)
      assert.deepEqual(
        walk(z, [
          [0, 10],
          [latitude, longitude],
          [0, 178],
          [0, -178],
        ]),
        ["enter z", "exit z"],
      );
    assert.deepEqual(
      walk(z, [
        [0, 10],
        [0, 0],
        [0, -1],
        [0, 177],
      ]),
      [],
    );
  });

  test("that is hollow, with a corner given twice", () => {
    const u = {
      u: [
        [0, 0],
        [0, 0],
        [0, 0.03],
        [0.03, 0.03],
        [0.03, 0.02],
        [0.01, 0.02],
        [0.01, 0.01],
        [0.03, 0.01],
        [0.03, 0],
        [0, 0],
      ],
    };
    assert.deepEqual(
      walk(u, [
        [0.02, 0.015],
        [0.02, 0.005],
        [0.02, 0.015],
        [0.005, 0.015],
      ]),
      ["enter u", "exit u", "enter u"],
    );
  });

  test("random places in and out of a triangle are told apart as by its three sides", () => {
    const [a, b, c] = [
      [10, 10],
      [10, 10.1],
      [10.1, 10.03],
    ] as const;
    const side = (p: readonly number[], q: readonly number[], r: readonly number[]) =>
      ((q[1] as number) - (p[1] as number)) * ((r[0] as number) - (p[0] as number)) -
      ((q[0] as number) - (p[0] as number)) * ((r[1] as number) - (p[1] as number));
    const coordinate = fc.double({ min: 9.95, max: 10.15, noNaN: true });
    const property = fc.property(coordinate, coordinate, (latitude, longitude) => {
      const r = [latitude, longitude];
      const turns = [side(a, b, r), side(b, c, r), side(c, a, r)];
      // Beside the border neither.
      if (turns.some((turn) => Math.abs(turn) < 5e-5)) return;
      const is_in = turns.every((turn) => turn > 0);
      assert.deepEqual(
        walk({ t: [a, b, c] }, [
          [0, 0],
          [latitude, longitude],
        ]),
        is_in ? ["enter t"] : [],
      );
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

test("several zones each have their own events; one that is taken away or new has none", () => {
  const { crossings } = boot();
  const told: string[] = [];
  const go = (zones: unknown, latitude: number) =>
    crossings(
      zones as Record<string, unknown>,
      { time_ms: 0, latitude, longitude: 13.005, hdop: 1 },
      (why, zone) => told.push(`${why} ${zone}`),
    );
  const both = { ...SQUARE, wide: { latitude: 52, longitude: 13, radius: 50_000 } };
  go(both, 60);
  go(both, 52.005);
  assert.deepEqual(told.splice(0), [`${Why.Enter} yard`, `${Why.Enter} wide`]);
  go(SQUARE, 60);
  assert.deepEqual(told.splice(0), [`${Why.Exit} yard`]);
  go(both, 52.005);
  assert.deepEqual(told.splice(0), [`${Why.Enter} yard`]);
  go(undefined, 60);
  go(both, 60);
  assert.deepEqual(told, []);
});

describe("zones that are refused, in one line", () => {
  const point = [52, 13];
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`z${i}`, CIRCLE.depot]));
  const round = (corners: number) =>
    Array.from({ length: corners }, (_, i) =>
      [Math.sin((6.28 * i) / corners), Math.cos((6.28 * i) / corners)].map((n) => Math.round(n * 100) / 100),
    );
  for (const [what, zones, fault] of [
    ["three equal points", { a: [point, point, point] }, "a: has no area"],
    [
      "points on a line",
      {
        a: [
          [0, 0],
          [1, 1],
          [2, 2],
        ],
      },
      "a: has no area",
    ],
    [
      "two points",
      {
        a: [
          [0, 0],
          [1, 1],
        ],
      },
      "a: has no area",
    ],
    ["no points", { a: [] }, "a: has no area"],
    ["half a point", { a: [[1], [2, 3], [4, 5]] }, "a: must be [[latitude, longitude], ...]"],
    [
      "a place that is none",
      {
        a: [
          [91, 0],
          [2, 3],
          [4, 5],
        ],
      },
      "a: must be [[latitude, longitude], ...]",
    ],
    [
      "a polygon with a hole",
      {
        a: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
        ],
      },
      "a: must be [[latitude, longitude], ...]",
    ],
    ["no longitude", { a: { latitude: 1, radius: 100 } }, "a: must have latitude and longitude"],
    ["null", { a: null }, "a: must have latitude and longitude"],
    ["no radius", { a: { latitude: 1, longitude: 1 } }, "a: radius: must be 20 to 2000000"],
    [
      "a radius as text",
      { a: { latitude: 1, longitude: 1, radius: "x" } },
      "a: radius: must be 20 to 2000000",
    ],
    ["a tiny circle", { ...CIRCLE, a: { ...CIRCLE.depot, radius: 19 } }, "a: radius: must be 20 to 2000000"],
    ["17 zones", many(17), "at most 16"],
    ["49 points", { a: round(49) }, "at most 48 points of polygons"],
    ["a long name", { ["x".repeat(25)]: CIRCLE.depot }, `${"x".repeat(24)}: has a name of more than 24`],
    [
      "too much",
      Object.fromEntries(Object.keys(many(16)).map((name) => [name + "x".repeat(20), CIRCLE.depot])),
      "at most 1000 bytes of JSON",
    ],
    ["a list", [point], "must be {name: circle or polygon}"],
    ["text", "depot", "must be {name: circle or polygon}"],
  ] as const)
    test(what, () => assert.equal(zonesFault(zones), fault));

  test("but not these", () => {
    for (const zones of [undefined, {}, CIRCLE, SQUARE, many(16), { a: round(48) }])
      assert.equal(zonesFault(zones), "");
  });
});
