/** MQTT 5's reason codes, as ThingsBoard uses them. To MQTT 3 clients it says nothing: it closes. */
import type { IConnectPacket } from "mqtt-packet";
import { ConnackCode } from "./credentials.ts";

export enum Reason {
  Success = 0,
  MalformedPacket = 0x81,
  ImplementationSpecific = 0x83,
  ClientIdentifierNotValid = 0x85,
  BadUserNameOrPassword = 0x86,
  NotAuthorized = 0x87,
  ServerUnavailable = 0x88,
  ServerShuttingDown = 0x8b,
  SessionTakenOver = 0x8e,
  TopicFilterInvalid = 0x8f,
  TopicNameInvalid = 0x90,
  MessageRateTooHigh = 0x96,
  QuotaExceeded = 0x97,
  AdministrativeAction = 0x98,
  PayloadFormatInvalid = 0x99,
  ConnectionRateExceeded = 0x9f,
  MaximumConnectTime = 0xa0,
}

/** What CONNACK says in MQTT 5 where it says `code` in MQTT 3. */
export function connackReason(code: ConnackCode, connect: IConnectPacket, certificate: boolean): Reason {
  if (code === ConnackCode.Accepted) return Reason.Success;
  if (code === ConnackCode.ServerUnavailable) return Reason.ConnectionRateExceeded;
  if (code === ConnackCode.IdentifierRejected) return Reason.ClientIdentifierNotValid;
  const named = connect.username !== undefined || connect.password !== undefined;
  return certificate || !named ? Reason.NotAuthorized : Reason.BadUserNameOrPassword;
}

/** What DISCONNECT says after such a CONNACK. */
export const afterRefusal = (reason: Reason): Reason =>
  reason === Reason.ConnectionRateExceeded ? Reason.MessageRateTooHigh : reason;
