import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { type Clock, install } from "@sinonjs/fake-timers";
import type { Fix } from "../../firmware/gnss/fix.ts";
import { Reason } from "../../firmware/reason.ts";
import { words } from "../../firmware/words.ts";
import { OK, type ScriptedModem, scriptedEngine, scriptedModem } from "./scripted-modem.ts";

const BG96 = "061951.0,31.84538,117.19882,0.7,62.2,3,0.00,0.0,0.0,110526,09";
const EC21 = "084757.700,-22.58379,-113.96622,1.6,40.0,3,171.43,36.0,19.4,280226,10";

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
): Promise<{ fix: Fix | null; reason: Reason; after_ms: number }> {
  const from = Date.now();
  const answers: { fix: Fix | null; reason: Reason; after_ms: number }[] = [];
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
        time_ms: Date.UTC(2026, 4, 11, 6, 19, 51),
        latitude: 31.84538,
        longitude: 117.19882,
        hdop: 0.7,
        altitude_m: 62.2,
        course_deg: 0,
        speed_kmh: 0,
        satellites: 9,
      },
      reason: Reason.None,
      after_ms: 20,
    });
  });

  it("of the EC21: three decimals of a second, course in degrees and minutes, south and west", async () => {
    const fix = await fixOf(EC21);
    assert.ok(fix);
    assert.equal(fix.time_ms, Date.UTC(2026, 1, 28, 8, 47, 57, 700));
    assert.equal(fix.latitude, -22.58379);
    assert.equal(fix.longitude, -113.96622);
    assert.equal(fix.course_deg, 171.72);
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
      ["235959.0|311226", Date.UTC(2026, 11, 31, 23, 59, 59)],
      ["000000.0|010126", Date.UTC(2026, 0, 1)],
      ["120000.0|290228", Date.UTC(2028, 1, 29, 12)],
      ["010203.5|010328", Date.UTC(2028, 2, 1, 1, 2, 3, 500)],
    ] as const) {
      const [time, date] = text.split("|") as [string, string];
      assert.equal((await fixOf(BG96.replace("061951.0", time).replace("110526", date)))?.time_ms, ms);
    }
  });
});

describe("what a field does not tell, or cannot be, is absent", () => {
  const names = ["", "", "hdop", "altitude_m", "", "course_deg", "speed_kmh", "", "", "satellites"];
  /** BG96's answer with something else in one field. */
  function changed(name: string, text: string): string {
    const fields = BG96.split(",");
    fields[name === "hdop" ? 3 : name === "altitude_m" ? 4 : names.indexOf(name) + 1] = text;
    return fields.join(",");
  }
  for (const name of ["hdop", "altitude_m", "course_deg", "speed_kmh", "satellites"])
    for (const text of [
      "",
      "x",
      "12abc",
      "nan",
      "-",
      ".",
      "1.2.3",
      "0x10",
      "1e3",
      "--5",
      "1-2",
      "Infinity",
      "9".repeat(400),
    ])
      it(`${name} "${text.slice(0, 9)}"`, async () => {
        const fix = await fixOf(changed(name, text));
        assert.ok(fix);
        assert.deepEqual(
          Object.keys(fix).sort(),
          Object.keys((await fixOf(BG96)) as Fix)
            .filter((each) => each !== name)
            .sort(),
        );
        assert.doesNotMatch(JSON.stringify(fix), /null/);
      });

  for (const [name, text, expected] of [
    ["altitude_m", "25300.0", 25300],
    ["altitude_m", "30500.4", 30500.4],
    ["altitude_m", "-430.5", -430.5],
    ["altitude_m", "-1200.0", undefined],
    ["altitude_m", "60000.0", undefined],
    ["speed_kmh", "1666.8", 1666.8],
    ["speed_kmh", "-1.0", undefined],
    ["speed_kmh", "5000.0", undefined],
    ["course_deg", "171.43", 171.72],
    ["course_deg", "171.75", 171.75],
    ["course_deg", "-3.00", undefined],
    ["course_deg", "400.00", undefined],
    ["hdop", "99.9", undefined],
    ["hdop", "-0.1", undefined],
    ["satellites", "010", 10],
    ["satellites", "07", 7],
  ] as const)
    it(`${name} ${text} is ${expected}`, async () => {
      assert.equal((await fixOf(changed(name, text)))?.[name], expected);
    });
});

describe("a place that the engine does not know", () => {
  const [time, date] = ["061951.0", "110526"];
  const poor: Record<string, string> = {
    "HDOP 500 with 2 satellites": `${time},31.84538,117.19882,500.0,62.2,2,0.00,0.0,0.0,${date},02`,
    "0,0 with 00": `${time},0.00000,0.00000,0.7,0.0,3,0.00,0.0,0.0,${date},00`,
    "0,0 and no number of satellites": `${time},0.00000,0.00000,0.7,0.0,3,0.00,0.0,0.0,${date},`,
    "00 satellites": `${time},31.84538,117.19882,0.7,62.2,3,0.00,0.0,0.0,${date},00`,
    "2 satellites": `${time},31.84538,117.19882,1.7,62.2,2,0.00,0.0,0.0,${date},02`,
    "HDOP 99.9 with 4 satellites": `${time},31.84538,117.19882,99.9,62.2,2,0.00,0.0,0.0,${date},04`,
    "HDOP 99.9 and no number of satellites": `${time},31.84538,117.19882,99.9,62.2,2,0.00,0.0,0.0,${date},`,
  };
  for (const [name, location] of Object.entries(poor))
    it(`${name}: it is asked again`, async () => {
      const { fix, after_ms } = await locate(scriptedEngine([location, location, BG96]));
      assert.equal(fix?.satellites, 9);
      assert.equal(after_ms, 2060);
      assert.deepEqual(await locate(scriptedEngine([location]), 2), {
        fix: null,
        reason: Reason.NoFix,
        after_ms: 1040,
      });
    });

  it("three satellites are enough; so is a poor HDOP with satellites to spare; 0,0 is a place", async () => {
    assert.ok(await fixOf(BG96.replace(",09", ",03")));
    assert.ok(await fixOf(BG96.replace(",0.7,", ",60.0,").replace(",09", ",05")));
    assert.ok(await fixOf(BG96.replace("31.84538,117.19882", "0.00000,0.00000")));
  });
});

describe("an engine that takes the wrong weeks", () => {
  const week_ms = 7 * 86_400_000;
  const right_ms = Date.UTC(2026, 4, 11, 6, 19, 51);
  for (const weeks of [-2048, -1024, 1024])
    it(`${weeks} of them: the date is right`, async () => {
      const told = new Date(right_ms + weeks * week_ms);
      const [year, month, day] = told.toISOString().slice(2, 10).split("-") as [string, string, string];
      const fix = await fixOf(BG96.replace("110526", `${day}${month}${year}`));
      assert.deepEqual(fix?.time_ms, right_ms);
    });
});

describe("answers that cannot be right are no fix", () => {
  const unknown: Record<string, string> = {
    "no latitude": BG96.replace("31.84538", ""),
    "1980": BG96.replace("110526", "060180"),
    "no date": BG96.replace("110526", ""),
    "31 February": BG96.replace("110526", "310226"),
    "month 13": BG96.replace("110526", "111326"),
    "letters for a date": BG96.replace("110526", "today."),
    "no time": BG96.replace("061951.0", ""),
    "hour 24": BG96.replace("061951.0", "240000.0"),
    "commas only": ",".repeat(10),
  };
  const senseless: Record<string, string> = {
    "latitude over 90": BG96.replace("31.84538", "91.84538"),
    "longitude below -180": BG96.replace("117.19882", "-180.19882"),
    "letters for a latitude": BG96.replace("31.84538", "31.84538x"),
    "sexagesimal, as of mode 0": BG96.replace("31.84538,117.19882", "3150.7228N,11711.9292E"),
    "13 fields, as of mode 1": BG96.replace("31.84538,117.19882", "3150.722800,N,11711.929200,E"),
    "10 fields": BG96.replace(",09", ""),
    nothing: "",
  };
  for (const [name, location] of Object.entries({ ...unknown, ...senseless }))
    it(name, async () => {
      const { fix, reason } = await locate(scriptedEngine([location]), 3);
      assert.equal(fix, null);
      assert.equal(reason, name in unknown ? Reason.NoFix : Reason.BadFix);
    });

  it("OK without a location", async () => {
    const { fix, reason } = await locate(
      scriptedModem(() => OK),
      3,
    );
    assert.deepEqual([fix, reason], [null, Reason.NoFix]);
  });

  it("and the next answer counts", async () => {
    const { fix, after_ms } = await locate(scriptedEngine([unknown["1980"] as string, BG96]));
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
    assert.equal(reason, Reason.NoFix);
    assert.ok(after_ms > 9000 && after_ms <= 10_000, `${after_ms} ms`);
    assert.equal(modem.commands.length, 10);
  });

  it("ends at once when the channel finds the modem silent", async () => {
    const modem = scriptedModem(() => undefined);
    const { reason } = await locate(modem, 60);
    assert.equal(reason, Reason.ModemSilent);
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
    assert.equal(reason, Reason.NoGnss);
  });

  for (const code of [501, 502, 503, 506, 507, 508, 513, 514, 515, 549])
    it(`error ${code} has a reason`, async () => {
      const { fix, reason } = await locate(scriptedEngine([String(code)]), 3);
      assert.equal(fix, null);
      assert.equal(reason, code);
      assert.match(words(reason), /\w+ \w+/);
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
  async function off(modem: ScriptedModem): Promise<Reason> {
    const errors: Reason[] = [];
    modem.gnssOff((error) => errors.push(error));
    await clock.tickAsync(60_000);
    assert.equal(errors.length, 1);
    return errors[0] as Reason;
  }

  it("off", async () => {
    const modem = scriptedEngine([]);
    assert.equal(await off(modem), Reason.None);
    assert.ok(!modem.on);
  });

  it("off already", async () => {
    assert.equal(await off(scriptedEngine([], false)), Reason.GnssOff);
  });

  it("refused", async () => {
    assert.equal(await off(scriptedModem(() => "+CME ERROR: 503")), 503);
  });
});
