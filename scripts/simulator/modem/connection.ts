import type { Core } from "./core.ts";

/** One socket's way through the air: a duplex to the server, that stands still without coverage. */
export interface Connection {
  /** Received and not yet read by AT+QIRD. */
  received: string;
  readonly sent: number;
  readonly acknowledged: number;
  /** Bytes AT+QIRD has taken. */
  read: number;
  readonly address: string;
  /** False: the send buffer is full, nothing was taken. */
  send(bytes: string): boolean;
  /** Takes what waited in the air, when it flows again or the buffer has room. */
  flow(): void;
  /** Sends FIN; `done` when it is acknowledged, which without coverage is never. */
  end(done: () => void): void;
  destroy(): void;
}

export interface ConnectionEvents {
  /** 0, or the socket error. */
  opened(error: number): void;
  received(): void;
  /** The peer closed, or the connection broke. After `received` for everything before it. */
  closed(): void;
}

const SEND_BUFFER = 16_384;
const RECEIVE_BUFFER = 10_240;

export function openConnection(
  core: Core,
  host: string,
  port: number,
  flowing: () => boolean,
  events: ConnectionEvents,
): Connection {
  let state: "opening" | "open" | "closed" = "opening";
  let air: Buffer[] = [];
  let waiting: Buffer[] = [];
  let finished = false;
  let sent = 0;
  let acknowledged = 0;
  let lastArrival_ms = Number.NEGATIVE_INFINITY;
  let onTheWay = 0;
  const timeout = core.after(core.times.openTimeout_ms, () => settle(569));
  const duplex = core.connect(host, port);

  function settle(error: number): void {
    if (state !== "opening") return;
    // Its own segments, be they without bytes
    if (flowing()) core.traffic(0, 0);
    state = error === 0 ? "open" : "closed";
    core.cancel(timeout);
    if (error !== 0) duplex.destroy();
    events.opened(error);
  }

  function flow(): void {
    if (!flowing() || state !== "open") return;
    // In memory the peer answers from inside `write`, and its answer ends up here again.
    const pieces = waiting;
    waiting = [];
    if (pieces.length > 0) core.traffic(bytesOf(pieces), 0);
    for (const piece of pieces) {
      duplex.write(piece, (error) => {
        if (!error) acknowledged += piece.length;
      });
    }
    if (connection.received.length >= RECEIVE_BUFFER) return;
    if (air.length > 0) {
      core.traffic(0, bytesOf(air));
      connection.received += Buffer.concat(air).toString("latin1");
      air = [];
      events.received();
    }
    if (finished) {
      state = "closed";
      events.closed();
    } else duplex.resume();
  }

  /** What comes from the server comes in its order, and late while `downlink_ms` says so, or eDRX. */
  function arrive(take: () => void): void {
    const now_ms = core.clock.now();
    if (core.faults.downlink_ms <= 0 && onTheWay === 0) {
      core.reach(take);
      return;
    }
    lastArrival_ms = Math.max(lastArrival_ms, now_ms + core.faults.downlink_ms);
    onTheWay++;
    core.after(lastArrival_ms - now_ms, () => {
      onTheWay--;
      core.reach(take);
    });
  }

  function finish(): void {
    finished = true;
    flow();
  }

  duplex.on("data", (piece: Buffer | string) => {
    duplex.pause();
    arrive(() => {
      air.push(typeof piece === "string" ? Buffer.from(piece, "latin1") : piece);
      flow();
    });
    // What is on its way holds up nothing.
    if (core.faults.downlink_ms > 0) duplex.resume();
  });
  duplex.on("error", (error: NodeJS.ErrnoException) => {
    core.transcript.note(`${host}:${port}: ${error.message}`);
    settle(socketError(error.code));
    arrive(finish);
  });
  for (const event of ["end", "close"] as const)
    duplex.on(event, () => {
      settle(566);
      arrive(finish);
    });
  // A duplex that is not connecting is there already
  if ("connecting" in duplex && duplex.connecting) duplex.once("connect", ready);
  else ready();

  function ready(): void {
    core.after(core.times.open_ms, () => {
      if (core.receiverTaken()) return ready();
      settle(0);
      flow();
    });
  }

  const connection: Connection = {
    received: "",
    read: 0,
    get sent() {
      return sent;
    },
    get acknowledged() {
      return acknowledged;
    },
    get address() {
      const remote = "remoteAddress" in duplex ? duplex.remoteAddress : undefined;
      return typeof remote === "string" ? remote.replace(/^::ffff:/, "") : host;
    },
    send(bytes) {
      if (sent - acknowledged + bytes.length > SEND_BUFFER) return false;
      sent += bytes.length;
      waiting.push(Buffer.from(bytes, "latin1"));
      flow();
      return true;
    },
    flow,
    end(done) {
      if (state !== "open") done();
      else if (flowing()) {
        state = "closed";
        core.traffic(0, 0);
        const flushed = duplex.writableLength === 0;
        duplex.end(() => flushed || core.after(core.times.close_ms, done));
        if (flushed) core.after(core.times.close_ms, done);
      }
    },
    destroy() {
      state = "closed";
      core.cancel(timeout);
      duplex.destroy();
    },
  };
  return connection;
}

const bytesOf = (pieces: Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

function socketError(code: string | undefined): number {
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return 565;
  return code === "ETIMEDOUT" ? 569 : 566;
}
