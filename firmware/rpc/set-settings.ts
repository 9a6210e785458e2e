/** Settings by a call: `setInterval`, and `setSettings` of any. */
import { once } from "./once.ts";
import type { Actions, Request } from "./request.ts";

/** Takes them, all or none, unless that was done already; gives the answer. */
export function setSettings(request: Request, values: Record<string, unknown>, tracker: Actions): unknown {
  let answer: any = values;
  once(request, function () {
    answer = tracker.setSettings_(values);
    return !answer.error;
  });
  return answer;
}
