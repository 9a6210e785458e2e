import { type Command, integer, quoted } from "./command.ts";
import { type Core, factoryProfile } from "./core.ts";
import type { Commands, Handler, Reply } from "./interpreter.ts";

/** Who the module is, and the settings of its AT port. */
export function generalCommands(core: Core): Commands {
  const { model, options } = core;
  const imei = options.imei ?? "866425031234565";

  const identity = (...lines: string[]): Handler => {
    return (command, reply) => {
      if (command.kind === "run") for (const line of lines) reply.info(line);
      else if (command.kind !== "test") return reply.error();
      reply.ok();
    };
  };
  const accepted: Handler = (_command, reply) => reply.ok();

  return {
    "": accepted,
    I: (_command, reply) => {
      reply.info(`Quectel\r\n${model.name}\r\nRevision: ${model.revision}`);
      reply.ok();
    },
    E: (command, reply) => {
      const value = integer(command, 0, 0, 1, 0);
      if (value === undefined) return reply.error();
      core.profile.echo = value === 1 || core.faults.echoStuck;
      reply.ok();
    },
    V: flag(core, "verbose"),
    Q: flag(core, "quiet"),
    X: accepted,
    "&C": accepted,
    "&D": accepted,
    "&F": (_command, reply) => {
      core.profile = { ...factoryProfile, ipr: core.profile.ipr };
      reply.ok();
    },
    "&W": (_command, reply) => {
      core.stored = { ...core.profile, cmee: factoryProfile.cmee, ctzr: factoryProfile.ctzr };
      reply.ok();
    },
    Z: (_command, reply) => {
      core.profile = { ...core.stored, ipr: core.profile.ipr };
      reply.ok();
    },
    "+CMEE": (command, reply) => {
      if (command.kind === "read") reply.info(`+CMEE: ${core.profile.cmee}`);
      else {
        const value = integer(command, 0, 0, 2);
        if (command.kind !== "set" || value === undefined) return reply.error();
        core.profile.cmee = value;
      }
      reply.ok();
    },
    "+CGMI": identity("Quectel"),
    "+GMI": identity("Quectel"),
    "+CGMM": identity(model.name),
    "+GMM": identity(model.name),
    "+CGMR": identity(model.revision),
    "+GMR": identity(model.revision),
    "+CGSN": identity(imei),
    "+GSN": (command, reply) => {
      if (command.kind === "run") reply.info(imei);
      else if (model.family === "EC2x" && command.kind === "set") reply.info(`+GSN: "${imei}"`);
      else return reply.error();
      reply.ok();
    },
    "+IPR": (command, reply) => {
      if (command.kind === "read") {
        reply.info(`+IPR: ${core.profile.ipr}`);
        return reply.ok();
      }
      const rate = integer(command, 0, 4800, 921_600);
      if (
        rate === undefined ||
        ![4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600].includes(rate)
      )
        return reply.error();
      // An AT&W behind it on the same line stores the new rate; the UART itself changes after the OK
      const old = core.profile.ipr;
      core.profile.ipr = rate;
      reply.ok();
      core.profile.ipr = old;
      core.after(core.times.answer_ms + 10, () => {
        core.profile.ipr = rate;
      });
    },
    "+IFC": twoNumbers(core, "+IFC", "0,0"),
    "+QURCCFG": (command, reply) => {
      if (quoted(command, 0)?.toLowerCase() !== "urcport") return reply.error();
      const port = quoted(command, 1)?.toLowerCase();
      const ports = ["usbat", "usbmodem", "uart1", ...(model.family === "EC2x" ? ["uart2", "all"] : [])];
      if (port === undefined) reply.info(`+QURCCFG: "urcport","${core.nv.get("urcport") ?? model.urcPort}"`);
      else if (!ports.includes(port)) return reply.error();
      else core.nv.set("urcport", port === "all" ? "uart1" : port);
      reply.ok();
    },
    "+QCFG": (command, reply) => queryOrStore(core, "+QCFG", qcfg(core), command, reply),
    "+QINDCFG": accepted,
    "+QAPRDYIND": (_command, reply) => (model.family === "EC2x" ? reply.ok() : reply.error()),
  };
}

function flag(core: Core, name: "verbose" | "quiet"): Handler {
  return (command, reply) => {
    const value = integer(command, 0, 0, 1, 0);
    if (value === undefined) return reply.error();
    core.profile[name] = value === 1;
    reply.ok();
  };
}

function twoNumbers(core: Core, name: string, factory: string): Handler {
  return (command, reply) => {
    if (command.kind === "read") reply.info(`${name}: ${core.nv.get(name) ?? factory}`);
    else {
      const first = integer(command, 0, 0, 2);
      const second = integer(command, 1, 0, 2, first);
      if (command.kind !== "set" || first === undefined || second === undefined) return reply.error();
      core.nv.set(name, `${first},${second}`);
    }
    reply.ok();
  };
}

/** Factory values of AT+QCFG; what a family does not have is refused. */
function qcfg(core: Core): Record<string, string> {
  const common = { nwscanmode: "0", servicedomain: "2", roamservice: "255", apready: "0,0,500" };
  if (core.model.family === "EC2x") return { ...common, nwscanseq: "0", band: "0x93,0x800d5,0x0" };
  return {
    ...common,
    nwscanseq: "20103",
    iotopmode: "2",
    band: "0xf,0x400a0e189f,0xa0e189f",
    "psm/urc": "0",
    "psm/enter": "0",
  };
}

/** The `AT+X="key"[,values]` family: without values a query. Values are kept over power-off. */
export function queryOrStore(
  core: Core,
  name: string,
  factory: Record<string, string>,
  command: Command,
  reply: Reply,
) {
  const key = quoted(command, 0)?.toLowerCase();
  const value = key === undefined ? undefined : factory[key];
  if (key === undefined || value === undefined) return reply.error();
  const stored = `${name} ${key}`;
  if (command.args.length === 1) reply.info(`${name}: "${key}",${core.nv.get(stored) ?? value}`);
  else if (key === "band") core.nv.set(stored, bandMasks(command, core.nv.get(stored) ?? value));
  // Numbers lose their leading zeros: 020301 reads back as 20301. The last of nwscan… is when, not what
  else if (key.startsWith("nwscan") || key === "iotopmode")
    core.nv.set(stored, String(Number(command.args[1]?.text)));
  else {
    const values = command.args.slice(1);
    core.nv.set(stored, values.map((each) => (each.quoted ? `"${each.text}"` : each.text)).join(","));
  }
  reply.ok();
}

/** Hexadecimal masks without 0x; 0 leaves the old one. */
function bandMasks(command: Command, old: string): string {
  return old
    .split(",")
    .map((mask, index) => {
      const text = command.args[index + 1]?.text ?? "0";
      return text === "0" ? mask : `0x${text.replace(/^0x/i, "").toLowerCase()}`;
    })
    .join(",");
}
