import { useNetwork } from "../../firmware/mqtt/connection.ts";
import type { SocketHandlers } from "../../firmware/socket.ts";
import { TBDeviceMQTTClient, type Telemetry } from "../../firmware/thingsboard/client.ts";
import { BUDGETS } from "../budgets.ts";
import type { Row } from "./row.ts";

const CONNACK = "\x20\x02\x00\x00";
/** The manual's example, with a time. */
const SAMPLE = {
  ts: 1_700_000_000_000,
  values: { Longitude: 100.26, Latitude: 26.86, Altitude: 0, Speed: 10 },
};
/** The same with `keys` as short as they can be. */
const SHORT_SAMPLE = { ts: SAMPLE.ts, values: { x: 100.26, y: 26.86, z: 0, v: 10 } };
/** What `{"ts":1700000000000,"values":…}` adds to the values. */
const TIME = JSON.stringify(SAMPLE).length - JSON.stringify(SAMPLE.values).length;
const BATCH = 10;

/** MQTT bytes of one fix with its time, at QoS 0: alone on v1 topics, and as cheap as the settings allow. */
export function wireRows(): Row[] {
  const alone = publishLength(1, SAMPLE);
  const batched = publishLength(2, Array(BATCH).fill(SHORT_SAMPLE)) / BATCH;
  const batchName = `the same on v2 topics, keys of one letter, ${BATCH} in a batch`;
  return [
    {
      name: "one fix on the wire, v1 topics, QoS 0 (QoS 1: 2 bytes more)",
      figure: alone,
      unit: "bytes",
      budget: BUDGETS.fix_bytes_v1 + TIME,
    },
    { name: batchName, figure: batched / alone, unit: "of v1", budget: BUDGETS.fix_bytes_v2_ratio },
  ];
}

/** The bytes the client writes for one `send_telemetry`. */
function publishLength(topics: 1 | 2, data: Telemetry): number {
  let written = "";
  let session: SocketHandlers | undefined;
  const network = {
    open(_host: string, _port: number, handlers: SocketHandlers) {
      session = handlers;
      const write = (bytes: string) => {
        written += bytes;
        return bytes.length;
      };
      return { write, close() {} };
    },
  };
  const settings = {
    host: "localhost",
    port: 1883,
    username: "token",
    qos: 0,
    client_id: "bench",
    topics,
  } as const;
  useNetwork(network);
  const client = new TBDeviceMQTTClient(settings);
  client.connect(() => {});
  session?.onOpen();
  session?.onData(CONNACK);
  if (!client.status) throw new Error(`the client did not connect: ${client.last_error}`);
  written = "";
  client.send_telemetry(data, () => {});
  const length = written.length;
  client.disconnect(() => {});
  return length;
}
