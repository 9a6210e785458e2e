/**
 * ThingsBoard's device client: telemetry up, server-side RPC down. The class, its members and their meaning are those
 * of QuecPython's TBDeviceMQTTClient.
 */
import { type ServerConfig, serverFault } from "../config.ts";
import type { Done } from "../mqtt/owner.ts";
import { connect, disconnect, publish, Role } from "../mqtt/session.ts";
import { json, toText } from "../mqtt/text.ts";
import { type Asker, isQuestion, Question } from "./rate-limits.ts";
import { type Telemetry, telemetryJson } from "./telemetry.ts";
import { Topic, topics } from "./topics.ts";

export type { Telemetry, Values } from "./telemetry.ts";

const enum Limit {
  /** Requests remembered that the callback has and did not answer, to tell those that the server sends again. */
  Unanswered = 8,
  /** Characters of a request by which it is told from another of the same id: a server that was restarted counts from 0. */
  Mark = 64,
  /** Values and brackets in a message: each takes up to 2 variables, and of the smallest board's 2,500 about 800 are free. */
  Values = 200,
}

/**
 * `data`: the decoded JSON; text where it is not JSON. An RPC request is an object with `method`, and has its `id` (text)
 * added; the server sends it again after a reconnect, and it comes again, if its reply did not get through. While it is
 * not answered it does not.
 */
export type Callback = (topic: string, data: any) => void;

interface Unanswered {
  id_: string;
  /** Limit.Mark characters of it. */
  begins_: string;
}

/**
 * A session with ThingsBoard. Its asynchronous methods tell the outcome to `done`, or without it to the Promise they
 * return: true, or false with the reason in `last_error`.
 */
export interface Client extends Asker {
  /** True while the server has accepted us and the connection stands. */
  status: boolean;
  /** Sets what receives the server's messages. Always true. */
  set_callback(callback: Callback): boolean;
  /** Connects and logs in; true at once when connected already. While it is connecting, the outcome of that. */
  connect(): Promise<boolean>;
  connect(done: Done): void;
  /** Says goodbye and closes, within 5 s. What the server has not acknowledged is given up. */
  disconnect(): Promise<boolean>;
  disconnect(done: Done): void;
  /**
   * Reports telemetry, also given as JSON text; throws what the server would answer by hanging up or not at all, such
   * as []. Of the numbers in a text about 11 digits count on a board, as in values.
   */
  send_telemetry(data: Telemetry | string): Promise<boolean>;
  send_telemetry(data: Telemetry | string, done: Done): void;
  /**
   * Answers the RPC request with this id; any JSON value, null for undefined. Of more than 20 that wait for the server's
   * acknowledgement, the outcome is true when the modem took it.
   */
  send_rpc_reply(data: unknown, request_id: string | number): Promise<boolean>;
  send_rpc_reply(data: unknown, request_id: string | number, done: Done): void;
  callback_?: Callback;
  /** The id of the request that the callback got last. */
  current_: string;
  /** Requests that the callback has and did not answer, oldest first. */
  unanswered_: Unanswered[];
}

export interface ClientConstructor {
  /** Throws on a wrong or unknown setting; missing ones are put into `server_cfg`, which is kept. */
  new (server_cfg: ServerConfig): Client;
  prototype: Client;
}

/** See ServerConfig, and the manual in the README. */
export const TBDeviceMQTTClient = function (this: Client, server_cfg: ServerConfig): void {
  const fault = serverFault(server_cfg);
  if (fault) throw Error("server: " + fault);
  this.config_ = server_cfg;
  this.topics_ = topics(server_cfg.topics as number);
  this.current_ = "";
  this.unanswered_ = [];
  this.question_ = Question.Due;
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
    return sendTelemetry(this, telemetryJson(data), done, Role.Message);
  },

  send_rpc_reply: function (data: unknown, request_id: string | number, done?: Done): any {
    const id = "" + request_id;
    const number = parseInt(id, 10);
    const counted = number >= 0 && "" + number === id;
    // On another one ThingsBoard would hang up; but it, or another server, may have asked with it.
    if (!counted && !(id && (id === this.current_ || isUnanswered(this, id))))
      throw Error("request_id: use a number");
    return sendReply(this, data, id, done);
  },

  onMessage_: function (topic: string, payload: string | undefined): void {
    const filter = this.topics_[Topic.RPC_REQUESTS] as string;
    const prefix = filter.substr(0, filter.length - 1);
    const id = topic.substr(0, prefix.length) === prefix ? topic.substr(prefix.length) : "";
    let data: any;
    this.current_ = id;
    if (payload === undefined || hasTooMany(payload)) {
      if (id) sendReply(this, { error: "too large" }, id, 0);
      return;
    }
    data = toText(payload);
    try {
      data = JSON.parse(data);
    } catch (_) {
      // Text.
    }
    if (id) {
      if (!data || typeof data.method !== "string") {
        sendReply(this, { error: "no method" }, id, 0);
        return;
      }
      const begins = payload.substr(0, Limit.Mark);
      if (isQuestion(id, data) || isUnanswered(this, id, begins)) return;
      data.id = id;
      if (this.callback_ && this.unanswered_.push({ id_: id, begins_: begins }) > Limit.Unanswered)
        this.unanswered_.shift();
    }
    if (this.callback_) this.callback_(toText(topic), data);
  },
} as Client;

/** `send_telemetry` of what is telemetry for sure, such as the outbox's. */
export function sendTelemetry(
  client: Client,
  text: string,
  done: Done | 0 | undefined,
  role: Role.Message | Role.Once,
): any {
  return publish(client, client.topics_[Topic.TELEMETRY] as string, text, done, client.config_.qos, role);
}

/**
 * Whether JSON text has more values than there may be memory for. To be known before it is read: running out of memory ends
 * in a restart, after which the server sends the same again. Commas in texts count, too.
 */
function hasTooMany(text: string): boolean {
  let count = 0;
  [",", "[", "{"].forEach(function (mark) {
    for (let at = text.indexOf(mark); at >= 0 && count <= Limit.Values; at = text.indexOf(mark, at + 1))
      count++;
  });
  return count > Limit.Values;
}

/** Whether the callback has a request with this id, and did not answer it; one that begins so, if that is given. */
function isUnanswered(client: Client, id: string, begins?: string): boolean {
  return client.unanswered_.some(function (request) {
    return request.id_ === id && (begins === undefined || request.begins_ === begins);
  });
}

/** `send_rpc_reply` to the id of a request; `done` 0: nobody wants to know, and a hundred of them take little RAM. */
export function sendReply(client: Client, data: unknown, id: string, done: Done | 0 | undefined): any {
  client.unanswered_ = client.unanswered_.filter(function (request) {
    return request.id_ !== id;
  });
  const topic = (client.topics_[Topic.RPC_RESPONSE] as string) + id;
  const role = id === client.current_ ? Role.OwnReply : Role.Reply;
  return publish(client, topic, json(data), done, client.config_.qos, role);
}
