/** A connection that may do nothing but ask for credentials. */
import type { IConnectPacket, IPublishPacket, Packet } from "mqtt-packet";
import type { Core } from "./core.ts";
import {
  PROVISION,
  PROVISION_CLOSE_MS,
  PROVISION_REQUEST,
  PROVISION_RESPONSE,
  provision,
} from "./provisioning.ts";
import { Reason } from "./reasons.ts";
import { refusedFilter, type Subscriptions } from "./subscriptions.ts";
import type { Wire } from "./wire.ts";

/** The connection, as far as this needs it. */
interface ProvisionSession {
  readonly core: Pick<Core<never>, "tenant" | "faults" | "log">;
  readonly wire: Pick<Wire, "send" | "tells">;
  readonly subscriptions: Subscriptions;
  readonly over: boolean;
  close(reason: string, code: Reason): void;
  refusing(packet: IPublishPacket, take: () => void): void;
  sendPuback(packet: IPublishPacket, code?: Reason): void;
  sendPublish(topic: string, payload: string): void;
  later(ms: number, fn: () => void): void;
}

/** Nothing else counts then, not even a certificate. */
export const isProvisioning = ({ username, clientId }: IConnectPacket): boolean =>
  username === PROVISION || clientId === PROVISION;

export function processProvisioning(session: ProvisionSession, packet: Packet): void {
  switch (packet.cmd) {
    case "publish":
      session.refusing(packet, () => request(session, packet));
      break;
    case "subscribe": {
      const granted = packet.subscriptions.map(({ topic, qos }) => {
        if (topic !== PROVISION_RESPONSE) return refusedFilter(session.wire.tells);
        const granted_qos = qos === 0 ? 0 : 1;
        session.subscriptions.granted.set(topic, granted_qos);
        return granted_qos;
      });
      session.wire.send({ cmd: "suback", messageId: packet.messageId, granted });
      break;
    }
    case "unsubscribe":
      for (const filter of packet.unsubscriptions) session.subscriptions.remove(filter);
      session.wire.send({
        cmd: "unsuback",
        messageId: packet.messageId,
        granted: packet.unsubscriptions.map(() => Reason.Success),
      });
      break;
    case "pingreq":
      if (!session.core.faults.withhold_pingresp) session.wire.send({ cmd: "pingresp" });
      break;
    case "disconnect":
      session.close("the client disconnected", Reason.Success);
      break;
  }
}

function request(session: ProvisionSession, packet: IPublishPacket): void {
  if (packet.topic !== PROVISION_REQUEST) {
    session.sendPuback(packet, Reason.TopicNameInvalid);
    session.close(`${packet.topic} in a provisioning session`, Reason.ImplementationSpecific);
    return;
  }
  const response = provision(session.core.tenant, packet.payload.toString());
  session.sendPuback(packet, response === undefined ? Reason.ImplementationSpecific : Reason.Success);
  if (session.over) return;
  if (response === undefined) {
    session.close("a provisioning request without what it needs", Reason.ImplementationSpecific);
    return;
  }
  session.core.log(undefined, `provisioning: ${JSON.parse(response).status}`);
  const { faults } = session.core;
  if (faults.lose_responses === 0) session.sendPublish(PROVISION_RESPONSE, response);
  else faults.lose_responses--;
  session.later(PROVISION_CLOSE_MS, () =>
    session.close("a minute after the provisioning response", Reason.ImplementationSpecific),
  );
}
