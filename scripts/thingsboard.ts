/** `npm run thingsboard`: what a ThingsBoard server needs for trackers, put there, used, and taken away. */
import { askPassword, askUnsafe } from "./config/questions.ts";
import { PROCESS, type Surroundings } from "./config.ts";
import { Fault } from "./fault.ts";
import { EXIT, runCommand, withFaultsTold } from "./run-command.ts";
import { type Screen, showWait } from "./screen.ts";
import { device } from "./thingsboard/device.ts";
import { firmware } from "./thingsboard/firmware.ts";
import { readOptions, type ServerOptions, type Wanted } from "./thingsboard/options.ts";
import { remove } from "./thingsboard/remove.ts";
import { Server } from "./thingsboard/server.ts";
import { setup } from "./thingsboard/setup.ts";

/** Where the command reads and writes, and its clock. */
export interface Around extends Surroundings {
  env: NodeJS.ProcessEnv;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Of a request to the server, ms; its own when missing. */
  patience_ms?: number;
}

const HERE: Around = {
  ...PROCESS,
  env: process.env,
  now: Date.now,
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
};

async function passwordFor({ url, user }: ServerOptions, around: Around): Promise<string> {
  const { THINGSBOARD_PASSWORD: given } = around.env;
  if (given) return given;
  if (!around.interactive)
    throw new Fault("no password: set THINGSBOARD_PASSWORD, or run it in a terminal, where it is asked for");
  return askPassword(`Password of ${user} at ${url}`, around);
}

const isLoopback = (url: string): boolean => /^(localhost|127\..*|\[::1\])$/.test(new URL(url).hostname);

/** Gives the exit code. */
async function perform({ action, options }: Wanted, around: Around): Promise<number> {
  const { say, complain, patience_ms } = around;
  const { url, user } = options;
  if (url.startsWith("http:") && !isLoopback(url))
    complain(
      `${url}: http sends your password and all else in plain text; use https where the server has it`,
    );
  const server = new Server({ url, user, password: await passwordFor(options, around) }, patience_ms);
  await server.logIn();
  switch (action) {
    case "setup":
      await setup(server, say);
      return EXIT.OK;
    case "device":
      await device(server, options, around);
      return EXIT.OK;
    case "remove":
      await remove(server, options.devices, say, async (question) => {
        if (options.yes) return true;
        if (around.interactive) return askUnsafe(question, around);
        throw new Fault(`${question} --yes says so where nobody can be asked`);
      });
      return EXIT.OK;
    case "firmware": {
      const wait = showWait("looking", around.output as Screen);
      const done = await firmware(server, options, {
        ...around,
        waitFor: (what) => wait.update(what),
      }).finally(() => wait.stop());
      return done ? EXIT.OK : EXIT.UNWELL;
    }
  }
}

/** Returns the exit code. */
export async function thingsboard(args: string[], around: Around = HERE): Promise<number> {
  return withFaultsTold(async () => {
    const wanted = readOptions(args);
    if (typeof wanted !== "string") return perform(wanted, around);
    around.say(wanted);
    return EXIT.OK;
  }, around.complain);
}

await runCommand(import.meta.url, (args) => thingsboard(args));
