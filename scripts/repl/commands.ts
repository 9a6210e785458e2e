/** The commands that begin with a dot. `.help`, `.exit`, `.load` and `.save` are node:repl's. */
import type { REPLServer } from "node:repl";
import type { Conversation, Trace } from "./conversation.ts";
import { describeMemory, describeValue, MEMORY } from "./describe.ts";

interface Surroundings {
  show(line: string): void;
  reboot(): Promise<void>;
}

const RECENT_LINES = 20;

/** Adds ours to those of node:repl. */
export function addCommands(server: REPLServer, conversation: Conversation, around: Surroundings): void {
  const { show } = around;

  function define(name: string, help: string, action: (argument: string) => void | Promise<void>): void {
    server.defineCommand(name, {
      help,
      action(argument) {
        this.clearBufferedCommand();
        void conversation.after(() => action(argument.trim()));
        this.displayPrompt();
      },
    });
  }

  /** For `on` and `off`; anything else says how to use it. */
  function switched(name: string, argument: string, set: (on: boolean) => void | Promise<void>) {
    if (argument !== "on" && argument !== "off") return show(`.${name} on, or .${name} off`);
    return set(argument === "on");
  }

  // Of no use here.
  for (const name of ["break", "clear", "editor"]) delete (server.commands as Record<string, unknown>)[name];

  define("status", "What each part of the tracker is doing and why", async () => {
    const status = await conversation.device.evaluate('typeof tracker=="object"?tracker.status():0');
    if (status) for (const line of describeValue(status)) show(line);
    else show("no tracker runs on this board: npm run doctor says why");
  });
  define("mem", "Variables in use and free Storage", async () => {
    for (const line of describeMemory(await conversation.device.evaluate(MEMORY))) show(line);
  });
  define(
    "log",
    `The last ${RECENT_LINES} lines of the console (.log 100: more); on|off: show lines as they come`,
    (argument) => {
      if (argument === "on" || argument === "off") conversation.listening = argument === "on";
      else if (/^\d*$/.test(argument))
        for (const line of conversation.recent(Number(argument) || RECENT_LINES)) show(line);
      else show(".log, .log LINES, .log on, or .log off");
    },
  );
  const traced: [Trace, string][] = [
    ["at", "on|off: show what goes to the modem and comes from it"],
    ["mqtt", "on|off: show the MQTT packets in it"],
  ];
  for (const [name, help] of traced)
    define(name, help, (argument) => switched(name, argument, (on) => conversation.trace(name, on)));
  define("reboot", "Restart the board", () => around.reboot());
}
