/**
 * What failed, what that proves, and what may be tried: the one table of the way back. recovery.ts goes by it. What failed
 * proves what works: a server that ended our connection has shown that modem, SIM, network and PDP context are well, and none
 * of them is touched.
 */
import { Rung } from "../modem/network.ts";
import { needsPerson, Reason } from "../reason.ts";
import { jitter } from "./jitter.ts";

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
  /** The certificates that TLS needs are not on the modem. */
  Unready,
  /** The modem has no socket for us: none left, no memory, still in use after it was closed. */
  Sockets,
  /** The server's name has no address. */
  Name,
  /** The server cannot be reached. */
  Open,
  /** It can, but no handshake comes about. */
  Untrusted,
  /** It took the connection, and CONNECT stayed without an answer. */
  Unanswered,
  /** A device of its own, or one of this name: the server does not give it. */
  Unprovisioned,
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
  /** Delays grow up to this; */
  Cap_s = 600,
  /** and after so many failures in a row to the table's longest. */
  Long = 12,
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
 * The table. With delays of up to ten minutes, five on average, the 12th failure in a row is half an hour after the first, the
 * 36th three hours; where they get longer from the 13th on, it is half a day. The spacing up to an hour is that of Quectel's own advice (TCP 1.3): 10, 30, 60 minutes.
 *
 * @seldom
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
    // Files are for a person.
    case Evidence.Unready:
    // Nothing of ours is to blame but the settings, and each try costs a handshake on air.
    case Evidence.Untrusted:
    // Likewise; or what the server has.
    case Evidence.Unprovisioned:
      return rungs(0, 0, 0, 0, 0, 10, 3600);
    // The server itself has spoken: nothing of ours is to blame but the settings.
    case Evidence.Refused:
      return rungs(0, 0, 0, 0, 0, 10, Limit.Cap_s);
    // Likewise: it took us. Seldom a context lets small packets pass and loses larger ones.
    default:
      return rungs(15, 0, 0, 0, 0, 10, Limit.Cap_s);
  }
}

/** Of what kind a failure is. `accepted`: the server had taken us. What QIOPEN says, 565, 566, 569 and the like, stands at the end. */
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
    case Reason.NoAuthority:
    case Reason.NoCertificate:
      return Evidence.Unready;
    case Reason.TlsSettings:
    case Reason.SocketUnknown:
    case Reason.SocketMemory:
    case Reason.SocketCreate:
    case Reason.SocketBind:
    case Reason.SocketInUse:
      return Evidence.Sockets;
    case Reason.NameUnknown:
    case Reason.DnsBusy:
      return Evidence.Name;
    // The time server can't be reached either.
    case Reason.ClockUnknown:
      return Evidence.Open;
    case Reason.TlsFailed:
    case Reason.NoTls:
    case Reason.UnknownAuthority:
    case Reason.WrongHost:
    case Reason.WrongDates:
    case Reason.ClientRefused:
    case Reason.BuiltWithoutTls:
      return Evidence.Untrusted;
    case Reason.ServerSays:
    // A login that cannot be kept is not asked for.
    case Reason.FlashWorn:
      return Evidence.Unprovisioned;
    case Reason.RefusedProtocol:
    case Reason.RefusedClientId:
    case Reason.RefusedBusy:
    case Reason.RefusedLogin:
      return Evidence.Refused;
    default:
      if (accepted) return Evidence.Ended;
      // What is left of the modem's own numbers: a command is refused (AT 12.5), most often since the SIM is not ready; or an
      // opening (TCP 4).
      if (why < Reason.SocketFirst) return Evidence.Sim;
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
