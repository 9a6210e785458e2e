/** The server's end of a connection, as far as one needs it who asks for credentials, and then goes on with telemetry. */
import type { Duplex } from "node:stream";
import { generate, type Packet, parser } from "mqtt-packet";

/** What was received over it, from now on. `answer`: what every request gets. */
export function serveProvisioning(socket: Duplex, answer: string): Packet[] {
  const received: Packet[] = [];
  const decoder = parser();
  const send = (packet: Packet) => socket.write(generate(packet));
  decoder.on("packet", (packet: Packet) => {
    received.push(packet);
    if (packet.cmd === "connect") send({ cmd: "connack", returnCode: 0, sessionPresent: false });
    if (packet.cmd === "subscribe") {
      const granted = packet.subscriptions.map(() => 1);
      send({ cmd: "suback", messageId: packet.messageId, granted } as Packet);
    }
    if (packet.cmd === "pingreq") send({ cmd: "pingresp" });
    if (packet.cmd === "disconnect") socket.end();
    if (packet.cmd !== "publish") return;
    if (packet.qos === 1) send({ cmd: "puback", messageId: packet.messageId } as Packet);
    if (packet.topic === "/provision/request")
      send({
        cmd: "publish",
        topic: "/provision/response",
        payload: answer,
        qos: 1,
        messageId: 1,
        dup: false,
        retain: false,
      });
  });
  socket.on("data", (bytes: Buffer) => decoder.parse(bytes));
  return received;
}
