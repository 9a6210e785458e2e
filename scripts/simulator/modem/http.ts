import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { FileStore } from "./files.ts";
import type { Commands } from "./interpreter.ts";
import type { PdpContexts } from "./pdp.ts";

export interface Http {
  commands: Commands;
  reset(): void;
}

/** BG96 HTTP(S) AT Commands Manual V1.0, chapter 5. */
const BUSY = 703;
const NO_REQUEST = 705;
const NOT_ACTIVE = 709;
const URL_ERROR = 711;
const NO_URL = 712;
const NO_NAME = 714;
const READ_TIMEOUT = 722;
const INPUT_TIMEOUT = 726;
const NO_ANSWER = 728;
const WRONG = 730;
/** To the answer's header, and what LTE-M gives a second. */
const LATENCY_MS = 700;
const BYTES_PER_S = 20_000;
/** Of a request or an answer's header. */
const HEADER_BYTES = 200;

/** The module's HTTP client: GET, and the answer's body into a file. The port is free meanwhile, but for the URL. */
export function createHttp(core: Core, pdp: PdpContexts, store: FileStore, flowing: () => boolean): Http {
  let url = "";
  let body: string | undefined;
  let busy = false;

  /** Reports what `result` gives, `ms` later; or, where nothing flows, `failure` when its time is over. */
  function reportLater(name: string, ms: number, timeout_s: number, failure: number, result: () => string) {
    busy = true;
    const stuck = !flowing();
    core.after(stuck ? timeout_s * 1000 : ms, () => {
      busy = false;
      core.report(`${name}: ${stuck ? failure : result()}`);
    });
  }

  const commands: Commands = {
    "+QHTTPCFG": (command, reply) => {
      const context = integer(command, 1, 1, 16);
      if (quoted(command, 0) !== "contextid" || context === undefined) return reply.error(WRONG);
      reply.ok();
    },
    "+QHTTPURL": (command, reply) => {
      const length = integer(command, 0, 1, 700);
      const timeout_s = integer(command, 1, 1, 65_535, 60);
      if (length === undefined || timeout_s === undefined) return reply.error(WRONG);
      if (busy) return reply.error(BUSY);
      reply.collect({
        prompt: "\r\nCONNECT\r\n",
        length,
        timeout_ms: timeout_s * 1000,
        echo: false,
        done(data, ended) {
          if (ended !== "complete") return reply.error(INPUT_TIMEOUT);
          if (!/^https?:\/\//.test(data)) return reply.error(URL_ERROR);
          url = data;
          reply.ok();
        },
      });
    },
    "+QHTTPGET": (command, reply) => {
      const timeout_s = integer(command, 0, 1, 65_535, 60);
      if (timeout_s === undefined) return reply.error(WRONG);
      if (url === "") return reply.error(NO_URL);
      if (busy) return reply.error(BUSY);
      if (!pdp.isActive(1)) return reply.error(NOT_ACTIVE);
      reply.ok();
      body = undefined;
      const answer = core.options.http?.(url);
      if (flowing()) core.traffic(HEADER_BYTES, HEADER_BYTES);
      reportLater("+QHTTPGET", LATENCY_MS, timeout_s, NO_ANSWER, () => {
        body = answer?.body;
        return answer ? `0,${answer.status},${answer.body.length}` : String(NO_NAME);
      });
    },
    "+QHTTPREADFILE": (command, reply) => {
      const name = quoted(command, 0)?.replace(/^UFS:/, "");
      const timeout_s = integer(command, 1, 1, 65_535, 60);
      if (!name || name.length > 80 || timeout_s === undefined) return reply.error(WRONG);
      if (busy) return reply.error(BUSY);
      if (body === undefined) return reply.error(NO_REQUEST);
      reply.ok();
      const data = body;
      body = undefined;
      if (flowing()) core.traffic(0, data.length);
      const time_ms = (data.length / BYTES_PER_S) * 1000;
      reportLater("+QHTTPREADFILE", time_ms, timeout_s, READ_TIMEOUT, () => {
        store.files.set(name, data);
        return "0";
      });
    },
  };

  return {
    commands,
    reset() {
      url = "";
      body = undefined;
      busy = false;
    },
  };
}
