import { integer, quoted } from "./command.ts";
import type { Core } from "./core.ts";
import type { Commands } from "./interpreter.ts";

const BAD_INPUT = 400;
const NOT_FOUND = 405;
const BAD_NAME = 406;
const EXISTS = 407;
const NO_SPACE = 420;
const TIMEOUT = 421;
const TOO_LARGE = 423;
const CAPACITY = 1_000_000;

/** The files by name, as strings of bytes, and the commands that work on them. */
export interface FileStore {
  files: Map<string, string>;
  commands: Commands;
}

/** The module's file store, kept over power-off. */
export function createFileStore(core: Core): FileStore {
  const files = new Map<string, string>(Object.entries(core.options.files ?? {}));
  const nameOf = (text: string | undefined): string | undefined => text?.replace(/^UFS:/, "");
  const used = (): number => [...files.values()].reduce((sum, data) => sum + data.length, 0);

  const commands: Commands = {
    "+QFLDS": (_command, reply) => {
      reply.info(`+QFLDS: ${CAPACITY - used()},${CAPACITY}`);
      reply.ok();
    },
    "+QFLST": (command, reply) => {
      const pattern = nameOf(quoted(command, 0)) ?? "*";
      const found = [...files].filter(([name]) => pattern === "*" || pattern === name);
      if (found.length === 0 && core.faults.listError) return reply.error(NOT_FOUND);
      for (const [name, data] of found) reply.info(`+QFLST: "${name}",${data.length}`);
      reply.ok();
    },
    "+QFDEL": (command, reply) => {
      const name = nameOf(quoted(command, 0));
      if (name === "*") files.clear();
      else if (name === undefined || !files.delete(name)) return reply.error(NOT_FOUND);
      reply.ok();
    },
    "+QFUPL": (command, reply) => {
      const name = nameOf(quoted(command, 0));
      const length = integer(command, 1, 1, Number.MAX_SAFE_INTEGER, 10_240);
      const timeout_s = integer(command, 2, 1, 65_535, 5);
      const acknowledges = integer(command, 3, 0, 1, 0);
      if (!name || name.length > 80) return reply.error(BAD_NAME);
      if (length === undefined || timeout_s === undefined || acknowledges === undefined)
        return reply.error(BAD_INPUT);
      if (files.has(name)) return reply.error(EXISTS);
      if (length > CAPACITY) return reply.error(TOO_LARGE);
      if (length > CAPACITY - used()) return reply.error(NO_SPACE);
      reply.collect({
        prompt: "\r\nCONNECT\r\n",
        length,
        timeout_ms: timeout_s * 1000,
        patient: true,
        acknowledges: acknowledges === 1,
        echo: false,
        done(data, ended) {
          if (ended === "timeout" && data === "") return reply.error(TIMEOUT);
          files.set(name, data);
          reply.info(`+QFUPL: ${data.length},${checksum(data)}`);
          reply.ok();
        },
      });
    },
    "+QFDWL": (command, reply) => {
      const data = files.get(nameOf(quoted(command, 0)) ?? "");
      if (data === undefined) return reply.error(NOT_FOUND);
      core.after(core.times.answer_ms, () => {
        core.send(`\r\nCONNECT\r\n${data}`);
        reply.info(`+QFDWL: ${data.length},${checksum(data)}`);
        reply.ok();
      });
    },
  };
  return { files, commands };
}

/** XOR of the 16-bit words, an odd last byte in the high half; hexadecimal without leading zeros, as real ones print it. */
function checksum(data: string): string {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum ^= data.charCodeAt(i) << (i % 2 === 0 ? 8 : 0);
  return sum.toString(16);
}
