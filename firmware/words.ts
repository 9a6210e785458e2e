/** What a person reads of a `Reason`: what happened, and what to do. */
import { Reason } from "./reason.ts";

/** Put in by the build: false where nothing is told of TLS. Under Node there is none. */
declare const __TLS__: boolean;

/** The text of a reason: what happened, and what to do. "" for None. `detail`: what is behind the colon, if anything is. @seldom */
export function words(reason: Reason, detail?: unknown): string {
  return text(reason) + (detail ? ": " + detail : "");
}

/** A switch and no object: it takes no RAM. */
function text(reason: Reason): string {
  switch (reason) {
    case Reason.None:
      return "";
    case Reason.SimMissing:
      return "no SIM";
    case Reason.SimFailure:
      return "SIM fault: reseat it";
    case Reason.SimBusy:
      return "SIM busy";
    case Reason.WrongPin:
      return "wrong PIN: set pin";
    case Reason.NoNetwork:
      return "no network: check antenna";
    case Reason.NoGnss:
      return "modem has no GNSS";
    case Reason.NoFix:
      return "no fix: needs open sky";
    case Reason.BadHost:
      return "bad host";
    case Reason.NoContext:
      return "no PDP context: check apn";
    case Reason.NameUnknown:
      return "DNS failed: check host";
    case Reason.OpenFailed:
      return "refused: check host, port";
    case Reason.OpenTimeout:
      return "no reply: check host, port";
    case Reason.NotStarted:
      return "off";
    case Reason.ModemError:
      return "modem error";
    case Reason.SendFailed:
      return "modem buffer full";
    case Reason.NoAnswer:
      return "modem: no answer to a command";
    case Reason.ModemSilent:
      return "modem silent: check power, UART";
    case Reason.ModemRestarted:
      return "modem restarted: check power";
    case Reason.ModemPoweredDown:
      return "modem switched off: check power";
    case Reason.PinMissing:
      return "SIM wants a PIN: set pin";
    case Reason.PinLastTry:
      return "one PIN try left: use a phone";
    case Reason.PinUnsure:
      return "PIN not taken: use a phone";
    case Reason.SimLocked:
      return "SIM locked: use a phone";
    case Reason.SimLost:
      return "SIM lost: reseat it";
    case Reason.RegistrationDenied:
      return "SIM denied: check plan";
    case Reason.ContextLost:
      return "PDP context lost";
    case Reason.InUse:
      return "modem in use";
    case Reason.LinkLost:
      return "link lost";
    case Reason.ClosedByServer:
      return "closed by server";
    case Reason.LinkSlow:
      return "link slow";
    case Reason.BuiltWithoutTls:
      return "built without TLS";
    case Reason.ConnectUnanswered:
      return "no answer to CONNECT: check host, port";
    case Reason.RefusedProtocol:
      return "refused, MQTT 3.1.1";
    case Reason.RefusedClientId:
      return "refused, client_id";
    case Reason.RefusedBusy:
      return "refused, server busy";
    case Reason.RefusedLogin:
      return "refused, check login";
    case Reason.AnswerMissing:
      return "no answer from the server";
    case Reason.ProtocolError:
      return "MQTT error";
    case Reason.SubscribeRefused:
      return "SUBSCRIBE refused";
    case Reason.Disconnected:
      return "disconnected";
    case Reason.NotConnected:
      return "not connected";
    case Reason.Busy:
      return "busy";
    case Reason.TooLarge:
      return "too large";
    case Reason.ServerSays:
      return "server says";
    case Reason.CallbackFailed:
      return "callback";
    case Reason.BadFix:
      return "GNSS: no sense in its answer";
    case Reason.NoRound:
      return "no fix yet";
    case Reason.NoTime:
      return "no time";
    case Reason.FlashWorn:
      return "flash worn";
    case Reason.NotAnObject:
      return "use {}";
    default:
      return ((typeof __TLS__ === "undefined" || __TLS__) && tlsText(reason)) || "modem error " + reason;
  }
}

/** Of TLS. "": it is not of that. */
function tlsText(reason: Reason): string {
  switch (reason) {
    case Reason.NoAuthority:
      return "TLS: no CA on the modem: npm run flash";
    case Reason.NoCertificate:
      return "TLS: no client certificate on the modem: npm run flash";
    case Reason.ClockUnknown:
      return "TLS: time not known: needs open sky";
    case Reason.TlsSettings:
      return "TLS: modem refuses settings";
    case Reason.TlsFailed:
      return "TLS failed: npm run doctor";
    case Reason.NoTls:
      return "server refuses TLS: check port, RSA, tls 2";
    case Reason.UnknownAuthority:
      return "TLS: server has another CA: check ca";
    case Reason.WrongHost:
      return "TLS: certificate of another host: check host";
    case Reason.WrongDates:
      return "TLS: certificate expired, or not valid yet";
    case Reason.ClientRefused:
      return "TLS: client certificate refused: check cert, ca, port";
    default:
      return "";
  }
}

/** `words` in a build with a GNSS receiver on a UART of its own. */
export function receiverWords(reason: Reason): string {
  switch (reason) {
    case Reason.ReceiverSilent:
      return "GNSS receiver silent: check power, wiring";
    case Reason.ReceiverGarbled:
      return "GNSS receiver garbled: check gnss_baud, wiring";
    default:
      return words(reason);
  }
}

/** Of GNSS in a build without: always Reason.NoSource. */
export function noGnssWords(_reason: Reason): string {
  return "built without GNSS";
}
