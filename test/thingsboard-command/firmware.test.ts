/** `firmware` against the stand-in: uploaded once, assigned, and followed to its end. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { watch } from "../../scripts/thingsboard/progress.ts";
import { Refused, type Server } from "../../scripts/thingsboard/server.ts";
import { Unreachable } from "../../scripts/thingsboard/unreachable.ts";
import type { Answer } from "../simulator/rest-rig.ts";
import { BOARD, rig } from "./rig.ts";

const packageText = (version: string, code = "1"): string =>
  `//espruino-thingsboard RAK5010 ${version} 2v20.48\n${code}`;

/** A server that is set up, with devices, and a package. */
async function fleet(t: TestContext, names: readonly string[]) {
  const made = await rig(t);
  await made.run(["setup"]);
  for (const name of names)
    await made.run(["device", name, "--out", made.file(`${name}.tracker.json`), ...BOARD]);
  const file = made.file("rak5010-9.9.9.js");
  writeFileSync(file, packageText("9.9.9"));
  const tell = (name: string, values: object, time_ms = Date.now()) => {
    const { store } = made.server.tenant.device(name);
    store.add([{ values: new Map(Object.entries(values)) }], time_ms);
  };
  /** Each of them says one thing more each time the command waits. */
  const saying = (steps: Record<string, object[]>) => {
    let at = 0;
    let now_ms = Date.now();
    return {
      now: () => now_ms,
      sleep: async (ms: number) => {
        now_ms += ms;
        for (const [name, { [at]: step }] of Object.entries(steps)) if (step) tell(name, step);
        at++;
      },
    };
  };
  return { ...made, file, path: made.file, tell, saying };
}

const steps = (...states: string[]): object[] => states.map((fw_state) => ({ fw_state }));

test("to one device: uploaded, assigned, each step told, done", async (t) => {
  const { run, file, saying, server, count } = await fleet(t, ["bus 7", "bus 8"]);
  const { code, said } = await run(
    ["firmware", file, "--to", "bus 7"],
    saying({ "bus 7": steps("DOWNLOADING", "DOWNLOADED", "VERIFIED", "UPDATING", "UPDATED") }),
  );
  assert.deepEqual(
    [code, said],
    [
      0,
      [
        `espruino-thingsboard RAK5010 9.9.9: uploaded, 46 bytes, CRC32 ${server.tenant.packages[0]?.file?.checksum}`,
        "espruino-thingsboard RAK5010 9.9.9: assigned to bus 7",
        ..."INITIATED DOWNLOADING DOWNLOADED VERIFIED UPDATING UPDATED"
          .split(" ")
          .map((state) => `bus 7: ${state}`),
        "1 of 1 updated",
      ],
    ],
  );
  assert.equal(server.tenant.device("bus 8").store.values("SHARED_SCOPE").fw_title, undefined);
  const { fw_title, fw_tag } = server.tenant.device("bus 7").store.values("SHARED_SCOPE");
  assert.deepEqual(
    [fw_title, fw_tag],
    ["espruino-thingsboard RAK5010", "espruino-thingsboard RAK5010 9.9.9 2v20.48"],
  );

  const again = await run(["firmware", file, "--to", "bus 7"]);
  assert.deepEqual(
    [again.code, again.said.slice(0, 2), count().packages],
    [
      0,
      [
        "espruino-thingsboard RAK5010 9.9.9: is on the server already",
        "espruino-thingsboard RAK5010 9.9.9: is assigned already",
      ],
      1,
    ],
  );
});

test("to the profile: all of it but what has its own; one that fails is told with its reason, and makes it 1", async (t) => {
  const { run, file, path, saying, server } = await fleet(t, ["a", "b", "c"]);
  const own = path("own.js");
  writeFileSync(own, packageText("8.0.0"));
  await run(["firmware", own, "--to", "c", "--wait", "0"]);
  const { code, said } = await run(
    ["firmware", file, "--to", "profile"],
    saying({
      a: steps("DOWNLOADING", "UPDATED"),
      b: [{ fw_state: "DOWNLOADING" }, { fw_state: "FAILED", fw_error: "checksum" }],
    }),
  );
  assert.equal(code, 1);
  assert.equal(said[1], "espruino-thingsboard RAK5010 9.9.9: assigned to the device profile, 2 devices");
  assert.ok(said.includes("b: FAILED, checksum"));
  assert.equal(said.at(-1), "1 of 2 updated, 1 failed");
  assert.equal(server.tenant.device("c").store.values("SHARED_SCOPE").fw_version, "8.0.0");
});

test("it ends in time, and says who is not done", async (t) => {
  const { run, file, saying } = await fleet(t, ["a", "b"]);
  const { code, said } = await run(
    ["firmware", file, "--to", "profile", "--wait", "10"],
    saying({ a: steps("DOWNLOADING", "UPDATED") }),
  );
  assert.deepEqual(
    [code, said.slice(-2)],
    [
      1,
      [
        "b: not done, INITIATED",
        "1 of 2 updated, the others not within 10 s: they go on without this command; run it again to look",
      ],
    ],
  );
});

test("what was said of an earlier assignment does not count", async (t) => {
  const { run, file, path, tell, saying } = await fleet(t, ["a"]);
  const older = path("older.js");
  writeFileSync(older, packageText("8.0.0"));
  await run(["firmware", older, "--to", "a", "--wait", "0"]);
  tell("a", { fw_state: "FAILED", fw_error: "of 8.0.0" }, Date.now() + 1);
  const { code, said } = await run(
    ["firmware", file, "--to", "a"],
    saying({ a: [{}, { fw_state: "UPDATED" }] }),
  );
  assert.equal(code, 0, said.join("\n"));
});

test("no package, no such device, other bytes by the same version: one line, and nothing assigned", async (t) => {
  const { run, file, path, host, server } = await fleet(t, ["a"]);
  const complaint = async (...args: string[]): Promise<Answer> => {
    const { code, complaints } = await run(["firmware", ...args]);
    assert.equal(code, 1);
    return complaints;
  };
  const blob = path("blob.js");
  writeFileSync(blob, "var a=1");
  assert.deepEqual(await complaint(blob, "--to", "a"), [
    `${blob}: is no package of firmware: npm run package -- --board … writes one to dist/`,
  ]);
  assert.match((await complaint(path("none.js"), "--to", "a"))[0], /none\.js: no such file/);
  assert.deepEqual(await complaint(file, "--to", "z"), [
    `${host}: has no device "z"; --to takes a device's name, or "profile" for all of them`,
  ]);
  await run(["firmware", file, "--to", "a", "--wait", "0"]);
  writeFileSync(file, packageText("9.9.9", "2"));
  assert.deepEqual(await complaint(file, "--to", "a"), [
    `${host}: has another espruino-thingsboard RAK5010 9.9.9: raise the version in package.json, and make the package anew`,
  ]);
  assert.deepEqual(server.tenant.packages.length, 1);
});

test("a device of another profile gets none: remove would not find it again", async (t) => {
  const { run, file, host, post, server } = await fleet(t, []);
  await post("/api/device", { name: "other" });
  const { code, complaints } = await run(["firmware", file, "--to", "other"]);
  assert.deepEqual(
    [code, complaints],
    [
      1,
      [
        `${host}: its device "other" is of the profile "default": npm run thingsboard -- device "other" --move makes it one of "Espruino tracker"`,
      ],
    ],
  );
  assert.equal(server.tenant.packages.length, 0);
});

test("a server that is away for a moment is asked again, one that refuses is not", async () => {
  const updated = { target_fw_version: [{ ts: 1, value: "2" }], fw_state: [{ ts: 2, value: "UPDATED" }] };
  const watched = async (...answers: (object | Error)[]) => {
    const said: string[] = [];
    let now_ms = 0;
    const get = async () => {
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const done = await watch({ get } as unknown as Server, [{ id: "1", name: "a" }], { version: "2" }, 60, {
      say: (line) => said.push(line),
      waitFor() {},
      now: () => now_ms,
      sleep: async (ms) => {
        now_ms += ms;
      },
    });
    return { done, said };
  };
  assert.deepEqual(
    await watched(
      new Unreachable("away"),
      new Refused(502, "no gateway"),
      {},
      new Unreachable("away"),
      updated,
    ),
    { done: true, said: ["away; asked again", "away; asked again", "a: UPDATED", "1 of 1 updated"] },
  );
  await assert.rejects(watched(new Refused(404, "no such device")), /^Error: no such device$/);
});
