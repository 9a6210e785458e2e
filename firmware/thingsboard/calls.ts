/** `#client_rpc`: calls of the server's methods, which its rules answer. */
import { json } from "../mqtt/text.ts";
import type { Client } from "./api.ts";
import { type Answered, request } from "./requests.ts";
import { Topic, topicOf } from "./topics.ts";

/** Adds the method; see api.ts. */
export function addCalls(prototype: Client): void {
  prototype.send_rpc_call = function (this: Client, method: string, params?: unknown, done?: Answered): any {
    if (typeof method !== "string" || !method) throw Error("method: use a name");
    const topic = topicOf(this.config_.topics, Topic.RpcRequest);
    return request(this, topic, json({ method: method, params: params }), done);
  };
}
