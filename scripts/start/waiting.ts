/** What is waited for: on a terminal a line that moves, below what is said; else said once. */
export interface Waiting {
  /** This is waited for from now on. */
  for(what: string): void;
  say(line: string): void;
  over(): void;
}

const FRAMES = ["|", "/", "-", "\\"];
const FRAME_MS = 200;
const ERASE = "\r\x1b[2K";

export function createWaiting(stream: NodeJS.WritableStream & { isTTY?: boolean } = process.stdout): Waiting {
  let what: string | undefined;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = (): void => {
    if (what !== undefined) stream.write(`${ERASE}${FRAMES[frame++ % FRAMES.length]} ${what}`);
  };
  function over(): void {
    clearInterval(timer);
    if (what !== undefined && stream.isTTY) stream.write(ERASE);
    what = undefined;
  }
  return {
    over,
    for(next) {
      over();
      if (!stream.isTTY) {
        stream.write(`${next} …\n`);
        return;
      }
      what = next;
      draw();
      timer = setInterval(draw, FRAME_MS);
      timer.unref();
    },
    say(line) {
      if (what !== undefined) stream.write(ERASE);
      stream.write(`${line}\n`);
      draw();
    },
  };
}
