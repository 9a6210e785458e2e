/**
 * The firmware's reasons, told from their words: status() has words only, and each stands once, in firmware/words.ts, which is
 * looked up here. Words of another version that are not in it are no reason we know: the doctor then shows them as they are.
 */
import { Reason } from "../../firmware/reason.ts";
import { noGnssWords, receiverWords, words } from "../../firmware/words.ts";

/** More than there are of ours. */
const LAST = Reason.OwnFirst + 200;

const CODES = new Map<string, Reason>();
for (let code = 0; code <= LAST; code++) if (!CODES.has(words(code))) CODES.set(words(code), code);
// Where fixes come from, other words may be built in.
for (const code of [Reason.ReceiverSilent, Reason.ReceiverGarbled]) CODES.set(receiverWords(code), code);
CODES.set(noGnssWords(Reason.NoSource), Reason.NoSource);

/** Undefined: not one of ours. Details may stand behind a colon. */
export function reasonOf(text: string): Reason | undefined {
  for (let end = text.length; end >= 0; end = end > 0 ? text.lastIndexOf(": ", end - 1) : -1) {
    const code = CODES.get(text.slice(0, end));
    if (code !== undefined && (code || !text)) return code;
  }
  return undefined;
}

const says =
  (...reasons: Reason[]) =>
  (text: string): boolean =>
    reasons.includes(reasonOf(text) as Reason);

// Of the modem.
export const saysSilent = says(Reason.ModemSilent);
export const saysRestarted = says(Reason.ModemRestarted, Reason.ModemPoweredDown);
export const saysNoSim = says(Reason.SimMissing);
export const saysBusySim = says(Reason.SimBusy);
/** "SIM wrong" (AT 12.5). */
const SIM_WRONG = 15 as Reason;
export const saysBadSim = says(Reason.SimFailure, Reason.SimLost, SIM_WRONG);
export const saysPuk = says(Reason.SimLocked);
export const saysPin = says(Reason.PinMissing);
export const saysWrongPin = says(Reason.WrongPin, Reason.PinUnsure);
export const saysLastPin = says(Reason.PinLastTry);
export const saysDenied = says(Reason.RegistrationDenied);
export const saysNoNetwork = says(Reason.NoNetwork);
export const saysNoContext = says(Reason.NoContext, Reason.ContextLost, Reason.ContextBroken);

// Of the server.
export const saysBadLogin = says(Reason.RefusedLogin);
/** Provisioning. */
export const saysNoLogin = says(Reason.ServerSays);
export const saysClientId = says(Reason.RefusedClientId);
export const saysServerBusy = says(Reason.RefusedBusy);
export const saysNoMqtt = says(Reason.ProtocolError);
export const saysDns = says(Reason.BadHost, Reason.NameUnknown, Reason.DnsBusy);
export const saysRefused = says(Reason.OpenFailed);
export const saysNoReply = says(Reason.OpenTimeout, Reason.ConnectUnanswered);
export const saysClosed = says(Reason.ClosedByServer);
export const saysNoRequests = says(Reason.SubscribeRefused);
export const saysLinkLost = says(Reason.LinkLost, Reason.LinkSlow, Reason.AnswerMissing);

// Of TLS.
export const saysNoAuthority = says(Reason.NoAuthority);
export const saysNoCertificate = says(Reason.NoCertificate);
export const saysNoClock = says(Reason.ClockUnknown);
export const saysTlsSettings = says(Reason.TlsSettings);
export const saysTlsFailed = says(Reason.TlsFailed);
export const saysNoTls = says(Reason.NoTls);
export const saysUnknownAuthority = says(Reason.UnknownAuthority);
export const saysWrongHost = says(Reason.WrongHost);
export const saysWrongDates = says(Reason.WrongDates);
export const saysClientRefused = says(Reason.ClientRefused);
export const saysWithoutTls = says(Reason.BuiltWithoutTls);

// Of the receiver.
export const saysNoReceiver = says(Reason.NoGnss);
export const saysSilentReceiver = says(Reason.ReceiverSilent);
export const saysGarbledReceiver = says(Reason.ReceiverGarbled);
export const saysNoSource = says(Reason.NoSource);
export const saysNoFix = says(Reason.NoFix);

/** No fix, but it is not over yet. */
export const saysAwaited = says(Reason.NoRound);

/** What is true of any modem at the start: no reason why it is not up. */
export const saysNothing = says(Reason.None, Reason.NotStarted);

/** Why there is no session is told in the same place: that it is the modem's fault. */
export const saysOfModem = says(
  Reason.ModemSilent,
  Reason.ModemRestarted,
  Reason.ModemPoweredDown,
  Reason.ModemError,
  Reason.NoAnswer,
  Reason.SimMissing,
  Reason.SimFailure,
  Reason.SimBusy,
  Reason.SimLost,
  SIM_WRONG,
  Reason.PinMissing,
  Reason.PinLastTry,
  Reason.PinUnsure,
  Reason.WrongPin,
  Reason.SimLocked,
  Reason.NoNetwork,
  Reason.RegistrationDenied,
);

/** A reason without when the next try is. */
export const withoutRetry = (reason: string): string => reason.split("; again in ")[0] as string;
