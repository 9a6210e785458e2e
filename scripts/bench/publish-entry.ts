import { useNetwork } from "../../firmware/mqtt/connection.ts";
import type { SocketHandlers } from "../../firmware/socket.ts";
import { TBDeviceMQTTClient } from "../../firmware/thingsboard/client.ts";

declare const global: Record<string, unknown>;
/** The message, the same for both. */
declare const fix: Record<string, number>;

let handlers: SocketHandlers | undefined;

useNetwork({
  open: (_host, _port, given) => {
    handlers = given;
    return {
      write: (bytes) => bytes.length,
      close: () => {},
    };
  },
});
const client = new TBDeviceMQTTClient({ host: "h", username: "t", client_id: "c", qos: 0 });
client.connect(String);
(handlers as unknown as SocketHandlers).onOpen();
(handlers as unknown as SocketHandlers).onData("\x20\x02\0\0");

global.ours = client;
global.publishOurs = () => {
  client.send_telemetry(fix, String);
};
