/** What a terminal has more than a file: colours, and lines that change while the user waits. */
import { styleText } from "node:util";
import { SingleBar } from "cli-progress";

/** A stream that may be a terminal's. */
export type Screen = NodeJS.WritableStream & { isTTY?: boolean; hasColors?(env?: object): boolean };

type Style = Parameters<typeof styleText>[0];

/** Gives a text in a style, or as it is. */
export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_style, text) => text;

/** For what goes to a stream: in colours where its terminal has them, or FORCE_COLOR wants them; none with NO_COLOR. */
export function paintFor(stream: Screen, env: NodeJS.ProcessEnv = process.env): Paint {
  const forced = env.FORCE_COLOR !== undefined;
  const wanted = forced
    ? env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false"
    : !env.NO_COLOR &&
      stream.isTTY === true &&
      (stream.hasColors?.({ ...env, NO_COLOR: undefined }) ?? false);
  return wanted ? (style, text) => styleText(style, text, { validateStream: false }) : plain;
}

/** A wait that is shown. */
export interface Wait {
  /** What is being waited for now. */
  update(what: string): void;
  /** It is over, and its line goes. */
  stop(): void;
}

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const FRAMES_PER_S = 10;

/** Shows on a terminal what is being waited for, and for how long already; nothing elsewhere. */
export function showWait(what: string, stream: Screen, now: () => number = Date.now): Wait {
  if (!stream.isTTY) return { update() {}, stop() {} };
  const start_ms = now();
  let said = what;
  let frame = 0;
  const spinner = new SingleBar({
    format: () => {
      frame = (frame + 1) % FRAMES.length;
      return `${FRAMES[frame]} ${said}, ${Math.floor((now() - start_ms) / 1000)} s`;
    },
    fps: FRAMES_PER_S,
    clearOnComplete: true,
    // Ctrl-C is the command's own.
    gracefulExit: false,
    stream,
  });
  spinner.start(1, 0);
  return {
    update(next) {
      said = next;
      spinner.update(0);
    },
    stop: () => spinner.stop(),
  };
}

/** The same while something is done. */
export async function whileWaiting<T>(what: string, stream: Screen, action: () => Promise<T>): Promise<T> {
  const wait = showWait(what, stream);
  try {
    return await action();
  } finally {
    wait.stop();
  }
}
