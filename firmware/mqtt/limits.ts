/** What bounds the session: bytes, messages and packet identifiers. */
export const enum Limit {
  /** Largest payload we send, bytes: it stands in RAM whole. */
  Packet = 4096,
  /** Largest remaining length we keep, bytes: such a text stands in RAM three times while it is read as JSON. */
  Inbound = 1536,
  /** What is handed to the socket at once, in bytes, if it is several packets: what the modem sends in one segment. */
  Segment = 1460,
  /** Segments that may wait before a reply is refused that was not given from inside `onMessage_`. */
  Segments = 8,
  /** Messages and requests that may be unanswered, or at QoS 0 wait for the socket; one more message is refused. */
  Flight = 12,
  /** What is awaited in all. To one more who waits for CONNACK the answer is false; a reply counts once the socket took it. */
  Waiting = 20,
  /** Connections that may end, or fail, without its PUBACK before a message is given up: it may be what ends them. */
  Tries = 3,
  /** The largest packet identifier of a message; SUBSCRIBE has the one that is left. */
  Identifier = 65534,
}
