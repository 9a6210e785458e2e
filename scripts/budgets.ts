/**
 * What the product promises, in one place: `npm run build` and `npm run bench` judge by these figures, and the
 * tests compare those of the documents with them. What differs by board stands in its entry in boards.ts.
 */
import { BOARDS, type BoardName, entryOf } from "./boards.ts";

/** One of the figures that boards have their own of. */
const ofEach = (figure: "blob_bytes" | "estimated_variables") =>
  Object.fromEntries(BOARDS.map((board) => [board, entryOf(board)[figure]])) as Record<BoardName, number>;

export const BUDGETS = {
  /**
   * Bytes of one board's blob as text: as the interpreter's tokens, a sixth less, it fits with a header into a slot of 60 KB, of which two are to be in flash.
   * 36,864 were planned, a slot of 40 KB, before TLS, which takes 2,400 and 900 of words, and all that is done from afar. For the RAK8212
   * 25,600 were planned, so that an interpreter which takes no tokens has room beside the outbox; clear code that loses
   * nothing is larger, so that it needs 2v20.48 now, and `flashed_bytes` is what counts there.
   */
  blob_bytes: ofEach("blob_bytes"),
  /**
   * The same in the interpreter's tokens, as it is flashed, on a RAK8212: of its 40,960 bytes of Storage the outbox's file
   * has 12,288 and the settings 512. What fits of the code's first functions into 4,060 bytes of the outbox's file is not
   * counted: flash/code-layout.ts.
   */
  flashed_bytes: 28_160,
  /**
   * Variables the loaded blob takes before it does anything, by the estimate of build/size.ts. Attributes and provisioning, with
   * what they share with the limits' question, took 63 more on a RAK8212 than before, when 1,250 were enough. The Wio LTE's
   * interpreter has 5,450, the RAK5010's 12,500, Linux' as many as are wanted; only the latter two can be built with a GNSS
   * receiver's sentences to read, which take 70 more than the modem's engine.
   */
  estimated_variables: ofEach("estimated_variables"),
  /**
   * Codec, session and TBDeviceMQTTClient alone, without the texts of reasons and the check of settings, which are those of the
   * modem and the tracker too. Espruino's MQTT.js is 5,022 minified. 5,500 were planned, and were enough for a client that
   * joined no packets, stopped no reading, passed nothing over that is too large, acknowledged a request before its answer was
   * safe, and met a hundred calls with "busy". With one table of what the server was asked, and all the topics, 8,492 are
   * measured, where 7,936 were enough before; attributes, calls, claim and provisioning are not in it.
   */
  client_bytes: 8_576,
  /** Variables of the smallest board, the RAK8212. */
  variables: 2_500,
  /**
   * Of those in use, connected and reporting, all its features in. Espruino's own modules for the modem and MQTT, which do
   * far less, use 815 to 841. 1,250 were planned; 1,590 are measured, over TLS 1,599 to 1,610 (1,542 before there was TLS),
   * of which 1,226 are functions and globals just loaded.
   */
  variables_in_use: 1_620,
  /**
   * The most of them in use between two callbacks, with what the interpreter has not collected yet: 1,756 are measured, over TLS 1,769, where
   * 1,700 were planned. 700 are left for a user's own code.
   */
  most_variables: 1_800,
  /** Variables gained over a day of faults. */
  growth: 0,
  /**
   * One telemetry publish in the interpreter, as a share of MQTT.js's time in the same run. Half, as once planned, cannot
   * be: MQTT.js joins five strings and forgets. We keep the message until it is acknowledged, bound what waits, set a
   * deadline and take what a slow socket leaves; and since packets are joined and a hundred calls answered, more than the 3 times
   * of before: 3.5 are measured. On an nRF52 an estimated 10 ms instead of 3 a fix, against seconds of the modem's transmitter.
   */
  publish_time_ratio: 4,
  /** Page erases of 1,000 fixes: a block is 167 fixes, and a page of 4 KB lasts 10,000 erases. */
  erases_per_1000: 6,
  /** A thousand trackers that lost the server together: the most that come back in one second, and when half are back. */
  herd_per_second: 150,
  herd_half_s: 300,
  /** Over the fault seeds: from the end of the faults until all that was taken before is delivered. The longest wait is an hour. */
  delivered_median_s: 60,
  delivered_worst_s: 3_600,
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
  /**
   * From closed to SUBACK over TLS, both ways, with TCP/IP, where the server shows two certificates of RSA 2048, and we one of
   * that size or none. Without TLS it is some 1,090, of which 400 are the names of all settings that may come from afar: with the
   * question for 15 less it was 670, and 6,000 were enough.
   */
  tls_connection_bytes: 6_200,
  /** mAh a day of each board and policy, of what bench/energy-expected.ts has. */
  energy_ratio: 1.05,
} as const;
