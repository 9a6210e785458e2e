/**
 * The server's rate limits, which it tells when asked ("getSessionLimits", ThingsBoard 3.8 and later). The question is
 * optional, and must not cost a connection twice: a broker that is no ThingsBoard may forbid the topic and hang up.
 */

import type { Session } from "../mqtt/owner.ts";
import { Limit, request, requests } from "./requests.ts";
import { Topic, topicOf } from "./topics.ts";

export const enum Question {
  /** It may be asked in this connection. */
  Due,
  /** It was. */
  Asked,
  /** The answer came in this connection. */
  Answered,
  /** There was none, or the connection ended before: never again in this run. */
  GivenUp,
}

/** A session that asks. */
export interface Asker extends Session {
  question_: Question;
}

/**
 * Asks for the limits, once in each connection, if there is room for the question. To be called when the server has
 * acknowledged telemetry: what counts is through by then. `told` gets the answer, whatever it is.
 */
export function askLimits(client: Asker, told: (answer: any) => void): void {
  if (client.question_ !== Question.Due || requests.length >= Limit.Requests) return;
  client.question_ = Question.Asked;
  // It is known on the long topic alone, whatever the version of the others.
  request(client, topicOf(1, Topic.RpcRequest), '{"method":"getSessionLimits"}', function (ok, answer) {
    client.question_ = ok ? Question.Answered : Question.GivenUp;
    if (ok) told(answer);
  });
}
