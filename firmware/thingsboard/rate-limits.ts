/**
 * The server's rate limits, which it tells when asked ("getSessionLimits", ThingsBoard 3.8 and later). The question is
 * optional, and must not cost a connection twice: a broker that is no ThingsBoard may forbid the topic and hang up.
 */

import type { Session } from "../mqtt/owner.ts";
import { publish, Role } from "../mqtt/session.ts";

export const enum Question {
  /** It may be asked in this connection. */
  Due,
  /** It was, and the answer has not come. */
  Asked,
  /** The answer came in this connection. */
  Answered,
  /** A connection ended before the answer came: never again in this run. */
  GivenUp,
}

/** A session that asks. */
export interface Asker extends Session {
  question_: Question;
}

/** The question's number, far from those of requests: a broker that is no ThingsBoard gives it back as one. */
const NUMBER = "99999";
/** On this topic alone, whatever the version; and the server asks for no subscription. */
const TOPICS = "v1/devices/me/rpc/";

/** To be called when a connection begins. */
export function newConnection(client: Asker): void {
  if (client.question_ === Question.Asked) client.question_ = Question.GivenUp;
  else if (client.question_ === Question.Answered) client.question_ = Question.Due;
}

/**
 * Asks for the limits, once in each connection. To be called when the server has acknowledged telemetry: what counts is
 * through by then. At QoS 0, so that a server which does not care stays without an answer and no more. The answer comes to
 * the callback.
 */
export function askLimits(client: Asker): void {
  if (client.question_ === Question.Due) {
    client.question_ = Question.Asked;
    publish(client, TOPICS + "request/" + NUMBER, '{"method":"getSessionLimits"}', 0, 0, Role.Message);
  }
}

/** Whether a request is our own question, which a broker gave back. */
export function isQuestion(id: string, request: any): boolean {
  return id === NUMBER && request.method === "getSessionLimits";
}

/** Whether a message is the answer to our question, which is then answered. What it tells is for pace.ts to judge. */
export function isAnswer(client: Asker, topic: string): boolean {
  if (client.question_ !== Question.Asked || topic !== TOPICS + "response/" + NUMBER) return false;
  client.question_ = Question.Answered;
  return true;
}
