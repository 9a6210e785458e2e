import type { TestContext } from "node:test";
import { install } from "@sinonjs/fake-timers";
import type * as channels from "../../firmware/modem/at.ts";
import type * as sockets from "../../firmware/modem/socket.ts";
import type * as tls from "../../firmware/modem/tls.ts";
import { Reason } from "../../firmware/reason.ts";
import type { Protection } from "../../firmware/socket.ts";
import { words } from "../../firmware/words.ts";
import { type Answers, ERROR, FakeSerial, OK, ok } from "./fake-serial.ts";
import { bootable } from "./fresh.ts";

const boot = bootable<typeof channels & typeof sockets & typeof tls>(
  "modem/at.ts",
  "modem/socket.ts",
  "modem/tls.ts",
);

export const NOW = Date.UTC(2026, 10, 29, 22, 54, 56);
export const SERVER: Protection = { tls: 1, ca: "0a1b2c3d.pem,1939" };
export const MUTUAL: Protection = {
  tls: 2,
  ca: "0a1b2c3d.pem,1939",
  cert: "1111aaaa.pem,1204",
  key: "2222bbbb.pem,1675",
};

/** What a modem answers that has all files and takes all settings. */
export function able(): Answers {
  return {
    AT: OK,
    "AT+QSSLCLOSE=0": OK,
    "AT+QICLOSE=0": OK,
    "AT+QSSLCLOSE=1": OK,
    "AT+QICLOSE=1": OK,
    'AT+QFLST="0a1b2c3d.pem"': ok('+QFLST: "0a1b2c3d.pem",1939'),
    'AT+QFLST="1111aaaa.pem"': ok('+QFLST: "UFS:1111aaaa.pem",1204'),
    'AT+QFLST="2222bbbb.pem"': ok('+QFLST: "2222bbbb.pem",1675'),
    "AT+QSSLCFG=?": ok(
      '+QSSLCFG: "sslversion",(0-5),(0-4)',
      '+QSSLCFG: "sni",(0-5),(0,1)',
      '+QSSLCFG: "checkhost",(0-5),(0,1)',
    ),
    'AT+QSSLCFG="sslversion",1,3': OK,
    'AT+QSSLCFG="ciphersuite",1,0xFFFF': OK,
    'AT+QSSLCFG="seclevel",1,0': OK,
    'AT+QSSLCFG="seclevel",1,1': OK,
    'AT+QSSLCFG="seclevel",1,2': OK,
    'AT+QSSLCFG="cacert",1,"0a1b2c3d.pem"': OK,
    'AT+QSSLCFG="clientcert",1,"1111aaaa.pem"': OK,
    'AT+QSSLCFG="clientkey",1,"2222bbbb.pem"': OK,
    'AT+QSSLCFG="ignorelocaltime",1,0': OK,
    'AT+QSSLCFG="ignorelocaltime",1,1': OK,
    'AT+QSSLCFG="sni",1,1': OK,
    'AT+QSSLCFG="checkhost",1,0': OK,
    'AT+QSSLCFG="checkhost",1,1': OK,
    'AT+QSSLCFG="negotiatetime",1,60': OK,
    "AT+QSSLRECV=0,512": "\r\n+QSSLRECV: 0\r\n\r\nOK\r\n",
    "AT+QIRD=0,512": "\r\n+QIRD: 0\r\n\r\nOK\r\n",
  };
}

export const OPEN = 'AT+QSSLOPEN=1,1,0,"broker.example",8883,0';
/** Of a trial. */
export const OPEN_TRIAL = 'AT+QSSLOPEN=1,2,1,"broker.example",8883,0';
export const OPEN_PLAIN = 'AT+QIOPEN=1,1,"TCP","broker.example",8883,0,0';

/** What a server meets: the connections, from strict to lax, that it lets come about. */
export type Meets = (demands: { plain: boolean; level: number; names: boolean; dates: boolean }) => boolean;

/** The AT channel and the socket on a scripted modem; `refusal` is the number it says when a connection comes to nothing. */
export function setup(t: TestContext, now_ms = NOW) {
  const clock = install({ now: now_ms, toFake: ["setTimeout", "clearTimeout", "Date"] });
  t.after(() => clock.uninstall());
  const serial = new FakeSerial();
  const parts = boot();
  const events: string[] = [];
  const lost = (reason: Reason) => {
    parts.endSocket(reason);
    parts.abandon(reason);
  };
  // Its clock is set to whatever time it is. A trial's settings are taken as the others are.
  serial.answers = new Proxy(able(), {
    get: (answers, text: string) =>
      answers[text] ??
      answers[text.replace('",2,', '",1,')] ??
      (text.startsWith('AT+CCLK="') ? OK : undefined),
  });
  parts.listen({
    port_: serial,
    urc_(line) {
      parts.socketUrc(line);
      return false;
    },
    silent_: () => lost(Reason.ModemSilent),
  });
  const open = (protection = SERVER) =>
    parts.open(
      "broker.example",
      8883,
      {
        onOpen: () => void events.push("open"),
        onData: (bytes) => void events.push(`data ${bytes}`),
        takesData: () => true,
        onWritable: () => void events.push("writable"),
        onClose: (reason) => void events.push(words(reason)),
      },
      protection,
    );
  /** The modem opens what this server meets, and says `refusal` of the rest. */
  const serve = (meets: Meets, refusal = 566) => {
    const set = (context: number, name: string) =>
      Number(
        serial.commands
          .filter((text) => text.startsWith(`AT+QSSLCFG="${name}",${context},`))
          .at(-1)
          ?.split(",")[2],
      );
    const report = (kind: string, id: number) => {
      const demands = {
        plain: kind === "QIOPEN",
        level: set(1 + id, "seclevel"),
        names: set(1 + id, "checkhost") === 1,
        dates: set(1 + id, "ignorelocaltime") === 0,
      };
      return ok(`+${kind}: ${id},${meets(demands) ? 0 : refusal}`);
    };
    for (const [command, kind, id] of [
      [OPEN, "QSSLOPEN", 0],
      [OPEN_TRIAL, "QSSLOPEN", 1],
      [OPEN_PLAIN, "QIOPEN", 1],
    ] as const)
      Object.defineProperty(serial.answers, command, { get: () => report(kind, id), configurable: true });
  };
  return { clock, serial, parts, events, open, serve, lost };
}

export { ERROR, OK, ok };
