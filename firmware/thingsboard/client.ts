/** ThingsBoard's device client: telemetry up, server-side RPC down, and what else was built in; see api.ts. */
import { addAttributes, HAS_ATTRIBUTES } from "#attributes";
import { addClaim } from "#claim";
import { addCalls } from "#client_rpc";
import { addProvision } from "#provision";
import type { ServerConfig } from "../device-config.ts";
import type { Done } from "../mqtt/owner.ts";
import { connect, disconnect, publish, Role } from "../mqtt/session.ts";
import { json, toText } from "../mqtt/text.ts";
import { Reason } from "../reason.ts";
import type { Callback, Client, ClientConstructor } from "./api.ts";
import { Question } from "./rate-limits.ts";
import { isOurs, requests, settle } from "./requests.ts";
import { serverFault } from "./server-fault.ts";
import { type Telemetry, telemetryJson } from "./telemetry.ts";
import { Topic, topicOf } from "./topics.ts";

export type { Client } from "./api.ts";
export type { Telemetry, Values } from "./telemetry.ts";

const enum Limit {
  /** Requests remembered that the callback has and did not answer, to tell those that the server sends again. */
  Unanswered = 8,
  /** Characters of a request by which it is told from another of the same id: a server that was restarted counts from 0. */
  Mark = 64,
  /** Values and brackets in a message: each takes up to 2 variables, and of the smallest board's 2,500 about 800 are free. */
  Values = 200,
}

/** See ServerConfig, and firmware/README.md "The client, for scripts of yours". */
export const TBDeviceMQTTClient = function (this: Client, server_cfg: ServerConfig): void {
  const fault = serverFault(server_cfg);
  if (fault) throw Error("server: " + fault);
  this.config_ = server_cfg;
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

  filters_: function (): string[] {
    const version = this.config_.topics;
    const calls = topicOf(version, Topic.RpcRequest) + "+";
    return HAS_ATTRIBUTES ? [calls, topicOf(version, Topic.Attributes)] : [calls];
  },

  onMessage_: function (topic: string, payload: string | undefined): void {
    const prefix = topicOf(this.config_.topics, Topic.RpcRequest);
    const id = topic.substr(0, prefix.length) === prefix ? topic.substr(prefix.length) : "";
    // ".../response/1", "v2/a/res/1"
    const answered = !id && topic.lastIndexOf("/res") > 0 ? topic.substr(topic.lastIndexOf("/") + 1) : "";
    let data: any;
    this.current_ = id;
    if (payload === undefined || hasTooMany(payload)) {
      if (id) sendReply(this, { error: "too large" }, id, 0);
      else settle(answered, false, Reason.TooLarge);
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
      if (isOurs(id, payload) || isUnanswered(this, id, begins)) return;
      data.id = id;
      if (this.callback_ && this.unanswered_.push({ id_: id, begins_: begins }) > Limit.Unanswered)
        this.unanswered_.shift();
    } else if (settle(answered, true, data)) return;
    if (HAS_ATTRIBUTES && this.onAttributes_ && topic === topicOf(this.config_.topics, Topic.Attributes))
      this.onAttributes_(data);
    if (this.callback_) this.callback_(toText(topic), data);
  },

  onEnd_: function (): void {
    while (requests.length) settle((requests[0] as { id_: string }).id_, false);
    if (this.question_ === Question.Answered) this.question_ = Question.Due;
  },
} as Client;

addAttributes(TBDeviceMQTTClient.prototype);
addCalls(TBDeviceMQTTClient.prototype);
addClaim(TBDeviceMQTTClient.prototype);
addProvision(TBDeviceMQTTClient.prototype);

/** `send_telemetry` of what is telemetry for sure, such as the outbox's. */
export function sendTelemetry(
  client: Client,
  text: string,
  done: Done | 0 | undefined,
  role: Role.Message | Role.Once,
): any {
  return publish(
    client,
    topicOf(client.config_.topics, Topic.Telemetry),
    text,
    done,
    client.config_.qos,
    role,
  );
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
  const topic = topicOf(client.config_.topics, Topic.RpcResponse) + id;
  const role = id === client.current_ ? Role.OwnReply : Role.Reply;
  return publish(client, topic, json(data), done, client.config_.qos, role);
}
