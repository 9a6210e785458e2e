/** Where the world is: made, and made anew with another board or policy. */
import { BOARDS, type BoardName } from "../boards.ts";
import { Fault } from "../fault.ts";
import { boardMisfit } from "./options.ts";
import type { Hello } from "./page/events.ts";
import { misfit, type Policy, shown } from "./policies.ts";
import { badRequest, Refusal } from "./refusal.ts";
import { toysOf } from "./toys.ts";
import type { Waiting } from "./waiting.ts";
import { createWorld, type World, type WorldParts } from "./world.ts";

export interface Stage {
  /** Undefined while one is being made. */
  readonly world: World | undefined;
  /** Names of those to choose from. */
  readonly policies: readonly string[];
  /** Throws `Fault`: it cannot be built, or not be started. */
  make(board: BoardName, policy: Policy): Promise<World>;
  /** Ends the one that is, and makes another in its place: nothing of the old one's flash and server is kept. Throws `Refusal`. */
  makeAnew(board?: BoardName, policy?: string): Promise<{ board: BoardName; policy: string }>;
  /** The world's time runs so many times faster than ours. */
  run(times: number): void;
  hello(): Hello | undefined;
  end(): Promise<void>;
}

export type StageParts = Omit<WorldParts, "board" | "policy" | "blob" | "loader" | "ports"> & {
  /** Makes a board's firmware. Throws `Fault`. */
  firmware(board: BoardName, policy: Policy): Promise<Pick<WorldParts, "blob" | "loader">>;
  /** Lines for people, once there is a world. */
  hints(world: World): string[];
  /** It is there. */
  onWorld(world: World): void;
  waiting: Waiting;
  say(line: string): void;
};

export function createStage(parts: StageParts): Stage {
  const { options, clock, tell, waiting, say } = parts;
  const { policies, espruino: binary } = options;
  let world: World | undefined;
  /** What the last one was, or was to be. */
  let last = { board: options.board, policy: options.policy };
  let is_busy = false;
  let ports: WorldParts["ports"];

  async function make(board: BoardName, policy: Policy): Promise<World> {
    is_busy = true;
    try {
      const code = await parts.firmware(board, policy);
      last = { board, policy };
      const old = world;
      world = undefined;
      await old?.end();
      waiting.for(binary ? `starting ${binary}` : "starting the simulated board");
      world = await createWorld({ ...parts, board, policy, ports, ...code });
      ports = world.ports;
      parts.onWorld(world);
      tell("hello", hello(world));
      return world;
    } finally {
      waiting.over();
      is_busy = false;
    }
  }

  const hello = (of: World): Hello => ({
    ...of.hello(),
    speed: clock.times,
    boards: binary ? [of.board] : BOARDS,
    policies: policies.map(shown),
    toys: of.play ? toysOf(of.board) : [],
    hints: parts.hints(of),
  });

  return {
    get world() {
      return world;
    },
    policies: policies.map(({ name }) => name),
    make,
    async makeAnew(given_board, given_policy) {
      if (is_busy) throw new Refusal(503, "a world is being made: try again");
      const board = given_board ?? last.board;
      const policy = policies.find(({ name }) => name === given_policy) ?? last.policy;
      const why = misfit(policy, board, options.tls !== "off") || boardMisfit(board, options);
      if (why) throw badRequest(why);
      say(`a new world: ${board}, ${policy.label}`);
      await make(board, policy).catch((error: Error) => {
        throw error instanceof Fault ? new Refusal(500, error.message) : error;
      });
      return { board, policy: policy.name };
    },
    run(times) {
      clock.run(times);
      world?.speedChanged();
      tell("speed", { times, time_ms: clock.now() });
    },
    hello: () => world && hello(world),
    end: async () => world?.end(),
  };
}
