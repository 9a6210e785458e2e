/**
 * Why something failed: codes inside, words at the edge. Decisions are taken on `Reason`; what a person reads, on the
 * console, in `status()`, in telemetry, is `words(reason)` (words.ts), and nothing parses it.
 *
 * The modem's own error numbers (Quectel AT Commands Manual 12.5, TCP/IP 4, GNSS 3) are below `Reason.OwnFirst` and stand
 * for themselves, those without a name here, too; ours are from there on, in the order of the way to the server.
 */
export const enum Reason {
  /** All is well. */
  None = 0,

  // The modem's: SIM, network (AT 12.5).
  NotAllowed = 3,
  SimMissing = 10,
  SimFailure = 13,
  SimBusy = 14,
  WrongPin = 16,
  NoNetwork = 30,
  // GNSS (GNSS 3).
  NoGnss = 502,
  GnssOn = 504,
  GnssOff = 505,
  NoFix = 516,
  // Connection (TCP 4).
  SocketFirst = 550,
  SocketUnknown = SocketFirst,
  BadHost = 552,
  SocketMemory = 553,
  SocketCreate = 554,
  SocketBind = 556,
  /** The PDP context could not be activated. */
  NoContext = 561,
  /** "Socket identity has been used": it was left open by somebody before us. */
  SocketInUse = 563,
  DnsBusy = 564,
  /** The host's name has no address, as far as the network's name server says. */
  NameUnknown = 565,
  OpenFailed = 566,
  OpenTimeout = 569,
  ContextBroken = 570,

  OwnFirst = 800,
  /** Nobody asked it to do anything yet. */
  NotStarted = OwnFirst,

  // The AT channel.
  /** A plain ERROR, which says no more. */
  ModemError,
  /** SEND FAIL: its buffer is full (TCP 2.1.7). */
  SendFailed,
  /** The modem answers AT, but did not answer this command in its time. */
  NoAnswer,
  /** It does not answer AT, either. */
  ModemSilent,
  /** It said what a modem says that starts. */
  ModemRestarted,
  /** It said that it switches off, or sleeps (PSM). */
  ModemPoweredDown,

  // SIM.
  /** It wants a PIN, and the settings have none. */
  PinMissing,
  /** It would be the last try: after it the SIM wants its PUK. */
  PinLastTry,
  /** It did not take the PIN, and does not say whether that counted as a try. */
  PinUnsure,
  /** PUK, network lock and the like: nothing that the firmware could enter. */
  SimLocked,
  /** It was taken out, or lost its contact. */
  SimLost,

  /** The network turned the SIM down. */
  RegistrationDenied,
  /** `+QIURC: "pdpdeact"`: the network took the PDP context away. */
  ContextLost,

  // The connection.
  /** A second connection was asked for. */
  InUse,
  /** A command for the open connection failed. */
  LinkLost,
  ClosedByServer,
  /** The modem took nothing for too long. */
  LinkSlow,

  // TLS.
  /** The settings' CA is not in the modem's store, or not all of it. */
  NoAuthority,
  /** Nor is the client's certificate, or its key. */
  NoCertificate,
  /** Neither board nor modem knows the time, which certificates are held against. */
  ClockUnknown,
  /** The modem refused to be told how to do TLS. */
  TlsSettings,
  /** No handshake, and why is not known yet. */
  TlsFailed,
  /** The server is there, but agrees to no handshake, whatever is verified. */
  NoTls,
  /** Its certificate does not come from the settings' CA; */
  UnknownAuthority,
  /** is another host's; */
  WrongHost,
  /** or is not valid yet, or not any more. */
  WrongDates,
  ClientRefused,
  /** The firmware was built without. */
  BuiltWithoutTls,

  // MQTT.
  /** The server took the connection, CONNECT stayed without an answer. */
  ConnectUnanswered,
  /** CONNACK 1 to 5 [MQTT 3.2.2.3]. */
  RefusedProtocol,
  RefusedClientId,
  RefusedBusy,
  RefusedLogin,
  /** Accepted, and then something stayed without its answer. */
  AnswerMissing,
  /** The server sent what is no MQTT, or none that we asked for. */
  ProtocolError,
  SubscribeRefused,
  /** `disconnect` was called. */
  Disconnected,
  NotConnected,
  /** As many messages as may be are without their answer. */
  Busy,
  TooLarge,
  /** It answered a request with an error. */
  ServerSays,
  /** The callback of the client threw. */
  CallbackFailed,

  // GNSS.
  /** What the engine said cannot be right. */
  BadFix,
  /** No round has ended yet. */
  NoRound,
  ReceiverSilent,
  ReceiverGarbled,
  /** The firmware was built without. */
  NoSource,

  // The outbox.
  /** Nobody knows the time, and no_time is "drop". */
  NoTime,
  FlashWorn,
  /** What was to be reported is no object. */
  NotAnObject,
}

/** Only a person can mend it: to try again changes nothing, and may lock the SIM. */
export function needsPerson(reason: Reason): boolean {
  switch (reason) {
    case Reason.WrongPin:
    case Reason.PinMissing:
    case Reason.PinLastTry:
    case Reason.PinUnsure:
    case Reason.SimLocked:
      return true;
    default:
      return false;
  }
}

/** The modem answers nothing, or has forgotten everything: its connection, context and settings are gone. */
export function modemLost(reason: Reason): boolean {
  return (
    reason === Reason.ModemSilent || reason === Reason.ModemRestarted || reason === Reason.ModemPoweredDown
  );
}
