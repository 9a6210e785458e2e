/**
 * Server-side RPC of one device, as ThingsBoard's core keeps it with its default (BURST) strategy: calls wait until
 * they expire, every unanswered two-way call goes out again at each SUBSCRIBE to the request topic, with the same
 * id, and only the answer or the expiry ends it. A persistent call outlives a restart of the server, a one-way one too waits
 * for its PUBACK, and five missing PUBACKs make it FAILED (ACTORS_RPC_MAX_RETRIES).
 */

import type { Clock } from "../clock.ts";
import { uuidOf } from "./entities.ts";

/** How far a call has come. SENT waits for the PUBACK, TIMEOUT never got it; neither ends the call. */
export type RpcState = "QUEUED" | "SENT" | "DELIVERED" | "TIMEOUT" | "SUCCESSFUL" | "EXPIRED" | "FAILED";

/** How a device is called. */
export interface CallOptions {
  timeout_ms: number;
  oneway?: boolean;
  persistent?: boolean;
}

/** A call as it is shown. */
export interface RpcInfo {
  id: number;
  /** Its name in the REST API. */
  uuid: string;
  created_ms: number;
  expires_ms: number;
  /** What the device answered, as it came. */
  response: string | undefined;
  method: string;
  params: unknown;
  oneway: boolean;
  persistent: boolean;
  state: RpcState;
  /** How often it was sent to the device. */
  sent: number;
}

/** Why a call gave no reply: the HTTP status ThingsBoard answers with, and words. */
export class RpcError extends Error {
  constructor(
    readonly status: 404 | 406 | 408 | 409 | 503 | 504,
    message: string,
  ) {
    super(message);
  }
}

/** The connection of a device, as RPC sees it. */
export interface RpcSession {
  /** Publishes a request; calls `delivered` at its PUBACK. Returns the QoS used, undefined when not subscribed. */
  sendRpcRequest(id: number, payload: string, delivered: () => void): 0 | 1 | undefined;
  /** What `send` sends leaves in one segment. */
  together(send: () => void): void;
}

interface Call {
  info: RpcInfo;
  payload: string;
  /** How often its PUBACK was missing. */
  missed: number;
  expiry: unknown;
  delivery: unknown;
  resolve(reply: unknown): void;
  reject(error: RpcError): void;
}

// transport.mqtt.timeout
const DELIVERY_TIMEOUT_MS = 10_000;
const CALLS_KEPT = 1000;
const MOST_MISSED = 5;

/** The calls of one device. */
export class DeviceRpc {
  /** The last calls, oldest first. */
  readonly history: RpcInfo[] = [];
  private readonly pending = new Map<number, Call>();
  /** Calls whose PUBACK is awaited, one-way ones too. */
  private readonly unacknowledged = new Set<Call>();
  private readonly deliveredOneWay = new Map<number, Call>();
  private next_id = 0;
  private calls = 0;
  private session: RpcSession | undefined;

  constructor(
    private readonly clock: Clock,
    /** Whose. */
    private readonly device_id: string,
  ) {}

  /**
   * Calls a method on the device. A two-way call resolves to the reply, parsed, `undefined` when it was empty;
   * a one-way call resolves when it was sent, a persistent one when it was delivered. Rejects with RpcError.
   */
  call(
    method: string,
    params: unknown,
    { timeout_ms, oneway = false, persistent = false }: CallOptions,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.next_id++;
      const created_ms = this.clock.now();
      const info: RpcInfo = {
        id,
        uuid: uuidOf(`call ${this.calls++} ${this.device_id}`),
        created_ms,
        expires_ms: created_ms + timeout_ms,
        response: undefined,
        method,
        params,
        oneway,
        persistent,
        state: "QUEUED",
        sent: 0,
      };
      const call: Call = {
        info,
        payload: JSON.stringify({ method, params: params === undefined ? {} : params }),
        missed: 0,
        expiry: this.clock.setTimeout(() => this.expire(call), timeout_ms),
        delivery: undefined,
        resolve,
        reject,
      };
      this.history.push(info);
      if (this.history.length > CALLS_KEPT) this.history.shift();
      this.pending.set(info.id, call);
      this.send(call);
    });
  }

  /** The device subscribed to requests in this session: everything that waits is sent. */
  subscribed(session: RpcSession): void {
    this.session = session;
    session.together(() => {
      for (const call of [...this.pending.values()]) this.send(call);
    });
  }

  /** The session is over, or unsubscribed. */
  gone(session: RpcSession): void {
    if (this.session === session) this.session = undefined;
  }

  /** The device answered. Returns false for an answer nobody waits for. */
  answer(id: number, payload: string): boolean {
    const call = this.pending.get(id) ?? this.deliveredOneWay.get(id);
    if (!call) return false;
    this.deliveredOneWay.delete(id);
    call.info.response = payload;
    this.finish(call, "SUCCESSFUL");
    try {
      call.resolve(payload === "" ? undefined : JSON.parse(payload));
    } catch {
      call.reject(new RpcError(406, `the device's reply to ${call.info.method} is not JSON: ${payload}`));
    }
    return true;
  }

  /** The server restarts: nothing waits any more but persistent calls, and ids begin at 0 or after theirs. */
  restart(): void {
    this.end((call) => !call.info.persistent);
    this.next_id = Math.max(-1, ...this.pending.keys()) + 1;
  }

  /** Nothing waits any more. */
  end(which: (call: Call) => boolean = () => true): void {
    for (const call of [...this.pending.values()].filter(which)) {
      this.finish(call, call.info.state);
      call.reject(new RpcError(503, "the server restarted: call again"));
    }
    for (const call of [...this.unacknowledged]) this.stopDelivery(call);
    this.session = undefined;
  }

  private send(call: Call): void {
    const qos = this.session?.sendRpcRequest(call.info.id, call.payload, () => this.delivered(call));
    if (qos === undefined) return;
    call.info.sent++;
    call.info.state = qos === 0 ? "DELIVERED" : "SENT";
    if (call.info.oneway && (qos === 0 || !call.info.persistent)) {
      this.finish(call, call.info.state);
      call.resolve(undefined);
    }
    if (qos === 0) return;
    if (this.unacknowledged.has(call)) call.missed++;
    this.stopDelivery(call);
    this.unacknowledged.add(call);
    call.delivery = this.clock.setTimeout(
      () => {
        this.unacknowledged.delete(call);
        if (call.info.state === "SENT") call.info.state = "TIMEOUT";
        call.missed++;
        if (call.info.persistent && call.missed >= MOST_MISSED) this.giveUp(call);
      },
      Math.min(DELIVERY_TIMEOUT_MS, call.info.expires_ms - this.clock.now()),
    );
  }

  private delivered(call: Call): void {
    if (call.info.state === "SENT") call.info.state = "DELIVERED";
    this.stopDelivery(call);
    if (!call.info.oneway || !this.pending.has(call.info.id)) return;
    this.finish(call, "DELIVERED");
    // An answer that is not asked for makes it SUCCESSFUL.
    this.deliveredOneWay.set(call.info.id, call);
    call.resolve(undefined);
  }

  private giveUp(call: Call): void {
    this.finish(call, "FAILED");
    call.reject(new RpcError(504, `the device did not acknowledge ${call.info.method} ${MOST_MISSED} times`));
  }

  private stopDelivery(call: Call): void {
    this.clock.clearTimeout(call.delivery);
    this.unacknowledged.delete(call);
  }

  private expire(call: Call): void {
    const never_sent = call.info.sent === 0;
    this.finish(call, "EXPIRED");
    call.reject(
      never_sent
        ? new RpcError(409, `the device is not connected or not subscribed to RPC requests`)
        : new RpcError(408, `the device did not answer ${call.info.method} in time`),
    );
  }

  private finish(call: Call, state: RpcState): void {
    call.info.state = state;
    this.pending.delete(call.info.id);
    this.clock.clearTimeout(call.expiry);
    this.stopDelivery(call);
  }
}
