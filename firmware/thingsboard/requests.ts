/**
 * What was asked of the server and is not answered yet: attributes, calls, limits. Each has a number of its own, by which its
 * answer is known; gets one answer, or fails once: at its deadline, or with its connection, as the server forgets it then.
 *
 * They go at QoS 0, as the answer is the acknowledgement. The server answers without a SUBSCRIBE for it (measured on 4.2.1),
 * and on the topics of what was asked last: the number alone tells which answer it is.
 */
import type { Session } from "../mqtt/owner.ts";
import { publish, Role, refuse } from "../mqtt/session.ts";
import { json } from "../mqtt/text.ts";
import { Reason } from "../reason.ts";
import { words } from "../words.ts";

export const enum Limit {
  /** Requests without their answer; one more is refused. */
  Requests = 4,
  /** For the answer, ms. ThingsBoard gives a call up itself, and says so, after 60 s. */
  Answer = 70000,
  /** Before the first number: far from those of the server's calls, as a broker that is no ThingsBoard gives ours back as such. */
  Numbers = 99998,
  /** Characters of a request by which such a one is known. */
  Mark = 64,
}

/** Called once: true and the answer, or false with the reason in `last_error`. */
export type Answered = (ok: boolean, answer?: any) => void;

interface Request {
  /** Its number, as text. */
  id_: string;
  /** Limit.Mark characters of it. */
  begins_: string;
  session_: Session;
  done_: Answered;
  deadline_: ReturnType<typeof setTimeout>;
}

/** Oldest first. */
export const requests: Request[] = [];
/** The last one's. Never used twice in a run: the answer to an earlier one may come late. */
let last_number: number = Limit.Numbers;

/** Asks, on `topic` and a number. Without `done` gives a Promise of the answer; undefined: there was none. */
export function request(session: Session, topic: string, payload: string, done?: Answered): any {
  if (done === undefined)
    return new Promise(function (resolve) {
      request(session, topic, payload, function (_ok, answer) {
        resolve(answer);
      });
    });
  if (requests.length >= Limit.Requests) return refuse(session, Reason.Busy, done);
  const id = "" + ++last_number;
  requests.push({
    id_: id,
    begins_: payload.substr(0, Limit.Mark),
    session_: session,
    done_: done,
    deadline_: setTimeout(settle, Limit.Answer, id, false, Reason.AnswerMissing),
  });
  publish(
    session,
    topic + id,
    payload,
    function (ok) {
      if (!ok) settle(id, false);
    },
    0,
    Role.Once,
  );
}

/**
 * The outcome of a request is known. `outcome`: the answer, or the reason why there is none; undefined: `last_error` has it
 * already. False: there is no request with this id.
 */
export function settle(id: string, ok: boolean, outcome?: any): boolean {
  for (let i = 0; i < requests.length; i++) {
    const settled = requests[i] as Request;
    if (settled.id_ === id) {
      const session = settled.session_;
      // What the server's rules say in place of an answer.
      const error = ok && outcome && outcome.error;
      requests.splice(i, 1);
      if (settled.deadline_) clearTimeout(settled.deadline_);
      if (error)
        session.last_error = words(Reason.ServerSays, typeof error === "string" ? error : json(error));
      else if (!ok && outcome) session.last_error = words(outcome);
      try {
        if (ok && !error) settled.done_(true, outcome);
        else settled.done_(false);
      } catch (thrown) {
        session.last_error = words(Reason.CallbackFailed, thrown);
      }
      return true;
    }
  }
  return false;
}

/** Whether a call is one of ours, which a broker gave back. */
export function isOurs(id: string, payload: string): boolean {
  return requests.some(function (request) {
    return request.id_ === id && request.begins_ === payload.substr(0, Limit.Mark);
  });
}
