/**
 * Harm: what the tracker did to its modem and to itself that nothing called for. Judged by what the world saw (what the modem
 * was told and answered, the server's bytes that reached it, the board's restarts), never by what the firmware thinks.
 *
 * Evidence counts from the last proof on: a CONNACK that was read, whatever it said, proves that modem, SIM, radio and context are
 * well. Then there are only new connections; seldom, a new context. What a rung needs:
 *
 *   context      it was lost or never there, the modem or the board started, the modem did not answer, an open failed by
 *                what the context or the sockets are to blame for, or three opens failed; settings of the way to the server were
 *                changed, for there and back; else about one in an hour
 *   radio        the same as the modem; or the context was refused twice; or opens failed for half an hour
 *   modem        it did not answer, it started anew by itself twice, SIM or registration failed for long, the context was refused three times, its sockets were used
 *                up three times, or opens failed for an hour
 *   board        a call to reboot; firmware that was assigned, for four starts; or a modem that did not answer for half an
 *                hour, whatever was done
 */
import type { ModemEvent } from "../../scripts/simulator/modem/events.ts";
import { time } from "./naming.ts";

/** What the board did, and who asked it to. */
export type BoardEvent =
  /** `by`: "E.reboot()", "watchdog", or "power": it came back after a cut. */
  | { what: "started"; by: string }
  /** Somebody calls `reboot`: `id` of the call. */
  | { what: "reboot called"; id: number }
  /** The server has the answer. */
  | { what: "reboot answered"; id: number }
  /** Settings of the way to the server were changed: it may be gone anew, and back again. */
  | { what: "other way" }
  /** Firmware was assigned: the board may start it, three times, and then the one before. */
  | { what: "update" }
  /** It says that it puts the modem to sleep, which may switch it off; */
  | { what: "sleeps" }
  /** and that it wakes it, and what for. */
  | { what: "wakes"; what_for: string };

export type Seen = { at_ms: number } & (ModemEvent | BoardEvent);

const MINUTE_MS = 60_000;
/** What one change from afar allows. */
const ALLOWED = { contexts: 2, starts: 4 };
const LEAST = {
  /** Opens in a row that failed: 565, 566, 569, never told, or a CONNECT that got no answer. */
  opens_for_context: 3,
  opens_for_radio_ms: 30 * MINUTE_MS,
  opens_for_modem_ms: 60 * MINUTE_MS,
  refused_for_radio: 2,
  refused_for_modem: 3,
  /** 550, 553 and 563: the modem's sockets are not what they should be. */
  sockets_for_modem: 3,
  /** A SIM may take 20 s (AT 5.3), the cell 90 s (TCP 1.3). */
  sim: 5,
  unregistered_ms: 110_000,
  /** From one context that nothing called for to the next. */
  seldom_ms: 45 * MINUTE_MS,
  /** Until the firmware has proof: something that it sent was acknowledged. What starts anew before that knows of none. */
  acknowledged_ms: 10_000,
  /** Starts of the modem that nobody asked for. */
  crashes: 2,
  /** Silent so long, whatever was tried, before the board is to blame. */
  silent_ms: 30 * MINUTE_MS,
};

/** Errors of QIOPEN that name the context, and those that name the modem's sockets. */
const CONTEXT_ERRORS = [561, 570, 573];
const SOCKET_ERRORS = [550, 553, 563];

/** One line each: when, what, and what was known then. */
export function harmOf(record: readonly Seen[]): string[] {
  const harm: string[] = [];
  // The board has just started.
  let evidence: Evidence = { ...none(), contextLost: true };
  let registered = false;
  /** Since when it has no network, for all that the host was told. */
  let unregistered_ms: number | undefined;
  let silent_ms: number | undefined;
  let freeContext_ms = Number.NEGATIVE_INFINITY;
  /** The socket that is open and has not been answered yet. */
  let unanswered: number | undefined;
  let proof = "nothing proven yet";
  let before = { evidence, at_ms: Number.NEGATIVE_INFINITY };
  /** The modem was put to sleep. */
  let asleep = false;
  const allowed = { contexts: 0, starts: 0 };
  const calls = new Map<number, { answered: boolean; starts: number; reboots: number }>();

  for (const event of record) {
    const { at_ms } = event;
    const forSoLong = (since_ms: number | undefined, least_ms: number): boolean =>
      since_ms !== undefined && at_ms - since_ms >= least_ms;
    const condemn = (what: string): void => {
      harm.push(`${what} at ${time(at_ms)}: ${proof}; since then ${describe(evidence)}`);
    };
    const openFailed = (): void => {
      evidence.opens++;
      evidence.opens_ms ??= at_ms;
    };
    const contextIsToBlame = (): boolean =>
      evidence.contextLost ||
      evidence.silent > 0 ||
      evidence.sockets > 0 ||
      evidence.opens >= LEAST.opens_for_context;
    /** What the modem rung needs, and every rung above it may have. */
    const modemIsToBlame = (): boolean =>
      evidence.silent > 0 ||
      evidence.crashes >= LEAST.crashes ||
      evidence.sim >= LEAST.sim ||
      forSoLong(unregistered_ms, LEAST.unregistered_ms) ||
      evidence.refused >= LEAST.refused_for_modem ||
      evidence.sockets >= LEAST.sockets_for_modem ||
      forSoLong(evidence.opens_ms, LEAST.opens_for_modem_ms);

    switch (event.what) {
      case "command":
        silent_ms = undefined;
        // Only now it can know.
        if (registered && /^\+CE?REG$/.test(event.name)) unregistered_ms = undefined;
        break;
      case "silent":
        evidence.silent++;
        silent_ms ??= at_ms;
        break;
      case "garbled":
        evidence.silent++;
        break;
      case "failed":
        if (event.name === "+CPIN") evidence.sim++;
        break;
      case "crash":
        evidence.crashes++;
        evidence.contextLost = true;
        break;
      case "running":
        evidence.contextLost = true;
        registered = false;
        unregistered_ms = at_ms;
        break;
      case "registered":
        registered = true;
        evidence.sim = 0;
        break;
      case "unregistered":
        registered = false;
        unregistered_ms ??= at_ms;
        evidence.contextLost = true;
        break;
      case "activation failed":
        evidence.refused++;
        evidence.contextLost = true;
        break;
      case "activated":
        break;
      case "opened":
        if (unanswered !== undefined) openFailed();
        unanswered = event.error === 0 ? event.id : undefined;
        if (event.error === 0) break;
        openFailed();
        if (event.error === undefined) break;
        if (CONTEXT_ERRORS.includes(event.error)) evidence.contextLost = true;
        if (SOCKET_ERRORS.includes(event.error)) evidence.sockets++;
        break;
      case "ended":
        if (unanswered !== event.id) break;
        unanswered = undefined;
        openFailed();
        break;
      case "first bytes":
        if (unanswered === event.id) unanswered = undefined;
        // [MQTT-3.2] CONNACK.
        if (event.bytes.length < 4 || !event.bytes.startsWith("\x20\x02")) {
          openFailed();
          break;
        }
        before = { evidence, at_ms };
        evidence = none();
        proof = `CONNACK ${event.bytes.charCodeAt(3)} at ${time(at_ms)}`;
        break;
      case "deactivated":
        if (event.by === "network") evidence.contextLost = true;
        else if (contextIsToBlame()) break;
        else if (allowed.contexts > 0) allowed.contexts--;
        else {
          if (at_ms - freeContext_ms < LEAST.seldom_ms) condemn("a new PDP context");
          freeContext_ms = at_ms;
        }
        break;
      case "radio off":
        if (
          !modemIsToBlame() &&
          evidence.refused < LEAST.refused_for_radio &&
          !forSoLong(evidence.opens_ms, LEAST.opens_for_radio_ms)
        )
          condemn("the radio off");
        break;
      case "sleeps":
        asleep = true;
        break;
      case "wakes":
        asleep = false;
        break;
      case "restart":
        if (!(asleep && event.by === "power") && !modemIsToBlame())
          condemn(event.by === "power" ? "the modem off" : "the modem restarted");
        break;
      case "other way":
        allowed.contexts += ALLOWED.contexts;
        break;
      case "update":
        allowed.starts += ALLOWED.starts;
        break;
      case "reboot called":
        calls.set(event.id, { answered: false, starts: 0, reboots: 0 });
        break;
      case "reboot answered": {
        const call = calls.get(event.id);
        if (call) call.answered = true;
        break;
      }
      case "started": {
        // A start of any kind does what calls ask for; but one call is no reason for two reboots.
        for (const call of calls.values()) call.starts++;
        const call = [...calls.values()].find(({ reboots }) => reboots === 0);
        if (event.by === "power") {
          // Nobody asked for it, nobody is to blame.
        } else if (call) call.reboots++;
        else if (allowed.starts > 0) allowed.starts--;
        else if (!forSoLong(silent_ms, LEAST.silent_ms)) condemn(`the board restarted (${event.by})`);
        if (at_ms - before.at_ms < LEAST.acknowledged_ms) evidence = before.evidence;
        evidence.contextLost = true;
        unanswered = undefined;
        asleep = false;
        break;
      }
    }
  }
  for (const [id, { answered, starts }] of calls)
    if (answered && starts === 0) harm.push(`call ${id} to reboot was answered, and the board did not`);
  return harm;
}

/** What failed since the last proof. */
interface Evidence {
  /** Commands without an answer, and lines that are not what the modem said. */
  silent: number;
  /** The modem's own. */
  crashes: number;
  sim: number;
  contextLost: boolean;
  /** Activations refused. */
  refused: number;
  opens: number;
  opens_ms: number | undefined;
  sockets: number;
}

function none(): Evidence {
  return {
    silent: 0,
    crashes: 0,
    sim: 0,
    contextLost: false,
    refused: 0,
    opens: 0,
    opens_ms: undefined,
    sockets: 0,
  };
}

function describe({
  silent,
  crashes,
  sim,
  contextLost,
  refused,
  opens,
  opens_ms,
  sockets,
}: Evidence): string {
  const found = [
    silent && `${silent} commands without answer`,
    crashes && `the modem started anew by itself ${crashes} times`,
    sim && `SIM failed ${sim} times`,
    contextLost && "the context was lost",
    refused && `the context was refused ${refused} times`,
    opens && `${opens} opens failed, the first at ${time(opens_ms ?? 0)}`,
    sockets && `${sockets} of them for want of sockets`,
  ].filter(Boolean);
  return found.join(", ") || "nothing failed";
}
