/** The simulated world of `npm start`: trackers, the server that they report to, a meter; made, played with, and ended. */
import type { BoardName } from "../boards.ts";
import { choicesOf, SOURCES } from "../build/boards.ts";
import type { Choices } from "../build/features.ts";
import type { Loader } from "../build/loader.ts";
import { isAnswer } from "../device/answers.ts";
import { readTrace, showTrace } from "../repl/trace.ts";
import { createMeter } from "../simulator/energy/meter.ts";
import type { Reading } from "../simulator/energy/reading.ts";
import type { SerialPeer } from "../simulator/espruino/serial-peer.ts";
import type { FastClock } from "../simulator/fast-clock.ts";
import { RpcError } from "../simulator/thingsboard/rpc.ts";
import type { FleetCertificates } from "./certificates.ts";
import type { EventStream } from "./event-stream.ts";
import { type FleetMember, fleetOf, trackFrom } from "./fleet.ts";
import { methodsOf } from "./methods.ts";
import { offeredSettings } from "./offered-settings.ts";
import type { StartOptions } from "./options.ts";
import type {
  FaultOffered,
  Hello,
  SampleTold,
  SettingOffered,
  SettingsAnswer,
  TraceTold,
} from "./page/events.ts";
import { createPast } from "./past.ts";
import { featuresOf, type Policy } from "./policies.ts";
import { Refusal } from "./refusal.ts";
import { type Running, watchTracker } from "./running.ts";
import { isFix } from "./sample-line.ts";
import {
  chooseMqttPorts,
  foreign,
  type MqttPorts,
  type Server,
  type StoredSample,
  standIn,
} from "./servers.ts";
import { changeSettings, type Told } from "./settings-change.ts";
import { type SimulatedTracker, startRealTracker, startTracker } from "./tracker.ts";
import { boardSettings, modemFiles, type Wanted } from "./tracker-file.ts";
import { faultsOf, offered, onFor, type Victims } from "./world-faults.ts";

/** What a world is made of. */
export interface WorldParts {
  options: StartOptions;
  board: BoardName;
  policy: Policy;
  clock: FastClock;
  /** What was built for the board. */
  blob: string;
  loader: Loader | undefined;
  /** What the receivers see. */
  track: string;
  certificates: FleetCertificates | undefined;
  /** The stand-in's, if it is to be where one was before. */
  ports: MqttPorts | undefined;
  /** Of the HTTP server. */
  origin: string;
  /** What the first board's console is connected to. */
  console: SerialPeer | undefined;
  tell: EventStream["tell"];
  /** A line that a tracker's console printed, or a sample that the server has. */
  onLine(tracker: string, line: string): void;
  onSample(sample: StoredSample): void;
}

/** What is told to whoever looks on later: as much as a page shows. */
const MOST = { samples: 3000, traces: 500 };
/** Each tracker is looked at so often, real time. */
const LOOK_MS = 1000;
/** So long a reply is waited for, real time. */
const CALL_MS = 30_000;
/** What is told of each fix besides, where the board can: it takes no room in its flash. */
const EXTRAS = "why,battery,signal_dbm";

/** The same whether the world is one that was made anew. */
export type World = Awaited<ReturnType<typeof createWorld>>;

/** Resolves when the first tracker runs; the others follow, one after the other. */
export async function createWorld(parts: WorldParts) {
  const { options, board, policy, clock, certificates, tell } = parts;
  const { espruino: binary, token, gnss } = options;
  const built: Choices = choicesOf(board, { gnss, ...featuresOf(policy, board) });
  const fleet = fleetOf(options.trackers, token);
  const names = fleet.map(({ name }) => name);
  const first = fleet[0].name;
  const samples = createPast<SampleTold>(MOST.samples);
  const traces = createPast<TraceTold>(MOST.traces);
  const meter = createMeter({ clock, board });
  const counts = { fixes: 0, reports: 0 };
  const running: Running[] = [];
  let has_ended = false;

  function onSample(sample: StoredSample): void {
    if (isFix(sample.values)) counts.fixes++;
    else counts.reports++;
    const { device, ts, stored_ms, values } = sample;
    const told: SampleTold = { tracker: device, ts, stored_ms, values };
    samples.add(told);
    tell("sample", told);
    parts.onSample(sample);
  }

  const server: Server = options.broker
    ? foreign(options.broker, first, clock, onSample)
    : await standIn({
        devices: fleet,
        certificates,
        ports: parts.ports ?? (await chooseMqttPorts(options)),
        clock,
        origin: parts.origin,
        onSample,
      });
  const { host, port, thingsboard } = server;

  function wantedOf({ name, token, client_id }: FleetMember): Wanted {
    const { interval_s, sleeps } = policy;
    return {
      board,
      server: { host, port },
      token,
      client_id,
      interval_s,
      debug: options.debug,
      certificates: certificates && { ...certificates, device: certificates.devices.get(name) },
      more: { ...sleeps, ...(built.extras === "yes" && { extras: EXTRAS }) },
    };
  }

  function onTrace(trace: TraceTold): void {
    traces.add(trace);
    tell("trace", trace);
  }

  async function begin(member: FleetMember): Promise<SimulatedTracker> {
    const { name, imei, iccid } = member;
    const wanted = wantedOf(member);
    const is_first = name === first;
    const all = {
      name,
      board,
      clock,
      blob: parts.blob,
      loader: parts.loader,
      config: boardSettings(wanted),
      track: gnss === "none" ? undefined : trackFrom(parts.track, member.begins),
      has_receiver: gnss === "nmea",
      modem: {
        files: modemFiles(wanted),
        ...(imei !== undefined && { imei }),
        ...(iccid !== undefined && { iccid }),
        ...(server.connect && { connect: server.connect }),
      },
      ...(is_first && { meter }),
      ...(is_first && parts.console && { console: parts.console }),
      print(line: string) {
        const traced = readTrace(line);
        if (!isAnswer(line)) parts.onLine(name, traced ? showTrace(traced) : line);
      },
    };
    const tracker = binary ? await startRealTracker(all, binary) : await startTracker(all);
    const secrets = fleet.map((one) => one.token).filter(({ length }) => length >= 6);
    running.push(watchTracker(tracker, clock, secrets, is_first ? onTrace : undefined));
    return tracker;
  }

  const first_tracker = await begin(fleet[0]).catch(async (error: Error) => {
    await server.close();
    throw error;
  });
  const others = (async () => {
    for (const member of fleet.slice(1)) if (!has_ended) await begin(member);
  })();

  const victims = (): Victims => ({
    names,
    trackers: running.map(({ tracker }) => tracker),
    thingsboard,
    certificate: server.certificate,
    has_gnss: gnss !== "none",
    has_supply: !binary,
  });

  let told_settings: string | undefined;
  const told = (): Told => (thingsboard ? (thingsboard.attributes(first) as Told) : {});
  const settings = (): SettingOffered[] =>
    thingsboard ? offeredSettings(board, built, boardSettings(wantedOf(fleet[0])), told().settings) : [];

  function lookAtSettings(): void {
    const now = JSON.stringify(told().settings);
    if (now !== told_settings) tell("settings", settings());
    told_settings = now;
  }

  const looking = setInterval(() => {
    for (const one of running)
      one.look().then(
        (status) => {
          if (status && !has_ended) tell("status", status);
        },
        // What it said is no status: the next look may be luckier.
        () => {},
      );
    lookAtSettings();
    tell("energy", meter.read());
  }, LOOK_MS);

  return {
    board,
    policy,
    names,
    counts,
    first_tracker,
    wanted: wantedOf(fleet[0]),
    hints: server.hints,
    rest: server.rest,
    /** The stand-in's; the next world has them, too. */
    ports: server.ports,
    /** "", or why its time cannot run faster than ours. */
    bound_to_ours: binary
      ? "the real interpreter has no other time than ours"
      : options.broker
        ? "a server that is not the stand-in would be told of the future"
        : "",
    /** Undefined: nothing can be played with. */
    play: first_tracker.play,
    energy: (): Reading => meter.read(),
    faults: (): FaultOffered[] => faultsOf(victims()).map((fault) => offered(fault, victims())),
    /** By the name of one that is offered. `tracker`: only that one's, where it is a tracker's. */
    async setFault(
      name: string,
      is_on: boolean,
      tracker?: string,
    ): Promise<{ name: string; is_on?: boolean }> {
      const all = victims();
      const fault = faultsOf(all).find((one) => one.name === name);
      if (!fault) throw new Refusal(400, `name: there is no fault ${name}`);
      const its = all.trackers.filter((one) => tracker === undefined || one.name === tracker);
      if (!its.length) throw new Refusal(503, `${tracker} is still starting: try again`);
      await fault.set(is_on, its, all);
      if (!fault.isOn) return { name };
      tell("fault", { name, on: onFor(fault, victims()) });
      return { name, is_on: fault.isOn({ ...victims(), trackers: its }) };
    },
    async call(tracker: string, method: string, params: unknown): Promise<unknown> {
      if (!thingsboard) throw new Refusal(400, "calls are the stand-in's: without --broker there are some");
      try {
        return await thingsboard.rpc(tracker, method, params ?? {}, { timeout_ms: CALL_MS * clock.times });
      } catch (error) {
        throw error instanceof RpcError ? new Refusal(error.status, error.message) : error;
      }
    },
    /** Of all trackers, which so have the same. */
    async changeSettings(wanted: Record<string, unknown>): Promise<SettingsAnswer> {
      if (!thingsboard || built.settings !== "afar")
        throw new Refusal(
          400,
          thingsboard ? `${board} is built without settings from afar` : "settings are the stand-in's",
        );
      const known = new Set(settings().map(({ name }) => name));
      for (const name of Object.keys(wanted))
        if (!known.has(name)) throw new Refusal(400, `${name}: no setting that can be changed from afar`);
      const answers = await Promise.all(
        names.map((name) => changeSettings(thingsboard, name, wanted, clock)),
      );
      const refused = Object.assign({}, ...answers.map((answer) => answer.refused));
      const taken = Object.entries(answers[0]?.taken ?? {}).filter(([name]) => !(name in refused));
      return { taken: Object.fromEntries(taken), refused };
    },
    hello: (): Omit<Hello, "boards" | "policies" | "toys" | "hints" | "speed"> => ({
      version: SOURCES.version,
      board,
      trackers: names,
      time_ms: clock.now(),
      samples: samples.items,
      traces: traces.items,
      statuses: running.flatMap(({ status }) => status ?? []),
      energy: meter.read(),
      faults: faultsOf(victims()).map((fault) => offered(fault, victims())),
      policy: policy.name,
      methods: thingsboard ? methodsOf(built.calls ?? "") : [],
      settings: settings(),
    }),
    speedChanged() {
      for (const { tracker } of running) tracker.speedChanged();
    },
    async end(): Promise<void> {
      has_ended = true;
      clearInterval(looking);
      await others.catch(() => {});
      await Promise.all(running.map(({ tracker }) => tracker.stop()));
      await server.close();
    },
  };
}
