import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { Reason } from "../../firmware/reason.ts";
import { Evidence, evidenceOf, ladder, rungAt, wait_s } from "../../firmware/tracker/ladder.ts";

const NEARLY_1 = 1 - 1e-9;
/** One letter a failure in a row: a new connection, context, radio, modem, power, board. */
const RUNG_LETTERS = ".crmpb";
const ALL_KINDS = Array.from({ length: Evidence.Count }, (_, evidence) => evidence as Evidence);
const sequence = (evidence: Evidence): string =>
  Array.from({ length: 80 }, (_, i) => RUNG_LETTERS[rungAt(ladder(evidence), i + 1)]).join("");
/** Begins again and again. */
const again = (pattern: string): string => pattern.repeat(80).slice(0, 80);

describe("the table", () => {
  for (const [name, evidence, expected] of [
    ["the modem is silent", Evidence.Silent, again("cpcpcpcpcpcb")],
    ["it starts anew by itself, or refuses", Evidence.Modem, again("cmcmcp")],
    ["no SIM", Evidence.Sim, again("cccmcccmcccp")],
    ["PIN or PUK: a person has to do something", Evidence.Person, again("c")],
    ["no network", Evidence.Registration, again("crcrcmcrcrcmcrcrcmcrcrcp")],
    ["no PDP context", Evidence.Context, again("ccrccrccmccrccrccmccrccrccmccrccrccp")],
    ["the PDP context was taken away", Evidence.ContextLost, again("c")],
    ["TLS: certificates missing", Evidence.Unready, again(".")],
    ["no socket", Evidence.Sockets, again(".c.m.c.m.c.p")],
    ["565: the name has no address", Evidence.Name, again("..c..c..c..c..c..c..c..c..c..c..c..m")],
    ["566, 569: not reached", Evidence.Open, again("..c..c..c..c..c..c..c..c..c..c..c..m")],
    ["no handshake", Evidence.Untrusted, again(".")],
    [
      "CONNECT unanswered",
      Evidence.Unanswered,
      `${"..c".repeat(11)}..m${"..c".repeat(11)}..m${"..c".repeat(2)}..`,
    ],
    ["no credentials of its own", Evidence.Unprovisioned, again(".")],
    ["CONNACK says no", Evidence.Refused, again(".")],
    ["CONNACK 0, and then it ended", Evidence.Ended, again("..............c")],
  ] as const)
    test(name, () => assert.equal(sequence(evidence), expected));

  test("is the one in firmware/README.md", () => {
    const readme = readFileSync(new URL("../../firmware/README.md", import.meta.url), "utf8");
    const rows = readme
      .slice(readme.indexOf("\n| what failed ") + 1)
      .split("\n\n")[0]
      ?.split("\n")
      .slice(2)
      .map((line) => line.split("|").slice(2, -1).map(Number));
    assert.deepEqual(
      rows,
      ALL_KINDS.map((evidence) => {
        const { context_, radio_, modem_, power_, board_ } = ladder(evidence);
        return [context_, radio_, modem_, power_, board_];
      }),
    );
  });

  test("has every kind above", () => assert.equal(ALL_KINDS.length, 16));

  test("only a silent modem reboots the board, and only one not yet proven to work is cut off", () => {
    for (const evidence of ALL_KINDS) {
      const { modem_: modem, power_: power, board_: board } = ladder(evidence);
      assert.equal(board > 0, evidence === Evidence.Silent);
      if (evidence >= Evidence.Name) assert.equal(power, 0, `power at ${evidence}`);
      if (evidence >= Evidence.Refused) assert.equal(modem, 0, `modem at ${evidence}`);
    }
  });

  test("delays: from 1 s, in a range that doubles with each failure, to ten minutes; longer only where the server is not to blame", (t) => {
    const { random } = Math;
    t.after(() => {
      Math.random = random;
    });
    for (const evidence of ALL_KINDS) {
      const allowed = ladder(evidence);
      const range = (failures: number) => {
        Math.random = () => 0;
        const least = wait_s(failures, allowed);
        Math.random = () => NEARLY_1;
        return [least, wait_s(failures, allowed)];
      };
      let most_s = allowed.first_s_;
      for (let failures = 1; failures <= 12; failures++) {
        assert.deepEqual(range(failures), [1, most_s]);
        most_s = Math.min(most_s * 2, 600);
      }
      for (const failures of [13, 50, 1e6]) assert.deepEqual(range(failures), [1, allowed.longest_s_]);
      const seldom =
        evidence < Evidence.ContextLost ||
        [Evidence.Unready, Evidence.Untrusted, Evidence.Unprovisioned].includes(evidence);
      assert.equal(allowed.longest_s_, seldom ? 3600 : 600);
    }
  });
});

describe("what a failure is evidence of", () => {
  for (const [reason, before, after] of [
    [Reason.ModemSilent, Evidence.Silent, Evidence.Silent],
    [Reason.ModemRestarted, Evidence.Modem, Evidence.Modem],
    [Reason.ModemPoweredDown, Evidence.Modem, Evidence.Modem],
    [Reason.NoAnswer, Evidence.Modem, Evidence.Modem],
    [Reason.SimMissing, Evidence.Sim, Evidence.Sim],
    [Reason.SimLost, Evidence.Sim, Evidence.Sim],
    [Reason.WrongPin, Evidence.Person, Evidence.Person],
    [Reason.PinMissing, Evidence.Person, Evidence.Person],
    [Reason.PinLastTry, Evidence.Person, Evidence.Person],
    [Reason.PinUnsure, Evidence.Person, Evidence.Person],
    [Reason.SimLocked, Evidence.Person, Evidence.Person],
    [Reason.NoNetwork, Evidence.Registration, Evidence.Registration],
    [Reason.RegistrationDenied, Evidence.Registration, Evidence.Registration],
    [Reason.NoContext, Evidence.Context, Evidence.Context],
    [Reason.ContextLost, Evidence.ContextLost, Evidence.ContextLost],
    [Reason.ContextBroken, Evidence.ContextLost, Evidence.ContextLost],
    [Reason.SocketInUse, Evidence.Sockets, Evidence.Sockets],
    [Reason.NotAllowed, Evidence.Sim, Evidence.Ended],
    [15 as Reason, Evidence.Sim, Evidence.Ended],
    [100 as Reason, Evidence.Sim, Evidence.Ended],
    [Reason.NameUnknown, Evidence.Name, Evidence.Name],
    [Reason.OpenFailed, Evidence.Open, Evidence.Ended],
    [Reason.OpenTimeout, Evidence.Open, Evidence.Ended],
    [Reason.BadHost, Evidence.Open, Evidence.Ended],
    [579 as Reason, Evidence.Open, Evidence.Ended],
    [Reason.NoAuthority, Evidence.Unready, Evidence.Unready],
    [Reason.NoCertificate, Evidence.Unready, Evidence.Unready],
    [Reason.ClockUnknown, Evidence.Open, Evidence.Open],
    [Reason.TlsSettings, Evidence.Sockets, Evidence.Sockets],
    [Reason.TlsFailed, Evidence.Untrusted, Evidence.Untrusted],
    [Reason.NoTls, Evidence.Untrusted, Evidence.Untrusted],
    [Reason.UnknownAuthority, Evidence.Untrusted, Evidence.Untrusted],
    [Reason.WrongHost, Evidence.Untrusted, Evidence.Untrusted],
    [Reason.WrongDates, Evidence.Untrusted, Evidence.Untrusted],
    [Reason.ClientRefused, Evidence.Untrusted, Evidence.Untrusted],
    [Reason.ServerSays, Evidence.Unprovisioned, Evidence.Unprovisioned],
    [Reason.FlashWorn, Evidence.Unprovisioned, Evidence.Unprovisioned],
    [Reason.ConnectUnanswered, Evidence.Unanswered, Evidence.Ended],
    [Reason.ClosedByServer, Evidence.Unanswered, Evidence.Ended],
    [Reason.LinkLost, Evidence.Unanswered, Evidence.Ended],
    [Reason.LinkSlow, Evidence.Unanswered, Evidence.Ended],
    [Reason.AnswerMissing, Evidence.Unanswered, Evidence.Ended],
    [Reason.ProtocolError, Evidence.Unanswered, Evidence.Ended],
    [Reason.RefusedLogin, Evidence.Refused, Evidence.Refused],
    [Reason.RefusedBusy, Evidence.Refused, Evidence.Refused],
  ] as const)
    test(`${reason}`, () => {
      assert.equal(evidenceOf(reason, false), before, "before CONNACK 0");
      assert.equal(evidenceOf(reason, true), after, "after it");
    });
});

/** The failures in a row, from the first, at which each of these rungs was taken. */
