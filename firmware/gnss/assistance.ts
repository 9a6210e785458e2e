/**
 * `#assistance`: data by which the modem's GNSS engine finds its satellites sooner (XTRA), fetched by the modem itself, over the
 * connection it has. Clauses: BG96 GNSS AT Commands Manual V1.1 (GNSS), HTTP(S) AT Commands Manual V1.0 (HTTP).
 *
 *   idle ──online, the engine off, and it is time──► AT+QGPSXTRADATA?
 *     ▲                                                │ none that holds      │ they hold: an hour later
 *     │                                                ▼                      │ ERROR: AT+QGPSXTRA=1, which takes effect when
 *     │                                        URL, GET, into a file          │        the modem starts the next time
 *     │                                                ▼
 *     └──later each time it fails────────── the time, the data
 *
 * The channel is free meanwhile: what takes long the modem tells later, by a line of its own. It holds up nobody's connection;
 * `assisting` says that it is better not to sleep yet.
 */
import { log } from "#log";
import { decimal } from "../decimal.ts";
import type { DeviceConfig } from "../device-config.ts";
import { begins, type Channel, command } from "../modem/at.ts";
import { Reason } from "../reason.ts";
import { now_ms, ran_ms, started_ms } from "../tracker/clock.ts";
import { dayOf, timeOfDay, Utc } from "../utc.ts";
import { words } from "../words.ts";

const enum Limit {
  Command_ms = 5000,
  /** For the URL's bytes after CONNECT; then the modem listens to commands again. */
  Url_s = 3,
  Url_ms = 6000,
  /** To the header of the answer; and between two packets of its body, 50 KB (GNSS 1.3). */
  Http_s = 30,
  /** What the modem tells later is told so much later at most. */
  Told_ms = 45000,
  LeastBytes = 1000,
  MostBytes = 65536,
  /** From look to look; after failures twice as long each time, up to a day. */
  Look_ms = 3600000,
  Ok = 200,
}

/** In the order they are taken. */
const enum Step {
  /** Nothing is under way. */
  Idle,
  /** Is the engine off? */
  Engine,
  /** Do the data hold? */
  Data,
  Url,
  Get,
  /** What was there before. */
  Remove,
  Store,
  Time,
  Inject,
  Clean,
  /** In place of all from Url on. */
  Enable,
}

let step = Step.Idle;
let modem: Channel;
/** How long the board runs when it looks next; and from look to look. */
let next_ms = 0;
let pause_ms = Limit.Look_ms as number;
/** 1: the function was switched on, which takes effect when the modem starts the next time (GNSS 2.7). */
let enabled: 0 | 1 = 0;
/** For what the modem tells later. */
let timer: ReturnType<typeof setTimeout> | 0 | undefined;

/** Whether data are being fetched, which takes two minutes at most. */
export function assisting(): boolean {
  return step !== Step.Idle;
}

/** To be called while connected, and when the engine is not needed: looks whether the data hold, and fetches others. */
export function assist(config: DeviceConfig, its_modem: Channel): void {
  // The engine has to be told the time.
  if (config.assistance && started_ms && !step && ran_ms() >= next_ms) {
    modem = its_modem;
    goTo(Step.Engine);
  }
}

function goTo(next: Step): void {
  step = next;
  command(commandOf(next), takeStep, next === Step.Url ? Limit.Url_ms : Limit.Command_ms);
}

function url(): string {
  return "http://xtrapath1.izatcloud.net/xtra2.bin";
}

/** The command of a step. @seldom */
function commandOf(its_step: Step): string {
  const file = '"UFS:xtra2.bin"';
  switch (its_step) {
    case Step.Engine:
      return "AT+QGPS?";
    case Step.Data:
      return "AT+QGPSXTRADATA?";
    case Step.Enable:
      return "AT+QGPSXTRA=1";
    // HTTP 2.2, 2.3, 2.7
    case Step.Url:
      return "AT+QHTTPURL=" + url().length + "," + Limit.Url_s;
    case Step.Get:
      return "AT+QHTTPGET=" + Limit.Http_s;
    case Step.Store:
      return "AT+QHTTPREADFILE=" + file + "," + Limit.Http_s;
    case Step.Time: {
      // 2026-05-17T09:30:00.000Z: as UTC, to be taken, exact to the 3.5 s that is the least (GNSS 2.8)
      const iso = new Date(now_ms()).toISOString();
      return 'AT+QGPSXTRATIME=0,"' + iso.substr(0, 19).split("-").join("/").replace("T", ",") + '",1,1,3500';
    }
    case Step.Inject:
      return "AT+QGPSXTRADATA=" + file;
    default:
      return "AT+QFDEL=" + file;
  }
}

/** The answer to a step's command. @seldom callbacks */
function takeStep(reason: Reason, lines: string[]): void {
  const line = lines[0] || "";
  switch (step) {
    case Step.Engine:
      if (reason) end(reason);
      else if (line.substr(-1) === "0") goTo(Step.Data);
      // It was switched on meanwhile: some other time.
      else step = Step.Idle;
      break;
    case Step.Data:
      if (!reason) {
        if (holds(line)) end(Reason.None);
        else goTo(Step.Url);
      } else if (enabled || reason > Reason.ModemError) end(reason);
      else goTo(Step.Enable);
      break;
    case Step.Enable:
      enabled = reason ? 0 : 1;
      end(reason);
      break;
    case Step.Get:
    case Step.Store:
      if (reason) end(reason);
      else timer = setTimeout(end, Limit.Told_ms, Reason.NoAnswer);
      break;
    case Step.Remove:
      // There may be none.
      goTo(Step.Store);
      break;
    case Step.Clean:
      end(Reason.None);
      break;
    default:
      if (reason) end(reason);
      else goTo(step + 1);
  }
}

/**
 * `+QGPSXTRADATA: 10080,"2026/05/17,09:00:00"`, the minutes they hold, and since when; 0: there are none, or they are too
 * old (GNSS 2.9). @seldom
 */
function holds(line: string): boolean {
  const minutes = decimal((line.split(",")[0] as string).substr(15)) as number;
  const days = (line.split('"')[1] || "").split(",");
  const day = (days[0] as string).split("/");
  const from_ms = dayOf(decimal(day[0]), decimal(day[1]), decimal(day[2]));
  const clock_ms = timeOfDay((days[1] || "").split(":").join("")) as number;
  return minutes > 0 && from_ms > 0 && from_ms + clock_ms + minutes * Utc.Minute_ms > now_ms();
}

/** Lines that are no answers: what the modem tells of the URL, the GET and the file. @seldom callbacks */
export function assistanceUrc(line: string): void {
  if (step === Step.Url && line === "CONNECT") modem.port_.write(url());
  else if (step === Step.Get && timer && begins(line, "+QHTTPGET: ")) {
    // error,status,length
    const parts = line.substr(11).split(",");
    const error = decimal(parts[0]) as number;
    const status = decimal(parts[1]);
    const length = decimal(parts[2]) as number;
    told();
    if (error) end(error);
    else if (status !== Limit.Ok) end(Reason.ServerSays, status);
    else if (length >= Limit.LeastBytes && length <= Limit.MostBytes) goTo(Step.Remove);
    else end(Reason.ServerSays, length + " bytes");
  } else if (step === Step.Store && timer && begins(line, "+QHTTPREADFILE: ")) {
    const error = decimal(line.substr(16)) as number;
    told();
    if (error) end(error);
    else goTo(Step.Time);
  }
}

function told(): void {
  if (timer) clearTimeout(timer);
  timer = 0;
}

/** Ends it: all is well (None), or why it is not, and then it is longer until the next look. */
function end(reason: Reason, detail?: unknown): void {
  timer = 0;
  step = Step.Idle;
  pause_ms = reason ? Math.min(2 * pause_ms, Utc.Day_ms) : Limit.Look_ms;
  next_ms = ran_ms() + pause_ms;
  if (reason) log("assistance: " + words(reason, detail));
}
