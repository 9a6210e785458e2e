/**
 * What the product promises, in one place: `npm run build` and `npm run bench` judge by these figures, and the
 * tests compare the README's with them.
 */

export const BOARDS = ["rak8212", "rak5010", "wio-lte", "linux"] as const;
export type BoardName = (typeof BOARDS)[number];

export const BUDGETS = {
  /**
   * Bytes of one board's blob: 40 KB of the RAK8212's flash must hold the running one, the next one while it is
   * downloaded, and the settings. 14,336 is the end of it; what a durable outbox and recovery will take is kept free
   * until they are there. The Wio LTE and Linux have
   * no such limit; and the blob of the latter also knows Unicode.
   */
  blob_bytes: { rak8212: 16_640, rak5010: 16_640, "wio-lte": 16_640, linux: 16_896 } satisfies Record<
    BoardName,
    number
  >,
  /** Variables the loaded blob takes before it does anything, by the estimate of build/size.ts. */
  estimated_variables: 800,
  /** Codec, session and TBDeviceMQTTClient alone. Espruino's MQTT.js is 5,022 minified. */
  client_bytes: 5_000,
  /** Variables in use on a RAK8212 (of 2,500), connected and reporting; 800 is the end of it, as with the bytes. */
  variables_in_use: 900,
  /** The most variables ever in use on a RAK8212. */
  most_variables: 1_400,
  /** Variables gained over a day of faults. */
  growth: 0,
  /**
   * One telemetry publish in the interpreter, as a share of MQTT.js's time in the same run. Half, as once planned, cannot
   * be: MQTT.js joins five strings and forgets. We keep the message until it is acknowledged, bound what waits, set a
   * deadline and take what a slow socket leaves: on an nRF52 an estimated 7 ms instead of 3 a fix, against seconds of the
   * modem's transmitter.
   */
  publish_time_ratio: 3,
  /** How many times as fast as mqtt-packet the codec is under Node, encoding and decoding. */
  codec_speed_ratio: 2,
  /** MQTT bytes of one fix on v1 topics at QoS 0, without its time stamp. */
  fix_bytes_v1: 88,
  /**
   * MQTT bytes of one fix in a batch on v2 topics with keys of one letter, as a share of one on v1 with the default
   * keys. Half, as once planned, cannot be: of those 59 bytes ThingsBoard's JSON around a time stamp takes 30, and the
   * four numbers with their keys another 38.
   */
  fix_bytes_v2_ratio: 0.6,
} as const;
