/** Findings from evidence made up: what the simulated world cannot show. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Reason } from "../../firmware/reason.ts";
import { noGnssWords, receiverWords, words } from "../../firmware/words.ts";
import type { Answer, Evidence, TrackerStatus } from "../../scripts/doctor/evidence.ts";
import { factsOf } from "../../scripts/doctor/facts.ts";
import { FINDINGS, NEEDS } from "../../scripts/doctor/findings.ts";
import { judge } from "../../scripts/doctor/judge.ts";
import { reportLines } from "../../scripts/doctor/report.ts";

const UP: TrackerStatus["modem"] = { state: "up", reason: "", imei: "866", iccid: "894", signal_dbm: -70 };
const down = (reason: string): TrackerStatus["modem"] => ({ state: "down", reason });

/** A tracker that works, but for these changes. */
function evidence(changes: Partial<Evidence> = {}, status: Partial<TrackerStatus> = {}): Evidence {
  return {
    env: { BOARD: "RAK8212", VERSION: "2v29", STORAGE: 40960 },
    variables: { usage: 800, free: 1700, total: 2500 },
    flags: [],
    storageFree: 26_000,
    storageSpare: 0,
    code: { bytes: 12_000, version: "0.1.0", board: "RAK8212", isCutShort: false },
    settings: { server: { host: "h.example", username: "TOKEN" }, apn: "internet" },
    booted: true,
    status: {
      state: "online",
      reason: "",
      fix: { latitude: 52.5, longitude: 13.4, satellites: 7 },
      gnss: "",
      modem: UP,
      server: "",
      waiting: 0,
      sent: 5,
      dropped: 0,
      ...status,
    },
    answers: {},
    ...changes,
  };
}

const faults = (found: Evidence): string[] =>
  judge(factsOf(found)).flatMap((verdict) => (verdict.kind === "fault" ? [verdict.id] : []));

const ok = (...lines: string[]): Answer => ({ reason: 0, lines });
const failed = (reason: number): Answer => ({ reason, lines: [] });

test("what works has no fault", () => {
  assert.deepEqual(faults(evidence()), []);
});

describe("the firmware's reasons", () => {
  const ofTheModem: [string, Reason[]][] = [
    ["modem-silent", [Reason.ModemSilent]],
    ["modem-restarts", [Reason.ModemRestarted, Reason.ModemPoweredDown]],
    ["modem-other", [Reason.NoAnswer, Reason.ModemError]],
    ["no-sim", [Reason.SimMissing]],
    ["bad-sim", [Reason.SimFailure, Reason.SimLost, 15 as Reason]],
    ["sim-busy", [Reason.SimBusy]],
    ["sim-blocked", [Reason.SimLocked]],
    ["pin-wanted", [Reason.PinMissing]],
    ["wrong-pin", [Reason.WrongPin, Reason.PinUnsure]],
    ["last-pin-try", [Reason.PinLastTry]],
    ["network-denied", [Reason.RegistrationDenied]],
    ["no-network", [Reason.NoNetwork]],
    ["no-context", [Reason.NoContext, Reason.ContextLost, Reason.ContextBroken]],
  ];
  for (const [id, reasons] of ofTheModem)
    for (const reason of reasons)
      test(`modem: ${reason}, ${words(reason)}`, () => {
        const why = words(reason);
        const status = { state: "waiting", reason: `${why}; again in 5 s`, modem: down(why) };
        const found = faults(evidence({}, status));
        assert.ok(found.includes(id) || (id === "modem-other" && found.length > 0), `${found}`);
      });

  const ofTheServer: [string, string[]][] = [
    ["token-refused", [words(Reason.RefusedLogin)]],
    [
      "provision-keys",
      [words(Reason.ServerSays, "Provision data was not found! check provision_key, provision_secret")],
    ],
    [
      "provision-refused",
      [words(Reason.ServerSays, "Failed to provision device! is the name taken, or no room?")],
    ],
    ["client-id-refused", [words(Reason.RefusedClientId)]],
    ["server-busy", [words(Reason.RefusedBusy)]],
    ["not-mqtt", [words(Reason.ProtocolError), words(Reason.ProtocolError, "flags")]],
    ["host-unknown", [words(Reason.BadHost), words(Reason.NameUnknown), words(Reason.DnsBusy)]],
    ["server-refuses", [words(Reason.OpenFailed)]],
    ["server-silent", [words(Reason.OpenTimeout), words(Reason.ConnectUnanswered)]],
    ["server-closes", [words(Reason.ClosedByServer)]],
    ["link-lost", [words(Reason.LinkLost), words(Reason.LinkSlow), words(Reason.AnswerMissing)]],
    ["no-context", [words(Reason.NoContext)]],
    ["ca-not-on-modem", [words(Reason.NoAuthority)]],
    ["certificate-not-on-modem", [words(Reason.NoCertificate)]],
    ["clock-unknown", [words(Reason.ClockUnknown)]],
    ["tls-settings", [words(Reason.TlsSettings)]],
    ["tls-failed", [words(Reason.TlsFailed)]],
    ["tls-refused", [words(Reason.NoTls)]],
    ["unknown-authority", [words(Reason.UnknownAuthority)]],
    ["wrong-host", [words(Reason.WrongHost)]],
    ["wrong-dates", [words(Reason.WrongDates)]],
    ["certificate-refused", [words(Reason.ClientRefused)]],
    ["built-without-tls", [words(Reason.BuiltWithoutTls)]],
    // What another version says is shown as it is.
    [
      "server-other",
      ["something new", words(Reason.RefusedProtocol), words(Reason.InUse), "modem error 551"],
    ],
  ];
  for (const [id, reasons] of ofTheServer)
    for (const reason of reasons)
      test(`server: ${reason}`, () => {
        const status = { state: "waiting", reason: `${reason}; again in 5 s`, server: reason };
        assert.deepEqual(faults(evidence({}, status)), [id]);
      });

  for (const [id, reason] of [
    ["no-receiver", Reason.NoGnss],
    ["no-fix", Reason.NoFix],
    ["fix-other", Reason.GnssOn],
  ] as const)
    test(`receiver: ${reason}`, () => {
      assert.deepEqual(faults(evidence({}, { fix: undefined, gnss: words(reason) })), [id]);
    });

  for (const [id, reason] of [
    ["receiver-silent", Reason.ReceiverSilent],
    ["receiver-garbled", Reason.ReceiverGarbled],
  ] as const)
    test(`a receiver of its own: ${reason}`, () => {
      assert.deepEqual(faults(evidence({}, { fix: undefined, gnss: receiverWords(reason) })), [id]);
    });

  test("firmware that was built without GNSS has no fix, and is well", () => {
    const gnss = noGnssWords(Reason.NoSource);
    assert.deepEqual(faults(evidence({}, { fix: undefined, gnss })), []);
  });

  test("a fix that is only awaited is no finding", () => {
    const status = { fix: undefined, gnss: "no fix yet" };
    assert.deepEqual(faults(evidence({}, status)), ["fix-pending"]);
    assert.deepEqual(faults(evidence({ storageFree: 100, storageSpare: 1000 }, status)), ["low-flash"]);
  });

  test("a subscription that is refused is told of a tracker that is online", () => {
    assert.deepEqual(faults(evidence({}, { server: "SUBSCRIBE refused" })), ["no-requests"]);
  });
});

describe("while the tracker tries again, its reason is the last try's:", () => {
  const starting = { ...down(""), state: "starting" };
  const cases: [found: string, Partial<TrackerStatus>][] = [
    ["server-pending", { state: "server", reason: "no network: check antenna; again in 9 s" }],
    ["server-pending", { state: "server", reason: "modem silent: check power, UART; again in 9 s" }],
    ["server-silent", { state: "server", reason: "no answer to CONNECT: check host, port; again in 9 s" }],
    ["token-refused", { state: "server", reason: "refused, check login; again in 9 s" }],
    [
      "modem-pending",
      { state: "modem", reason: "no answer to CONNECT: check host, port; again in 9 s", modem: starting },
    ],
    [
      "modem-silent",
      { state: "modem", reason: "modem silent: check power, UART; again in 9 s", modem: starting },
    ],
    ["modem-pending", { state: "modem", reason: "", modem: { ...starting, reason: "off" } }],
  ];
  for (const [id, status] of cases)
    test(`${id}: ${status.state}, ${status.reason || status.modem?.reason}`, () => {
      assert.deepEqual(faults(evidence({}, status)), [id]);
    });
});

describe("what the modem itself says counts more than the tracker's words", () => {
  const starting = { state: "modem", modem: { ...down("trouble"), state: "starting" } };
  const CPIN = "AT+CPIN?";
  const REG = "AT+CEREG?;+CGREG?;+CREG?";
  const ready = { [CPIN]: ok("+CPIN: READY") };
  const cases: [string, Record<string, Answer>][] = [
    ["no-sim", { [CPIN]: failed(10) }],
    ["bad-sim", { [CPIN]: failed(13) }],
    ["sim-busy", { [CPIN]: failed(14) }],
    ["sim-blocked", { [CPIN]: ok("+CPIN: SIM PUK") }],
    ["pin-wanted", { [CPIN]: ok("+CPIN: SIM PIN"), 'AT+QPINC="SC"': ok('+QPINC: "SC",3,10') }],
    ["last-pin-try", { [CPIN]: ok("+CPIN: SIM PIN"), 'AT+QPINC="SC"': ok('+QPINC: "SC",1,10') }],
    ["network-denied", { ...ready, [REG]: ok("+CEREG: 0,3", "+CGREG: 0,0", "+CREG: 0,0") }],
    ["no-signal", { ...ready, [REG]: ok("+CEREG: 0,2"), "AT+CSQ": ok("+CSQ: 99,99") }],
    ["no-network", { ...ready, [REG]: ok("+CEREG: 0,2"), "AT+CSQ": ok("+CSQ: 17,99") }],
    ["context-other", { ...ready, [REG]: ok("+CEREG: 0,5"), "AT+QIACT?": ok() }],
  ];
  for (const [id, answers] of cases)
    test(`${id}: ${JSON.stringify(answers)}`, () => {
      assert.equal(faults(evidence({ answers }, starting))[0], id);
    });
});

describe("how the connection is protected", () => {
  const server = { host: "h.example", username: "T", tls: 1, ca: "0a1b2c3d.pem,1200" };
  const said = (found: Evidence): string => reportLines(judge(factsOf(found))).join("\n");
  const QFLST = 'AT+QFLST="0a1b2c3d.pem"';
  const failing = { state: "waiting", reason: "closed by server; again in 5 s", server: "closed by server" };

  test("is told, and where the modem cannot check the host's name", () => {
    const encryption = "TLS, host name not checked";
    assert.match(
      said(evidence({ settings: { server } }, { encryption })),
      /connected to h\.example \(TLS, host name not checked\): 5 samples/,
    );
    assert.match(said(evidence()), /connected to h\.example in plain text \(/);
  });

  test("a file that the modem does not have, or not all of, is found before it is missed", () => {
    for (const [answer, id] of [
      [failed(405), "ca-not-on-modem"],
      [ok(), "ca-not-on-modem"],
      [ok('+QFLST: "UFS:0a1b2c3d.pem",800'), "ca-not-on-modem"],
      [ok('+QFLST: "UFS:0a1b2c3d.pem",1200'), "server-closes"],
      [failed(1), "server-closes"],
    ] as const)
      assert.deepEqual(faults(evidence({ settings: { server }, answers: { [QFLST]: answer } }, failing)), [
        id,
      ]);
  });

  test("what is seen of the server from here is told with what the tracker says", () => {
    const found = evidence({ settings: { server }, seen: { cause: "expired", detail: "" } }, failing);
    assert.deepEqual(faults(found), ["expired"]);
    assert.match(
      said(found),
      /h\.example:8883 has expired[\s\S]*seen from this computer; the tracker says: closed/,
    );
  });
});

describe("the board's own", () => {
  const cases: [string, Partial<Evidence>][] = [
    ["old-interpreter", { env: { BOARD: "RAK8212", VERSION: "1v99" } }],
    ["unknown-board", { env: { BOARD: "PUCKJS", VERSION: "2v29" } }],
    ["out-of-memory", { flags: ["LOW_MEMORY", "MEMORY"] }],
    ["low-memory", { variables: { usage: 2300, free: 200, total: 2500 } }],
    ["lost-bytes", { flags: ["FIFO_FULL"] }],
    ["low-flash", { storageFree: 100, storageSpare: 1000 }],
  ];
  for (const [id, changes] of cases) test(id, () => assert.deepEqual(faults(evidence(changes)), [id]));

  test("a Storage that the tracker's own files fill is none, nor is one with room for other settings", () => {
    assert.deepEqual(faults(evidence({ storageFree: 4, storageSpare: 0 })), []);
    assert.deepEqual(faults(evidence({ storageFree: 1504, storageSpare: 400 })), []);
  });

  test("LOW_MEMORY alone is no fault", () => {
    assert.deepEqual(faults(evidence({ flags: ["LOW_MEMORY"] })), []);
  });
});

describe("the tracker's own counts", () => {
  const lines = (found: Evidence): string =>
    reportLines(judge(factsOf(found)))
      .join("\n")
      .replace(/\n {7}/g, " ");

  test("safe mode is told with its reason, and nothing else of the tracker is judged", () => {
    const found = evidence({}, { state: "safe", safe_mode: 1, reason: "MEMORY", modem: down("") });
    assert.deepEqual(faults(found), ["safe-mode"]);
    assert.match(lines(found), /takes no fixes|keeps fixes and sends none/);
    assert.match(lines(found), /crashed 5 times in a row shortly after its start \(MEMORY\): .* next: /);
    assert.match(lines(evidence({}, { safe_mode: 2 })), /takes no fixes/);
  });

  test("what waits is told against the room there is, by board or setting", () => {
    assert.match(lines(evidence({}, { waiting: 12 })), /^ok {5}12 of 334 places in the outbox taken$/m);
    const settings = { server: { host: "h", username: "T" }, outbox_bytes: 8192 };
    assert.match(lines(evidence({ settings }, { waiting: 12 })), /12 of 334 places/);
  });

  test("much that waits is a fault only without a connection", () => {
    const offline = { state: "waiting", reason: "link lost; again in 5 s", server: "link lost" };
    assert.deepEqual(faults(evidence({}, { waiting: 300 })), []);
    assert.deepEqual(faults(evidence({}, { ...offline, waiting: 100 })), ["link-lost"]);
    const found = evidence({}, { ...offline, waiting: 300, dropped: 7 });
    assert.deepEqual(faults(found), ["link-lost", "outbox-filling"]);
    assert.match(lines(found), /300 of 334 places in the outbox are taken .*the oldest go, as 7 did so far/);
  });

  test("what was dropped is told, and is no fault any more", () => {
    const found = evidence({}, { dropped: 1234 });
    assert.deepEqual(faults(found), []);
    assert.match(lines(found), /^ok {5}0 of 334 places .* 1,234 samples were dropped because it was full/m);
  });

  test("recoveries are told where there were any", () => {
    assert.match(lines(evidence({}, { reboots: 0 })), / 0\.1\.0 runs$/m);
    assert.match(
      lines(evidence({}, { reboots: 2, modem_resets: 0, reconnects: 3 })),
      /0\.1\.0 runs \(reboots: 2, connections: 3\)$/m,
    );
  });
});

describe("the table of findings", () => {
  test("has each name once, and an area that is known", () => {
    const ids = FINDINGS.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id, area } of FINDINGS) assert.ok(area in NEEDS, id);
  });

  test("is in the order of what depends on what", () => {
    const areas = Object.keys(NEEDS);
    const order = FINDINGS.map(({ area }) => areas.indexOf(area));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    for (const [area, needed] of Object.entries(NEEDS))
      for (const one of needed) assert.ok(areas.indexOf(one) < areas.indexOf(area), `${area} needs ${one}`);
  });

  test("says for each finding what was found, why, and what to do", () => {
    const facts = factsOf(evidence());
    for (const { id, finding, cause, remedy } of FINDINGS)
      for (const told of [finding, cause, remedy]) {
        const text = typeof told === "string" ? told : told(facts);
        assert.ok(text === "" || /^[\S ]+$/.test(text), `${id}: ${text}`);
        assert.doesNotMatch(text, /undefined/, id);
      }
  });
});
