/**
 * The way to the server, and back to it after any loss.
 *
 *   Waiting ──the delay is over──► Modem ──it is up──► Server ──CONNACK 0──► Online
 *      ▲                             │ is not            │ does not accept      │ ended
 *      └─────────────────────────────┴───────────────────┴──────────────────────┘
 *
 * What failed proves what works: a server that ended our connection has shown that modem, SIM, network and PDP context are
 * well, and none of them is touched. `ladder` is the table of that: for each kind of failure, which rungs may be tried, at
 * which failure in a row. It begins anew once the server acknowledged something. In between it waits, at random ("full
 * jitter": trackers that lost the server together do not come back together), longer each time.
 */
import { bringUp, type Modem, Rung } from "../modem/network.ts";
import { needsPerson, Reason, words } from "../reason.ts";
import type { Client } from "../thingsboard/client.ts";
import { timeTold, Witness } from "./clock.ts";
import { jitter, seedJitter } from "./jitter.ts";
import { state as kept, saveState, Word } from "./journal.ts";
import { restart } from "./restart.ts";

/** Espruino's. */
declare function print(text: string): void;

/** What the tracker is doing; `status().state` has the words, in this order. */
export const enum State {
  /** The last try failed; the next one comes after a delay. */
  Waiting,
  /** Bringing the modem up: power, SIM, registration, PDP context. */
  Modem,
  /** Connecting to the server. */
  Server,
  /** Connected. */
  Online,
}

/** What failed, in the order of the way: each proves that those before it work. */
export const enum Evidence {
  /** The modem answers nothing. */
  Silent,
  /** It answers, but starts anew by itself, or refuses what it must take. */
  Modem,
  /** No SIM, or it is not ready. */
  Sim,
  /** PIN or PUK: somebody has to do something. */
  Person,
  /** No network, or it turns the SIM down. */
  Registration,
  /** The PDP context cannot be activated. */
  Context,
  /** It was, and the network took it away. */
  ContextLost,
  /** The modem has no socket for us: none left, no memory, still in use after it was closed. */
  Sockets,
  /** The server's name has no address. */
  Name,
  /** The server cannot be reached. */
  Open,
  /** It took the connection, and CONNECT stayed without an answer. */
  Unanswered,
  /** CONNACK says no. */
  Refused,
  /** CONNACK said yes, and then the connection ended. */
  Ended,
  /** How many there are. */
  Count,
}

/** The rungs that a kind of failure allows: each is taken at every so many-th failure in a row, the furthest that is due; 0: never. */
export interface Ladder {
  context_: number;
  radio_: number;
  modem_: number;
  power_: number;
  board_: number;
  /** The first delay is from 1 s to this; the range doubles with each failure, up to Limit.Cap_s. */
  first_s_: number;
  /** After Limit.Long failures in a row it is this. */
  longest_s_: number;
}

const enum Limit {
  Cap_s = 600,
  Long = 12,
  /** At so many failures in a row they are first written down, to outlast a reset. */
  Written = 3,
  /** Calls of `steady`, 10 s apart: a minute at least. */
  Calm = 7,
  /** More than ten minutes: what went in them without an answer would have ended the connection, and nothing went. */
  Proof = 70,
}

function rungs(
  context: number,
  radio: number,
  modem: number,
  power: number,
  board: number,
  first_s: number,
  longest_s: number,
): Ladder {
  return {
    context_: context,
    radio_: radio,
    modem_: modem,
    power_: power,
    board_: board,
    first_s_: first_s,
    longest_s_: longest_s,
  };
}

/**
 * The table. With delays of five minutes on average, the 12th failure in a row is half an hour after the first, the 36th
 * three hours. The spacing up to an hour is that of Quectel's own advice (TCP 1.3): 10, 30, 60 minutes.
 */
export function ladder(evidence: Evidence): Ladder {
  switch (evidence) {
    //           context, radio, modem, power, board; first and longest delay, s
    // Nothing is known to work. Bringing it up presses the power key; a UART that hangs is mended by the board's restart alone.
    case Evidence.Silent:
      return rungs(1, 0, 0, 2, 12, 10, 3600);
    // It has power, and the UART works.
    case Evidence.Modem:
      return rungs(1, 0, 2, 6, 0, 10, 3600);
    // The modem works. A SIM may be woken by its power.
    case Evidence.Sim:
      return rungs(1, 0, 4, 12, 0, 10, 3600);
    // All works, and is only asked again.
    case Evidence.Person:
      return rungs(1, 0, 0, 0, 0, 60, 3600);
    // The SIM works. A radio may be stuck on a cell; each try takes minutes.
    case Evidence.Registration:
      return rungs(1, 2, 6, 24, 0, 10, 3600);
    // The network is there; it alone may be busy with us: no herd of trackers lost its contexts together.
    case Evidence.Context:
      return rungs(1, 3, 9, 36, 0, 3, 3600);
    // It could be activated, each time.
    case Evidence.ContextLost:
      return rungs(1, 0, 0, 0, 0, 3, Limit.Cap_s);
    // Nothing was sent yet: it is the modem's own software.
    case Evidence.Sockets:
      return rungs(2, 0, 4, 12, 0, 10, Limit.Cap_s);
    // The server may be down or its name be gone; or the context passes nothing though nobody says so.
    case Evidence.Name:
    case Evidence.Open:
    // Some networks and modems take a connection for a server that they cannot reach.
    case Evidence.Unanswered:
      return rungs(3, 0, 36, 0, 0, 10, Limit.Cap_s);
    // The server itself has spoken: nothing of ours is to blame but the settings.
    case Evidence.Refused:
      return rungs(0, 0, 0, 0, 0, 10, Limit.Cap_s);
    // Likewise: it took us. Seldom a context lets small packets pass and loses larger ones.
    default:
      return rungs(15, 0, 0, 0, 0, 10, Limit.Cap_s);
  }
}

/** Of what kind a failure is. `accepted`: the server had taken us. */
export function evidenceOf(why: Reason, accepted: boolean): Evidence {
  if (needsPerson(why)) return Evidence.Person;
  switch (why) {
    case Reason.ModemSilent:
      return Evidence.Silent;
    case Reason.ModemRestarted:
    case Reason.ModemPoweredDown:
    case Reason.ModemError:
    case Reason.NoAnswer:
      return Evidence.Modem;
    case Reason.SimMissing:
    case Reason.SimFailure:
    case Reason.SimBusy:
    case Reason.SimLost:
      return Evidence.Sim;
    case Reason.NoNetwork:
    case Reason.RegistrationDenied:
      return Evidence.Registration;
    case Reason.NoContext:
      return Evidence.Context;
    case Reason.ContextLost:
    case Reason.ContextBroken:
      return Evidence.ContextLost;
    case Reason.SocketUnknown:
    case Reason.SocketMemory:
    case Reason.SocketCreate:
    case Reason.SocketBind:
    case Reason.SocketInUse:
      return Evidence.Sockets;
    case Reason.NameUnknown:
    case Reason.DnsBusy:
      return Evidence.Name;
    case Reason.RefusedProtocol:
    case Reason.RefusedClientId:
    case Reason.RefusedBusy:
    case Reason.RefusedLogin:
      return Evidence.Refused;
    default:
      if (accepted) return Evidence.Ended;
      // What is left of the modem's own numbers is about opening (TCP 4).
      return why < Reason.OwnFirst ? Evidence.Open : Evidence.Unanswered;
  }
}

function isDue(every: number, count: number): boolean {
  return every > 0 && count % every === 0;
}

/** The rung for the `count`-th failure in a row of a kind: the furthest that is due. */
export function rungAt(allowed: Ladder, count: number): Rung {
  if (isDue(allowed.board_, count)) return Rung.Board;
  if (isDue(allowed.power_, count)) return Rung.Power;
  if (isDue(allowed.modem_, count)) return Rung.Modem;
  if (isDue(allowed.radio_, count)) return Rung.Radio;
  if (isDue(allowed.context_, count)) return Rung.Context;
  return Rung.Connection;
}

/** The delay after so many failures in a row, of whatever kind. */
export function wait_s(failures: number, allowed: Ladder): number {
  let most_s = allowed.first_s_;
  for (let i = 1; i < failures && most_s < Limit.Cap_s; i++) most_s *= 2;
  if (most_s > Limit.Cap_s) most_s = Limit.Cap_s;
  if (failures > Limit.Long) most_s = allowed.longest_s_;
  return Math.floor(1 + jitter() * most_s);
}

let modem: Modem;
let server: Client;
/** Told of each change of state. */
let changed: () => void;
export let state: State = State.Waiting;
/** The last fault, "" once connected. */
export let reason = "";
/** Why it was lost last. */
let lost = "";
/** Failures in a row, of whatever kind; and of each kind since it was last proven to work. */
let failures: number;
const counts: number[] = [];
/** How the next try goes. */
let rung: Rung;
/** How often each rung was taken; of the first, how often it came online again. */
const taken = [-1, 0, 0, 0, 0];
/** For so many calls of `steady` it has been online. */
let calm: number;

/** The next try. */
function attempt(): void {
  // Of a loss while the modem came up, which came up all the same.
  if (state !== State.Waiting) return;
  // The board's is the last one, after its power was cut once more in vain.
  const its_rung = rung === Rung.Board ? Rung.Power : rung;
  state = State.Modem;
  if (its_rung) (taken[its_rung] as number)++;
  // It may have been connected by hand meanwhile. A modem that is up needs nothing for a new connection.
  if (server.status || (rung === Rung.Connection && !modem.status().reason)) proceed(Reason.None, 0);
  else bringUp(proceed, its_rung);
}

/** The modem is up, and may know the time: on to the server. Or it is not. */
function proceed(why: Reason, time_ms: number): void {
  const imei = modem.status().imei;
  if (imei) seedJitter(imei + " " + Date.now());
  timeTold(Witness.Network, time_ms);
  if (why) {
    if (rung === Rung.Board && why === Reason.ModemSilent) restart("reboot", words(why));
    fail(why);
  } else {
    state = State.Server;
    server.connect(connected);
  }
  if (state !== State.Online) changed();
}

function connected(ok: boolean): void {
  if (ok && state === State.Server) {
    state = State.Online;
    proven(Evidence.Ended);
    reason = "";
    calm = 0;
    (taken[Rung.Connection] as number)++;
    print("tracker: connected");
    changed();
  } else if (!ok) fail(server.last_reason_);
}

/** It came to nothing, or the session ended: waits, and goes on. Several parts tell of one loss. */
export function fail(why: Reason): void {
  if (state === State.Waiting) return;
  const evidence = evidenceOf(why, state === State.Online);
  const allowed = ladder(evidence);
  failures++;
  proven(evidence);
  const count = ++(counts[evidence] as number);
  const last = rung;
  rung = rungAt(allowed, count);
  // And before each rung above Context, and once it was in vain. Not at each failure: that takes the room of three fixes.
  if (
    failures === Limit.Written ||
    failures % Limit.Long === 0 ||
    rung > Rung.Context ||
    last > Rung.Context
  ) {
    kept[Word.Failures] = failures;
    kept[Word.Evidence] = evidence;
    kept[Word.EvidenceFailures] = count;
    saveState();
  }
  const delay_s = wait_s(failures, allowed);
  setTimeout(attempt, delay_s * 1000);
  state = State.Waiting;
  lost = words(why);
  reason = lost + "; again in " + delay_s + " s";
  print("tracker: " + reason);
}

/** What comes before this on the way works. */
function proven(evidence: Evidence): void {
  for (let before = 0; before < evidence; before++) counts[before] = 0;
}

/** The server has something of ours: what failed before is over. */
export function acknowledged(): void {
  if (failures) forget();
}

function forget(): void {
  failures = 0;
  proven(Evidence.Count);
  if (kept[Word.Failures]) {
    kept[Word.Failures] = kept[Word.Evidence] = kept[Word.EvidenceFailures] = 0;
    saveState();
  }
}

/**
 * To be called each 10 s. `sending`: samples go to the server. At QoS 0, and while none go, nothing is acknowledged: then a
 * minute online stands for it.
 */
export function steady(sending: boolean): void {
  if (
    state === State.Online &&
    ++calm >= Limit.Calm &&
    (!(sending && server.config_.qos) || calm > Limit.Proof)
  )
    acknowledged();
}

/** Puts what happened on the way into `into`: what was done how often, and why it was lost last. */
export function history<T extends Record<string, unknown>>(into: T): T {
  const found = into as Record<string, unknown>;
  // In the order of Rung.
  "reconnects,contexts,radio_resets,modem_resets,power_cycles".split(",").forEach(function (name, i) {
    if ((taken[i] as number) > 0) found[name] = taken[i];
  });
  found.reboots = (kept[Word.Starts] as number) - 1;
  found.dropped = kept[Word.Dropped];
  if (lost) found.lost = lost;
  return into;
}

/** Starts. `its_change`: called after each change of state that is no failure, and after the first. */
export function startRecovery(its_modem: Modem, its_server: Client, its_change: () => void): void {
  modem = its_modem;
  server = its_server;
  changed = its_change;
  server.onClose_ = fail;
  // What failed before the reset goes on, and the rung that was due is taken. That of the board was this start.
  const evidence = kept[Word.Evidence] as Evidence;
  const count = kept[Word.EvidenceFailures] as number;
  failures = kept[Word.Failures] as number;
  proven(Evidence.Count);
  counts[evidence] = count;
  rung = count ? rungAt(ladder(evidence), count) : Rung.Context;
  if (rung === Rung.Board || rung === Rung.Connection) rung = Rung.Context;
  attempt();
}
