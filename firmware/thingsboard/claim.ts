/** `#claim`: hands the device to the customer who claims it. */
import type { Done } from "../mqtt/owner.ts";
import { publish, Role } from "../mqtt/session.ts";
import { json } from "../mqtt/text.ts";
import type { Client } from "./api.ts";
import { Topic, topicOf } from "./topics.ts";

/** Adds the method; see api.ts. */
export function addClaim(prototype: Client): void {
  prototype.claim = function (this: Client, secret_key?: string, duration_ms?: number, done?: Done): any {
    if (secret_key !== undefined && typeof secret_key !== "string") throw Error("secret_key: use text");
    const is_whole = typeof duration_ms === "number" && duration_ms > 0 && duration_ms % 1 === 0;
    if (duration_ms !== undefined && !is_whole) throw Error("duration_ms: use a whole number");
    const payload = json({ secretKey: secret_key, durationMs: duration_ms });
    return publish(this, topicOf(1, Topic.Claim), payload, done, this.config_.qos, Role.Message);
  };
}
