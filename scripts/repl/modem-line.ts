/**
 * The modem's line taken apart: lines of AT, and MQTT packets, out in what follows AT+QISEND, in by +QIRD's counted bytes; with
 * TLS the same by their other names.
 */
import { type Packet, type Parser, parser } from "mqtt-packet";
import type { Traced } from "./trace.ts";

type Direction = Traced["direction"];

interface ModemLineEvents {
  /** A command, or a line of the modem's; without its end, and without a socket's bytes. */
  line?(direction: Direction, line: string): void;
  packet(direction: Direction, packet: Packet): void;
  /** What a socket had was no MQTT, and why. */
  broken?(direction: Direction, why: string): void;
  /** The next socket is opened: what was under way is over. */
  opened?(): void;
}

const OPEN = /^AT\+(?:QIOPEN|QSSLOPEN)=/;
const SEND = /^AT\+(?:QISEND|QSSLSEND)=\d+,(\d+)$/;
const READ = /\+(?:QIRD|QSSLRECV): (\d+)$/;
/** After these the modem takes no payload, though it was told of one. */
const REFUSED = /^(ERROR|\+CME ERROR: .*|RDY)$/;
/** More without an end is no line. */
const LONGEST_LINE = 2048;

/** Gives a function that takes what was traced, in order and in any pieces. */
export function createModemLine(events: ModemLineEvents): (traced: Traced) => void {
  let parsers: Record<Direction, Parser>;
  const lines: Record<Direction, string> = { ">": "", "<": "" };
  /** Bytes of a socket that come next. */
  const owed: Record<Direction, number> = { ">": 0, "<": 0 };

  const listen = (direction: Direction): Parser => {
    const own = parser({ protocolVersion: 4 });
    own.on("packet", (packet) => events.packet(direction, packet));
    own.on("error", (error) => {
      events.broken?.(direction, error.message);
      // As when the trace begins in the middle of a packet: the next piece may begin one.
      restart();
    });
    return own;
  };
  function restart(): void {
    parsers = { ">": listen(">"), "<": listen("<") };
  }
  restart();

  function take(direction: Direction, line: string): void {
    if (direction === "<") {
      owed["<"] = Number(READ.exec(line)?.[1] ?? 0);
      if (REFUSED.test(line)) owed[">"] = 0;
    } else {
      owed[">"] = Number(SEND.exec(line)?.[1] ?? 0);
      if (OPEN.test(line)) {
        restart();
        events.opened?.();
      }
    }
    if (line) events.line?.(direction, line);
  }

  return ({ direction, bytes }) => {
    const end = direction === ">" ? "\r" : "\n";
    // A command, whatever the modem was told of before.
    if (direction === ">" && bytes.startsWith("AT") && bytes.length !== owed[">"]) {
      owed[">"] = 0;
      lines[">"] = "";
    }
    for (let rest = bytes; rest; ) {
      const payload = rest.slice(0, owed[direction]);
      if (payload) {
        owed[direction] -= payload.length;
        rest = rest.slice(payload.length);
        parsers[direction].parse(Buffer.from(payload, "latin1"));
        continue;
      }
      const at = rest.indexOf(end);
      const line = lines[direction] + (at < 0 ? rest : rest.slice(0, at));
      rest = at < 0 ? "" : rest.slice(at + 1);
      lines[direction] = at < 0 ? line.slice(-LONGEST_LINE) : "";
      // The prompt ends with no line.
      if (at >= 0) take(direction, line.replace(/[\r\n]/g, "").replace(/^> ?/, ""));
    }
  };
}
