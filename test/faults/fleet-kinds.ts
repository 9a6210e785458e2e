/** What is done to a tracker from afar, among its faults: settings as shared attributes, and firmware. */
import { type Kind, lasting, strikes } from "./kinds.ts";
import { count, pick } from "./random.ts";

/** The server that is nowhere: a connection to it opens, and nobody is there. */
export const NOWHERE = "nowhere.example";

/** Settings that hold, some of the way to the server, and some that can't be. */
const SETTINGS: Record<string, unknown>[] = [
  { fix_timeout_s: 60 },
  { fix_timeout_s: 120, debug: 0 },
  { keep_alive: 60 },
  { keep_alive: 300 },
  { topics: 2 },
  { topics: 1 },
  { topics: undefined, keep_alive: undefined, fix_timeout_s: undefined },
  { interval_s: 0 },
  { keep_alive: "often" },
  { no_time: "never" },
];
/** Of those that can't be. */
const MENDED = { interval_s: undefined, no_time: undefined };

const settings: Kind = (random, length_ms) => [
  ...strikes(random, length_ms, 4, () => {
    const values = pick(random, SETTINGS);
    return {
      what: `settings ${JSON.stringify(values)}`,
      act: (stage) => stage.share(typeof values.keep_alive === "string" ? values : { ...MENDED, ...values }),
    };
  }),
  {
    at_ms: length_ms,
    what: "settings that can be",
    act: (stage) => stage.share({ ...MENDED, keep_alive: 120 }),
  },
];

const unreachable: Kind = (_random, length_ms) =>
  lasting(
    "settings of a server that is nowhere",
    length_ms,
    (stage) => stage.share({ host: NOWHERE }),
    (stage) => stage.share({ host: undefined }),
  );

const updates: Kind = (random, length_ms) =>
  strikes(random, length_ms, count(random, 1, 2), () => {
    const works = random() < 0.7;
    return {
      what: works ? "new firmware" : "new firmware that reaches no server",
      act: (stage) => stage.update(works),
    };
  });

export const fleetKinds: Record<string, Kind> = { settings, unreachable, updates };
