/**
 * The firmware's reasons, loosely: it words them as short as its flash wants them, and may word them otherwise tomorrow.
 * Each pattern takes the words in use and the modem's own number, which stands there when words were left out.
 */

const has =
  (pattern: RegExp) =>
  (reason: string): boolean =>
    pattern.test(reason);

// Of the modem.
export const saysSilent = has(/no answer|silent/i);
export const saysRestarted = has(/modem says/i);
export const saysNoSim = has(/no SIM|\b10$/);
export const saysBusySim = has(/SIM busy|\b14$/);
export const saysBadSim = has(/SIM fail|wrong SIM|reseat|\b1[35]$/);
export const saysPuk = has(/PUK/);
export const saysPin = has(/PIN/);
export const saysWrongPin = has(/wrong PIN|\b16$/);
export const saysLastPin = has(/PIN try|one try/);
export const saysDenied = has(/refuses? SIM|SIM refused|denied|plan/);
export const saysNoNetwork = has(/no network|no service|\b30$/);
export const saysNoContext = has(/PDP|apn|\b561$|\b570$/i);

// Of the server.
export const saysBadLogin = has(/login|username|password|token|not auth/i);
export const saysClientId = has(/client_?id/i);
export const saysServerBusy = has(/busy/i);
export const saysNoMqtt = has(/^MQTT: (?!refused)/);
export const saysDns = has(/DNS|bad host|\b(552|565)$/);
export const saysRefused = has(/^(modem: )?refused|\b566$/);
export const saysNoReply = has(/no reply|no answer|\b569$/);
export const saysClosed = has(/closed by server/);
export const saysNoRequests = has(/SUBSCRIBE/);
export const saysLinkLost = has(/link|lost|slow/);

// Of the receiver.
export const saysNoReceiver = has(/no GNSS/);
export const saysNoFix = has(/no fix|sky|\b516$/);

/** No fix, but it is not over yet. */
export const saysAwaited = has(/yet/);

/** What is true of any modem at the start: no reason why it is not up. */
export const saysNothing = has(/^(off|restart)?$/);
/** Why there is no session is told in the same place: that it is the modem's fault. */
export const saysOfModem = has(/UART|power|supply|modem says|SIM|P[IU][NK]|no network|no service/);

/** A reason without when the next try is. */
export const withoutRetry = (reason: string): string => reason.replace(/; again in .*$/, "");
