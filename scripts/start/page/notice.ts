/** One line at the page's edge, for what was done or refused; screen readers tell it. */
import { Refusal } from "./ask.ts";
import { byId } from "./element.ts";

const SHOWN_MS = 8_000;
let timer = 0;

export function say(text: string, is_bad = false, shown_ms = SHOWN_MS): void {
  const notice = byId("notice", HTMLParagraphElement);
  clearTimeout(timer);
  notice.textContent = text;
  notice.classList.toggle("bad", is_bad);
  timer = setTimeout(() => {
    notice.textContent = "";
  }, shown_ms);
}

/** Waits for something asked of `npm start`, and says why it was refused. Undefined: it was. */
export async function orSay<Answer>(what: string, asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(`${what}: ${error.message}`, true);
    return undefined;
  }
}
