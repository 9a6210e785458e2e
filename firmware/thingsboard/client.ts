/**
 * ThingsBoard's device client: telemetry up, server-side RPC down. The class, its members and their meaning are those
 * of QuecPython's TBDeviceMQTTClient.
 */
import { check, serverFields } from "../config.ts";
import { field } from "../mqtt/packet.ts";
import {
  connect,
  type Done,
  disconnect,
  flight,
  publish,
  type Session,
  type SessionConfig,
} from "../mqtt/session.ts";
import { json, toText } from "../mqtt/text.ts";
import { Topic, topics } from "./topics.ts";

/** Requests remembered, to tell one that the server sends again. */
const REMEMBERED = 8;

/** The manual's `server_cfg`, and what is optional. Text is ASCII without quotes, at most 255 characters. */
export interface ServerConfig extends SessionConfig {
  /** Version of the topic names, 1 if missing; 2: short ones. */
  topics?: 1 | 2;
}

/**
 * `data`: the decoded JSON; text where it is not JSON. An RPC request has its `id` (text) added, and comes once although
 * the server may send it again.
 */
export type Callback = (topic: string, data: any) => void;

export type Values = Record<string, unknown>;
/** Values, values with their time (ms since 1970), or several of either. */
export type Telemetry = Values | { ts: number; values: Values } | Telemetry[];

/**
 * A session with ThingsBoard. Its asynchronous methods tell the outcome to `done`, or without it to the Promise they
 * return: true, or false with the reason in `last_error`.
 */
export interface Client extends Session {
  /** True while the server has accepted us and the connection stands. */
  status: boolean;
  /** Sets what receives the server's messages. Always true. */
  set_callback(callback: Callback): boolean;
  /** Connects and logs in; true at once when connected already. While it is connecting, the outcome of that. */
  connect(): Promise<boolean>;
  connect(done: Done): void;
  /** Says goodbye and closes. What the server has not acknowledged is given up. */
  disconnect(): Promise<boolean>;
  disconnect(done: Done): void;
  /**
   * Reports telemetry, also given as JSON text; throws what the server would answer by hanging up or not at all, such
   * as [].
   */
  send_telemetry(data: Telemetry | string): Promise<boolean>;
  send_telemetry(data: Telemetry | string, done: Done): void;
  /** Answers the RPC request with this id; any JSON value, null for undefined. */
  send_rpc_reply(data: unknown, request_id: string | number): Promise<boolean>;
  send_rpc_reply(data: unknown, request_id: string | number, done: Done): void;
  callback_?: Callback;
  /** Has the ids of the last RPC requests without an answer. */
  seen_: Record<string, 1>;
}

export interface ClientConstructor {
  /** Throws on a wrong or unknown setting; missing ones are put into `server_cfg`, which is kept. */
  new (server_cfg: ServerConfig): Client;
  prototype: Client;
}

/** See ServerConfig, and the manual in the README. */
export const TBDeviceMQTTClient = function (this: Client, server_cfg: ServerConfig): void {
  const fault = check(server_cfg, serverFields());
  if (fault) throw Error("server: " + fault);
  this.config_ = server_cfg;
  this.topics_ = topics(server_cfg.topics as number);
  this.seen_ = {};
  this.status = false;
  this.last_error = "";
  this.last_reason_ = 0;
} as unknown as ClientConstructor;

TBDeviceMQTTClient.prototype = {
  connect: connect,

  disconnect: disconnect,

  set_callback: function (callback: Callback): boolean {
    return typeof callback === "function" && !!(this.callback_ = callback);
  },

  send_telemetry: function (data: Telemetry | string, done?: Done): any {
    const payload = "" + data === data ? data : json(data);
    // An object, or a list that starts with one: an empty list is never answered.
    if (!/^\[*[{]/.test(payload)) throw Error("data: use {} or [{}]");
    return publish(this, this.topics_[Topic.TELEMETRY] as string, payload, done);
  },

  send_rpc_reply: function (data: unknown, request_id: string | number, done?: Done): any {
    if (!/^[0-9][0-9]*$/.test("" + request_id)) throw Error("request_id: use a number");
    delete this.seen_[request_id];
    return publish(this, (this.topics_[Topic.RPC_RESPONSE] as string) + request_id, json(data), done);
  },

  onMessage_: function (topic: string, payload: string): void {
    const seen = this.seen_;
    // The last part of an RPC request's topic.
    const parts = topic.split("/req");
    const id = parts.length > 1 ? (parts[1] as string).split("/")[1] : "";
    let data: any = toText(payload);
    if (id) {
      // Asked again: it is not answered, or the server does not have the answer yet. Answered ones are forgotten, since
      // a server that was restarted counts from 0 again.
      const reply = field(this.topics_[Topic.RPC_RESPONSE] + id);
      const ids = Object.keys(seen);
      if (
        seen[id] ||
        flight.some(function (waiting) {
          return (waiting.bytes_ as string).lastIndexOf(reply) > 0;
        })
      )
        return;
      if (ids[REMEMBERED - 1]) delete seen[ids[0] as string];
      seen[id] = 1;
    }
    try {
      data = JSON.parse(data);
      if (id) data.id = id;
    } catch (_) {
      // Text, or a number, which has no room for an id.
    }
    if (this.callback_) this.callback_(toText(topic), data);
  },
} as Client;

/**
 * Asks for the server's rate limits; the answer comes to the callback, `{"rateLimits":{…}}`, without an id. On this topic
 * alone, whatever the version; and the server asks for no subscription. The id is far from those of a broker that is no
 * ThingsBoard, which gives the question back as a request.
 */
export function askLimits(client: Client): void {
  publish(client, "v1/devices/me/rpc/request/99999", '{"method":"getSessionLimits"}', String);
}
