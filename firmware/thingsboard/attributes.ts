/** `#attributes`: client attributes go up, shared ones come down, when they are asked for and when they change. */
import type { Done } from "../mqtt/owner.ts";
import { publish, Role } from "../mqtt/session.ts";
import { json } from "../mqtt/text.ts";
import type { Client } from "./api.ts";
import { type Answered, request } from "./requests.ts";
import { isObject, type Values } from "./telemetry.ts";
import { Topic, topicOf } from "./topics.ts";

/** Whether the server is to tell of changes. */
export const HAS_ATTRIBUTES: boolean = true;

/** Adds the methods; see api.ts. */
export function addAttributes(prototype: Client): void {
  prototype.send_attributes = function (this: Client, values: Values, done?: Done): any {
    if (!isObject(values)) throw Error("values: use {}");
    const topic = topicOf(this.config_.topics, Topic.Attributes);
    return publish(this, topic, json(values), done, this.config_.qos, Role.Message);
  };

  prototype.request_attributes = function (
    this: Client,
    client_keys?: string[] | null,
    shared_keys?: string[] | null,
    done?: Answered,
  ): any {
    // The server splits at commas, and never answers a name that is empty. Undefined members are left out.
    const wanted = [client_keys, shared_keys].map(function (keys) {
      const names = keys || [];
      const named =
        Array.isArray(names) &&
        names.every(function (name) {
          return typeof name === "string" && name && name.indexOf(",") < 0;
        });
      if (!named) throw Error("keys: use [names], without commas");
      return names.length ? names.join(",") : undefined;
    });
    const topic = topicOf(this.config_.topics, Topic.AttributesRequest);
    return request(this, topic, json({ clientKeys: wanted[0], sharedKeys: wanted[1] }), done);
  };
}
