/**
 * `#tls` of a modem that does TLS itself: what it is told before it opens a connection. Why it could not is found by trials.ts.
 * Clauses: Quectel BG96 SSL, FILE and AT Commands Manuals (SSL, FILE, AT), TCP/IP Application Note (TCP).
 */
import { Reason } from "../reason.ts";
import { Released } from "../released.ts";
import { type Protection, Tls } from "../socket.ts";
import { isTrial, Trial, trial } from "./trials.ts";
import { type Row, row } from "./way.ts";

export { beginTrials as beginTls, isTrial, opened as tlsOpened } from "./trials.ts";

/** What the modem is told, in this order. It forgets it when it restarts, or, says SSL 2.1.5, after a connection: so each time. */
const enum Step {
  /** The files of the settings are in its store. */
  Authority,
  Certificate,
  Key,
  /** Its clock, which certificates' dates are held against, is set by ours; */
  SetClock,
  /** or, while we don't know the time, is right already; */
  ReadClock,
  /** or is set by a time server, which is waited for. */
  AskTime,
  Wait,
  /** The names of the settings that it has. */
  Names,
  Version,
  Suites,
  Level,
  UseAuthority,
  UseCertificate,
  UseKey,
  Dates,
  /** The host's name is told to the server, which may have several; */
  ServerName,
  /** and compared with the one in its certificate. */
  HostName,
  Negotiation,
  Open,
}

const enum Limit {
  /** Of each command: "300 ms"; none waits for the network. And between two looks at the clock. */
  Step_ms = 5000,
  /** A minute for the time server; the manual says up to 125 s (TCP 2.1.12), and the next try finds what came late. */
  Looks = 12,
}

/** `"seclevel"` (SSL 2.1.1). */
const enum Level {
  Unverified,
  Server,
  Mutual,
}

let step: Step;
let looks: number;
/** What `"checkhost"` wants to be told; "": there is none in this modem. Undefined: it was not asked yet. */
let host_check: string | undefined;

/** Whether the next connection is one of plain TCP; else the modem is told first how to protect it. */
export function isPlain(protection: Protection): boolean {
  step = Step.Authority;
  looks = 0;
  return !protection.tls || trial === Trial.Plain;
}

/** How a connection is protected, for people. */
export function protectionWords(protection: Protection): string {
  if (!protection.tls) return "plain text";
  return (
    (protection.tls === Tls.Mutual ? "TLS, client certificate" : "TLS") +
    (host_check === "" ? ", host name not checked" : "")
  );
}

/** The file that a step is about. */
function fileOf(now: Step, protection: Protection): string {
  switch (now) {
    case Step.Authority:
    case Step.UseAuthority:
      return protection.ca as string;
    case Step.Certificate:
    case Step.UseCertificate:
      return protection.cert as string;
    default:
      return protection.key as string;
  }
}

/** Whether a line, `+QFLST: "UFS:NAME",SIZE`, says that all of the file is there (FILE 2.2). */
function hasAll(line: string, file: string): boolean {
  return line.split('"')[2] === "," + file.split(",")[1];
}

/**
 * A setting of our SSL context (SSL 2.1.1): 1; of trials 2, so that what they leave out is always demanded of the connection that
 * is used.
 */
function setting(name: string, value: string | number, otherwise?: Reason): Row {
  return row('AT+QSSLCFG="' + name + '",' + (isTrial() ? 2 : 1) + "," + value, Limit.Step_ms, otherwise);
}

/** Of "NAME,SIZE", as `flash` writes it into the settings: the name, in quotes. */
function quoted(file: string): string {
  return '"' + file.split(",")[0] + '"';
}

/** The time as the modem's clock takes it, from `2026-11-29T22:54:56.000Z` (AT 6.7). */
function clockText(iso: string): string {
  return iso.substr(2, 17).split("-").join("/").replace("T", ",") + "+00";
}

/** The command of a step; without text: a pause. Made when it is sent, so that the table takes no RAM. @seldom */
function rowOf(now: Step, protection: Protection): Row {
  const level =
    trial === Trial.AnyChain ? Level.Unverified : trial === Trial.Anonymous ? Level.Server : protection.tls;
  switch (now) {
    case Step.Authority:
    case Step.Certificate:
    case Step.Key:
      return row(
        "AT+QFLST=" + quoted(fileOf(now, protection)),
        Limit.Step_ms,
        now === Step.Authority ? Reason.NoAuthority : Reason.NoCertificate,
      );
    case Step.SetClock:
      return row('AT+CCLK="' + clockText(new Date().toISOString()) + '"', Limit.Step_ms);
    case Step.ReadClock:
      return row("AT+CCLK?", Limit.Step_ms);
    case Step.AskTime:
      return row('AT+QNTP=1,"pool.ntp.org"', Limit.Step_ms);
    case Step.Wait:
      return row("", Limit.Step_ms);
    case Step.Names:
      return row("AT+QSSLCFG=?", Limit.Step_ms);
    // TLS 1.2; the manual's 4, all, would let SSL 3.0 in.
    case Step.Version:
      return setting("sslversion", 3, Reason.TlsSettings);
    case Step.Suites:
      return setting("ciphersuite", "0xFFFF", Reason.TlsSettings);
    case Step.Level:
      return setting("seclevel", level as number, Reason.TlsSettings);
    case Step.UseAuthority:
      return setting("cacert", quoted(fileOf(now, protection)), Reason.TlsSettings);
    case Step.UseCertificate:
      return setting("clientcert", quoted(fileOf(now, protection)), Reason.TlsSettings);
    case Step.UseKey:
      return setting("clientkey", quoted(fileOf(now, protection)), Reason.TlsSettings);
    case Step.Dates:
      return setting("ignorelocaltime", trial < Trial.AnyTime ? 0 : 1, Reason.TlsSettings);
    // Old ones don't know it, and reach servers that have one name.
    case Step.ServerName:
      return setting("sni", 1);
    // Where it is not listed it is tried: the list may be garbled. Off it is anyway.
    case Step.HostName:
      return trial < Trial.AnyName
        ? setting("checkhost", host_check || 1, host_check ? Reason.TlsSettings : Reason.None)
        : setting("checkhost", 0);
    // Seconds; 300 by default, for which the ladder would wait.
    default:
      return setting("negotiatetime", 60);
  }
}

/** The next command for the modem, with the time for its answer; without a text it is a pause. Undefined: it is told all. */
export function tlsRow(protection: Protection): Row | undefined {
  return step === Step.Open ? undefined : rowOf(step, protection);
}

/** The modem's clock shows what may be the time. It begins in 1980, or 2004. */
function isSet(answer: string): boolean {
  const date = answer.split('"')[1] || "";
  return date >= Released.Date && date < "70";
}

/** What `"checkhost"` wants, from the list of all settings: a switch, or in some modems the name itself; "": it is not listed. */
function hostCheck(names: string[], host: string): string {
  const line = names.filter(function (name) {
    return name.lastIndexOf('"checkhost"') >= 0;
  })[0];
  if (!line) return "";
  return line.indexOf("<") < 0 ? "1" : '"' + host + '"';
}

/** Takes the answer to what `tlsRow` gave. Gives why there can be no connection; None: on with the next. @seldom */
export function tlsTold(answer: Reason, lines: string[], protection: Protection, host: string): Reason {
  const now = step;
  const line = lines[0] || "";
  const row = rowOf(now, protection);
  // What was not heard is neither missing nor refused. A time server may let the modem wait.
  if (answer === Reason.NoAnswer && now !== Step.AskTime) return answer;
  if (row.otherwise_ && (answer || (now <= Step.Key && !hasAll(line, fileOf(now, protection)))))
    return row.otherwise_;
  step = now + 1;
  switch (now) {
    case Step.Authority:
      if (protection.tls !== Tls.Mutual) step = timeStep();
      break;
    case Step.Key:
      step = timeStep();
      break;
    case Step.SetClock:
      if (!answer) step = Step.Names;
      break;
    case Step.ReadClock:
      if (isSet(line)) step = Step.Names;
      else if (++looks > Limit.Looks) return Reason.ClockUnknown;
      else if (looks > 1) step = Step.Wait;
      break;
    case Step.Wait:
      step = timeStep();
      break;
    case Step.Names:
      host_check = hostCheck(lines, host) || host_check || "";
      break;
    case Step.UseAuthority:
      if (protection.tls !== Tls.Mutual) step = Step.Dates;
      break;
    case Step.HostName:
      if (!answer) host_check = host_check || "1";
      break;
  }
  return Reason.None;
}

/** Our clock shows nothing in these years that was not believed to be the time; see clock.ts. */
function timeStep(): Step {
  const since_ms = Date.now() - Released.Ms;
  return since_ms >= 0 && since_ms < Released.Far_ms ? Step.SetClock : Step.ReadClock;
}
