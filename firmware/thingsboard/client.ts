/**
 * ThingsBoard's device client: telemetry up, server-side RPC down. The class, its members and their meaning are those
 * of QuecPython's TBDeviceMQTTClient.
 */
// biome-ignore-all lint/suspicious/noExplicitAny: a method returns nothing or a Promise, by whether it is given `done`
import { check, serverFields } from "../config.ts";
import { ConnectFlag, encodeConnect, type Packet, subscription } from "../mqtt/packet.ts";
import {
  closeSession,
  type Done,
  initSession,
  openSession,
  publish,
  type Session,
  sessionMethods,
} from "../mqtt/session.ts";
import { fromUtf8, json } from "../mqtt/text.ts";
import type { Network } from "../socket.ts";
import { V1, V2 } from "./topics.ts";

/** Requests remembered, to tell one that the server sends again. */
const REMEMBERED = 8;

/** The manual's `server_cfg`, and what is optional. Text is ASCII without quotes, at most 255 characters. */
export interface ServerConfig {
  /** Host name or address. */
  host: string;
  /** 0, or missing: MQTT's own, 1883. */
  port?: number;
  /** The device's access token. */
  username?: string;
  /** Of what is sent, 1 if missing. 1: true means that the server has it; 0: that the modem has it. */
  qos?: 0 | 1;
  client_id?: string;
  password?: string;
  /** Seconds, 120 if missing; 0: none. ThingsBoard drops a session that is silent for 600 s. */
  keep_alive?: number;
  /** Topic names: "v1" if missing; "v2": short ones. */
  topics?: "v1" | "v2";
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
  /** Reports telemetry; throws what the server would answer by hanging up or not at all, such as []. */
  send_telemetry(data: Telemetry): Promise<boolean>;
  send_telemetry(data: Telemetry, done: Done): void;
  /** Answers the RPC request with this id; any JSON value, null for undefined. */
  send_rpc_reply(data: unknown, request_id: string | number): Promise<boolean>;
  send_rpc_reply(data: unknown, request_id: string | number, done: Done): void;
  callback_?: Callback;
  qos_: number;
  /** Short topics. */
  short_: boolean;
  /** The last RPC requests, id and method. With the method since ids start again at 0 when the server does. */
  seen_: string[];
}

export interface ClientConstructor {
  /**
   * Throws on a wrong or unknown setting; missing ones are put into `server_cfg`. `network`: what opens connections; on a
   * board the modem is the default.
   */
  new (server_cfg: ServerConfig, network?: Network): Client;
  prototype: Client;
}

/** Starts an operation of the session; without `done` makes the Promise that stands in for it. */
function start(
  client: Client,
  operation: (session: Session, done: Done, topic: any, payload: any, qos: number) => void,
  done: Done | undefined,
  topic?: string,
  payload?: string,
): any {
  if (!done)
    return new Promise(function (resolve: Done) {
      start(client, operation, resolve, topic, payload);
    });
  operation(client, done, topic, payload, client.qos_);
}

function responseTopic(client: Client, request_id: string | number): string {
  return (client.short_ ? V2.RPC_RESPONSE : V1.RPC_RESPONSE) + request_id;
}

/** See ServerConfig, and the manual in the README. */
export const TBDeviceMQTTClient = function (this: Client, server_cfg: ServerConfig, network?: Network): void {
  const given: any = server_cfg;
  const fault =
    check(given, serverFields(), "") || (/^v[12]$/.test(given.topics) ? "" : "topics: must be v1 or v2");
  if (fault) throw Error("server_cfg: " + fault);
  this.seen_ = [];
  this.qos_ = given.qos;
  this.short_ = given.topics > "v1";
  if (network) this.network_ = network;
  this.host_ = given.host;
  this.port_ = given.port || 1883;
  this.keep_alive_ = given.keep_alive * 1000;
  this.connect_ = encodeConnect(
    ConnectFlag.CLEAN_SESSION | ConnectFlag.USERNAME | (given.password ? ConnectFlag.PASSWORD : 0),
    given.keep_alive,
    [given.client_id || "", given.username || ""].concat(given.password || []),
  );
  this.subscriptions_ = subscription((this.short_ ? V2.RPC_REQUEST : V1.RPC_REQUEST) + "+", 1);
  initSession(this);
} as unknown as ClientConstructor;

const methods = sessionMethods as Client;
TBDeviceMQTTClient.prototype = methods;

methods.set_callback = function (callback: Callback): boolean {
  if (typeof callback !== "function") throw Error("callback: must be a function");
  this.callback_ = callback;
  return true;
};

methods.connect = function (done?: Done): any {
  return start(this, openSession, done);
};

methods.disconnect = function (done?: Done): any {
  return start(this, closeSession, done);
};

methods.send_telemetry = function (data: Telemetry, done?: Done): any {
  const payload = json(data);
  // An object, or a list that starts with one: an empty list is never answered.
  if (!/^\[*[{]/.test(payload)) throw Error("data " + payload + ": must be {} or [{}]");
  return start(this, publish, done, this.short_ ? V2.TELEMETRY : V1.TELEMETRY, payload);
};

methods.send_rpc_reply = function (data: unknown, request_id: string | number, done?: Done): any {
  if (!/^\d+$/.test(request_id as string)) throw Error("request_id " + request_id + ": must be a number");
  this.seen_ = this.seen_.filter(function (id) {
    return id !== "" + request_id;
  });
  return start(this, publish, done, responseTopic(this, request_id), json(data));
};

methods.onMessage_ = function (packet: Packet): void {
  const text = fromUtf8(packet.payload_, packet.payload_);
  const topic = fromUtf8(packet.topic_, "?");
  const request = /req.*\/(.+)/.exec(topic);
  let data: any = text;
  try {
    data = JSON.parse(text);
    if (request) data.id = request[1];
  } catch (_) {
    // Text, or a number, which has no room for an id.
  }
  if (request) {
    // Asked again: it is not answered, or the server does not have the answer yet. Answered ones are forgotten, since
    // a server that was restarted counts from 0 again.
    const id = request[1] as string;
    const reply = responseTopic(this, id);
    if (
      this.seen_.indexOf(id) >= 0 ||
      this.flight_.some(function (message) {
        return message.topic_ === reply;
      })
    )
      return;
    if (this.seen_.push(id) > REMEMBERED) this.seen_.shift();
  }
  if (this.callback_) this.callback_(topic, data);
};
