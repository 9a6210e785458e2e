/** What the HTTP of `npm start` has besides the page and the stand-in's: the simulated world. To whoever asks, without a token. */
import { BOARDS } from "../boards.ts";
import { boardSpecs } from "../simulator/espruino/specs.ts";
import { ENERGY_PATH } from "./paths.ts";
import { badRequest, Refusal } from "./refusal.ts";
import type { Route } from "./site.ts";
import type { Stage } from "./stage.ts";
import { boardsWith, type Limits, TOYS, type Toy } from "./toys.ts";
import type { World } from "./world.ts";

type Body = Record<string, unknown>;

/** Throws what says which name of a body is none that is known. */
function checkNames(body: Body, known: readonly string[]): void {
  for (const name of Object.keys(body))
    if (!known.includes(name)) throw badRequest(`${name}: unknown, use ${known.join(" and ")}`);
}

/** The numbers of a body, these and no others. Throws what says which one is wrong, and what it may be. */
function numbersIn(body: Body, limits: Limits): Record<string, number> {
  checkNames(body, Object.keys(limits));
  for (const [name, [least, most]] of Object.entries(limits)) {
    const value = body[name];
    if (typeof value !== "number" || value < least || value > most)
      throw badRequest(`${name}: must be a number from ${least} to ${most}`);
  }
  return body as Record<string, number>;
}

/** A text that is one of some; undefined: there is none, if it need not be. */
function oneOf<T extends string>(body: Body, name: string, known: readonly T[]): T | undefined {
  const value = body[name];
  if (value === undefined) return undefined;
  if (!known.includes(value as T)) throw badRequest(`${name}: must be ${known.join(" or ")}`);
  return value as T;
}

const needed = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw badRequest(`${name}: is missing`);
  return value;
};

function objectIn(body: Body, name: string): Body {
  const value = body[name];
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw badRequest(`${name}: must be an object`);
  return value as Body;
}

/** Where the world is; nowhere while all begins, and there is no world while one is being made. */
interface Where {
  readonly stage: Stage | undefined;
}

export function simulatorRoutes(where: Where): Route[] {
  const starting = (): never => {
    throw new Refusal(503, "the board is still starting: try again");
  };
  const stage = (): Stage => where.stage ?? starting();
  const world = (): World => stage().world ?? starting();

  function play(toy: Toy, body: Body): unknown {
    const numbers = numbersIn(body, toy.limits);
    const { board, play } = world();
    if (!toy.isOn(boardSpecs[board]))
      throw badRequest(`${board} has no ${toy.what}: npm start -- --board ${boardsWith(toy)}`);
    if (!play) throw badRequest("the real interpreter's board measures nothing");
    play(toy.play(numbers));
    return numbers;
  }

  /** The tracker of a body, by default the first. */
  const trackerIn = (body: Body): string =>
    oneOf(body, "tracker", world().names) ?? (world().names[0] as string);

  const posts: Record<string, (body: Body) => unknown> = {
    ...Object.fromEntries(TOYS.map((toy) => [toy.name, (body: Body) => play(toy, body)])),
    fault(body) {
      checkNames(body, ["name", "is_on", "tracker"]);
      const offered = world().faults();
      const name = needed(
        oneOf(
          body,
          "name",
          offered.map(({ name }) => name),
        ),
        "name",
      );
      const has_state = offered.find((one) => one.name === name)?.on !== undefined;
      if (has_state && typeof body.is_on !== "boolean") throw badRequest("is_on: must be true or false");
      if (!has_state && body.is_on !== undefined && body.is_on !== true)
        throw badRequest(`is_on: ${name} happens at once, leave it out`);
      return world().setFault(name, body.is_on !== false, oneOf(body, "tracker", world().names));
    },
    speed(body) {
      const { times = 0 } = numbersIn(body, { times: [1, 60] });
      const why = world().bound_to_ours;
      if (why && times > 1) throw badRequest(`times: ${why}`);
      stage().run(times);
      return { times };
    },
    world(body) {
      checkNames(body, ["board", "policy"]);
      const board = oneOf(body, "board", BOARDS);
      return stage().makeAnew(board, oneOf(body, "policy", stage().policies));
    },
    call(body) {
      checkNames(body, ["tracker", "method", "params"]);
      const { method, params } = body;
      if (typeof method !== "string" || !method) throw badRequest("method: must be a text");
      return world().call(trackerIn(body), method, params);
    },
    settings(body) {
      checkNames(body, ["settings"]);
      return world().changeSettings(objectIn(body, "settings"));
    },
  };

  return [
    { method: "GET", path: ENERGY_PATH, answer: () => world().energy() },
    ...Object.entries(posts).map(
      ([name, answer]): Route => ({ method: "POST", path: `/simulator/${name}`, answer }),
    ),
  ];
}
