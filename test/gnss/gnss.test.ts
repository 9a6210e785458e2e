import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type { Fix } from "../../firmware/gnss/fix.ts";
import { OK, type ScriptedModem, scriptedEngine, scriptedModem } from "./modem.ts";

const BG96 = "061951.0,31.84538,117.19882,0.7,62.2,3,0.00,0.0,0.0,110524,09";
const EC21 = "084757.700,-22.58379,-113.96622,1.6,40.0,3,171.43,36.0,19.4,290224,10";

let clock: Clock;
beforeEach(() => {
  clock = install({ toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  clock.uninstall();
});

/** What getFix answers, and after how long. */
async function locate(
  modem: ScriptedModem,
  timeout_s = 60,
): Promise<{ fix: Fix | null; reason: string; after_ms: number }> {
  const from = Date.now();
  const answers: { fix: Fix | null; reason: string; after_ms: number }[] = [];
  modem.getFix(timeout_s, (fix, reason) => {
    answers.push({ fix, reason, after_ms: Date.now() - from });
  });
  assert.equal(answers.length, 0, "done was called from inside getFix");
  await clock.tickAsync(timeout_s * 2000);
  assert.equal(answers.length, 1, "done is called once");
  return answers[0] as (typeof answers)[0];
}

async function fixOf(location: string): Promise<Fix | null> {
  return (await locate(scriptedEngine([location]), 3)).fix;
}

describe("a fix", () => {
  it("of the BG96", async () => {
    assert.deepEqual(await locate(scriptedEngine([BG96])), {
      fix: {
        time_ms: Date.UTC(2024, 4, 11, 6, 19, 51),
        latitude: 31.84538,
        longitude: 117.19882,
        hdop: 0.7,
        altitude_m: 62.2,
        course_deg: 0,
        speed_kmh: 0,
        satellites: 9,
      },
      reason: "",
      after_ms: 20,
    });
  });

  it("of the EC21: three decimals of a second, course in degrees and minutes, south and west", async () => {
    const fix = await fixOf(EC21);
    assert.ok(fix);
    assert.equal(fix.time_ms, Date.UTC(2024, 1, 29, 8, 47, 57, 700));
    assert.equal(fix.latitude, -22.58379);
    assert.equal(fix.longitude, -113.96622);
    assert.ok(Math.abs((fix.course_deg ?? 0) - (171 + 43 / 60)) < 1e-9);
    assert.equal(fix.speed_kmh, 36);
  });

  it("without a course, when it stands still: EG91 leaves it empty", async () => {
    const fix = await fixOf(BG96.replace(",0.00,", ",,"));
    assert.ok(fix);
    assert.ok(!JSON.stringify(fix).includes("course_deg"));
  });

  it("the BG96 calls 2-D, with nine satellites, keeps its altitude", async () => {
    assert.equal((await fixOf(BG96.replace(",62.2,3,", ",62.2,2,")))?.altitude_m, 62.2);
  });

  it("has year and month ends", async () => {
    for (const [text, ms] of [
      ["235959.0|311225", Date.UTC(2025, 11, 31, 23, 59, 59)],
      ["000000.0|010126", Date.UTC(2026, 0, 1)],
      ["120000.5|010324", Date.UTC(2024, 2, 1, 12, 0, 0, 500)],
    ] as const) {
      const [time, date] = text.split("|") as [string, string];
      assert.equal((await fixOf(BG96.replace("061951.0", time).replace("110524", date)))?.time_ms, ms);
    }
  });
});

describe("answers that cannot be right are no fix", () => {
  const odd: Record<string, string> = {
    "latitude over 90": BG96.replace("31.84538", "91.84538"),
    "longitude below -180": BG96.replace("117.19882", "-180.19882"),
    "no latitude": BG96.replace("31.84538", ""),
    "sexagesimal, as of mode 0": BG96.replace("31.84538,117.19882", "3150.7228N,11711.9292E"),
    "13 fields, as of mode 1": BG96.replace("31.84538,117.19882", "3150.722800,N,11711.929200,E"),
    "10 fields": BG96.replace(",09", ""),
    "1980": BG96.replace("110524", "060180"),
    "2019, before this firmware": BG96.replace("110524", "311219"),
    "no date": BG96.replace("110524", ""),
    "no time": BG96.replace("061951.0", ""),
    nothing: "",
    "commas only": ",".repeat(10),
  };
  for (const [name, location] of Object.entries(odd))
    it(name, async () => {
      const { fix, reason } = await locate(scriptedEngine([location]), 3);
      assert.equal(fix, null);
      assert.equal(reason, "no fix: needs open sky");
    });

  it("OK without a location", async () => {
    assert.equal(
      (
        await locate(
          scriptedModem(() => OK),
          3,
        )
      ).fix,
      null,
    );
  });

  it("and the next answer counts", async () => {
    const { fix, after_ms } = await locate(scriptedEngine([odd["1980"] as string, BG96]));
    assert.ok(fix);
    assert.equal(after_ms, 1040);
  });
});

describe("waiting for a fix", () => {
  it("asks each second", async () => {
    const modem = scriptedEngine(["516", "516", "516", BG96]);
    const { fix, after_ms } = await locate(modem);
    assert.ok(fix);
    assert.equal(after_ms, 3080);
    assert.deepEqual(modem.commands, Array(4).fill("AT+QGPSLOC=2"));
  });

  it("ends at the deadline, and asks no more", async () => {
    const modem = scriptedEngine(["516"]);
    const { fix, reason, after_ms } = await locate(modem, 10);
    assert.equal(fix, null);
    assert.equal(reason, "no fix: needs open sky");
    assert.ok(after_ms > 9000 && after_ms <= 10_000, `${after_ms} ms`);
    assert.equal(modem.commands.length, 10);
  });

  it("ends at once when the channel finds the modem silent", async () => {
    const modem = scriptedModem(() => undefined);
    const { reason } = await locate(modem, 60);
    assert.match(reason, /^no answer/);
    assert.deepEqual(modem.commands, ["AT+QGPSLOC=2"], "beside the channel's own");
  });

  it("leaves no timer behind", async () => {
    let fix: Fix | null | undefined;
    scriptedEngine([BG96]).getFix(60, (found) => {
      fix = found;
    });
    await clock.tickAsync(1000);
    assert.ok(fix);
    assert.equal(clock.countTimers(), 0);
  });

  it("a modem that cannot do GNSS: EC21-J", async () => {
    const { reason } = await locate(
      scriptedModem(() => "ERROR"),
      3,
    );
    assert.equal(reason, "modem has no GNSS");
  });

  for (const code of [501, 502, 503, 506, 507, 508, 513, 514, 515, 549])
    it(`error ${code} has a reason`, async () => {
      const { fix, reason } = await locate(scriptedEngine([String(code)]), 3);
      assert.equal(fix, null);
      assert.match(reason, /\w+ \w+/);
    });
});

describe("an engine that is off", () => {
  it("is switched on by getFix", async () => {
    const modem = scriptedEngine([BG96], false);
    const { fix } = await locate(modem);
    assert.ok(fix);
    assert.deepEqual(modem.commands, ["AT+QGPSLOC=2", "AT+QGPS=1", "AT+QGPSLOC=2"]);
  });

  it("is switched on again after the modem restarted in between", async () => {
    const modem = scriptedEngine(["516", "516", "516", BG96]);
    setTimeout(() => {
      modem.on = false;
    }, 1500);
    const { fix } = await locate(modem);
    assert.ok(fix);
    assert.equal(modem.commands.filter((command) => command === "AT+QGPS=1").length, 1);
  });

  it("that refuses just after boot is asked again", async () => {
    const modem = scriptedEngine([BG96], false);
    const { answer } = modem;
    let refusals = 3;
    modem.answer = (command) =>
      command === "AT+QGPS=1" && refusals-- > 0 ? "+CME ERROR: 503" : answer(command);
    assert.ok((await locate(modem)).fix);
  });

  it("that can never be switched on is not asked more than once a second", async () => {
    const modem = scriptedModem(() => "+CME ERROR: 505");
    const { fix } = await locate(modem, 10);
    assert.equal(fix, null);
    assert.ok(modem.commands.length <= 11);
  });
});

describe("off", () => {
  async function off(modem: ScriptedModem): Promise<string> {
    const errors: string[] = [];
    modem.gnssOff((error) => errors.push(error));
    await clock.tickAsync(60_000);
    assert.equal(errors.length, 1);
    return errors[0] as string;
  }

  it("off", async () => {
    const modem = scriptedEngine([]);
    assert.equal(await off(modem), "");
    assert.ok(!modem.on);
  });

  it("off already", async () => {
    assert.equal(await off(scriptedEngine([], false)), "505");
  });

  it("refused", async () => {
    assert.equal(await off(scriptedModem(() => "+CME ERROR: 503")), "503");
  });
});
