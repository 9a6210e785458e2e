/**
 * Why a TLS connection was refused. The modem says that the handshake failed, and not why. So the same server is opened again,
 * each time with one demand less, until one is met: what was left out last is what failed. Such a trial is closed at once and
 * nothing is sent over it, so no token and no fix ever leaves over a connection that is less than verified.
 *
 *   None ──failed──► Plain ──met──► Again ──► AnyName ──► AnyTime ──► Anonymous (mutual TLS) ──► AnyChain ──► NoTls
 *                      │              │ met     │ met       │ met       │ met                      │ met
 *                      ▼              ▼         ▼           ▼           ▼                          ▼
 *                 what None said   used      WrongHost   WrongDates   ClientRefused          UnknownAuthority
 */
import { Reason } from "../reason.ts";
import { type Protection, Tls } from "../socket.ts";

/** What a connection is opened for, each without what those before it are without. */
export const enum Trial {
  /** To be used. */
  None,
  /** Is there a server at all? */
  Plain,
  /** To be used, like the first: that one may have failed for another reason, such as a radio out of range. */
  Again,
  /** Its certificate may be another host's, */
  AnyName,
  /** and of any time. */
  AnyTime,
  /** Our own is not shown. */
  Anonymous,
  /** Nothing is verified. */
  AnyChain,
}

const enum Limit {
  /** So many failures in a row are taken for the same one, before trials are made again. */
  Same = 12,
}

export let trial = Trial.None;
/** Failures in a row, and what they come of. */
let failures = 0;
let cause: Reason;
/** What the modem said of the one that is looked into. */
let said: Reason;

/** Somebody wants a connection, to be used. */
export function beginTrials(): void {
  trial = Trial.None;
}

/** Whether the connection is opened only to see whether it can be. */
export function isTrial(): boolean {
  return trial !== Trial.None && trial !== Trial.Again;
}

/**
 * The connection was opened (None), or could not be. Gives why there is none to be used; None: it is to be used, or, if it failed
 * or was a trial, closed, and the next one opened.
 *
 * @seldom
 */
export function opened(answer: Reason, protection: Protection): Reason {
  const mutual = protection.tls === Tls.Mutual;
  // It is to be used; or the way there is broken, of which trials tell nothing.
  if (answer ? !mayBeTls(answer) : !isTrial()) {
    failures = 0;
    return answer;
  }
  switch (trial) {
    case Trial.None:
      if (failures++ % Limit.Same) return cause;
      said = answer;
      break;
    case Trial.Plain:
      if (answer) {
        failures = 0;
        return said;
      }
      break;
    case Trial.Again:
      break;
    default:
      if (!answer || trial === Trial.AnyChain) {
        cause = causeOf(answer, mutual);
        return cause;
      }
  }
  cause = Reason.TlsFailed;
  trial++;
  if (trial === Trial.Anonymous && !mutual) trial++;
  return Reason.None;
}

/** What the last trial tells. */
function causeOf(answer: Reason, mutual: boolean): Reason {
  // A server that demands a client's certificate meets none of those that show none.
  if (answer) return mutual ? Reason.ClientRefused : Reason.NoTls;
  switch (trial) {
    case Trial.AnyName:
      return Reason.WrongHost;
    case Trial.AnyTime:
      return Reason.WrongDates;
    case Trial.Anonymous:
      return Reason.ClientRefused;
    default:
      return Reason.UnknownAuthority;
  }
}

/** Whether what the modem said may mean that the handshake failed. It says so with several numbers, some without a name (TCP 4). */
function mayBeTls(said: Reason): boolean {
  switch (said) {
    case Reason.BadHost:
    case Reason.SocketMemory:
    case Reason.SocketCreate:
    case Reason.SocketBind:
    case Reason.NoContext:
    case Reason.SocketInUse:
    case Reason.DnsBusy:
    case Reason.NameUnknown:
    case Reason.ContextBroken:
      return false;
    default:
      return said < Reason.OwnFirst;
  }
}
