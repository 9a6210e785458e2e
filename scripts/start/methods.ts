/** The calls that a tracker answers, for a form: firmware/rpc/command.ts and further.ts have them. */

interface Method {
  name: string;
  what: string;
  /** An example. */
  params: unknown;
  /** Also of a build with `calls=few`. */
  in_few?: true;
}

const METHODS: readonly Method[] = [
  { name: "getPosition", what: "the last fix, and how old it is", params: {}, in_few: true },
  { name: "locate", what: "takes a fix now, and answers with it", params: {}, in_few: true },
  { name: "getStatus", what: "what each part is doing, and why", params: {}, in_few: true },
  { name: "setInterval", what: "seconds from fix to fix", params: { interval_s: 10 }, in_few: true },
  { name: "reboot", what: "restarts the board", params: {}, in_few: true },
  { name: "setSettings", what: "settings, all or none", params: { interval_s: 5 } },
  { name: "getLog", what: "the last lines of its console", params: {} },
  { name: "flush", what: "sends now what waits", params: {} },
  { name: "dropOutbox", what: "gives up all that waits", params: {} },
  { name: "modemReset", what: "restarts the modem", params: {} },
  { name: "at", what: "a command for the modem, where remote_at allows it", params: { command: "AT+CSQ" } },
  {
    name: "claim",
    what: "lets a customer claim the device",
    params: { secretKey: "secret", durationMs: 60_000 },
  },
  { name: "updateFirmware", what: "looks for new firmware now", params: {} },
  { name: "rpcMethods", what: "the names of these", params: {} },
];

/** `calls`: the way of that feature which is built in. */
export const methodsOf = (calls: string): { name: string; what: string; params: unknown }[] =>
  METHODS.filter(({ in_few }) => in_few || calls === "all").map(({ name, what, params }) => ({
    name,
    what,
    params,
  }));
