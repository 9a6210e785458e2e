import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Released } from "../firmware/released.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

test("the day of the release is a whole one, as it is said, and over", () => {
  const day = new Date(Released.Ms).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  assert.equal(Released.Ms % 86_400_000, 0);
  assert.ok(read("firmware/released.ts").includes(`/** ${day}. */`), day);
  assert.ok(Released.Ms < Date.now());
});
