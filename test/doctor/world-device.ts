/** The simulated world's board as a `Device` on its fake clock: no port, no waiting. */
import type { Device } from "../../scripts/device/device.ts";
import { DeviceError } from "../../scripts/device/device.ts";
import { type ExamineOptions, examine } from "../../scripts/doctor/examine.ts";
import { factsOf } from "../../scripts/doctor/facts.ts";
import { judge, type Verdict } from "../../scripts/doctor/judge.ts";
import { createWorld, type WorldChanges } from "../blob/world.ts";

export interface DoctorsWorld extends ReturnType<typeof createWorld> {
  device: Device;
  /** What the doctor finds, waiting so long at most. */
  visit(wait_s?: number, look?: ExamineOptions["look"]): Promise<Verdict[]>;
  /** The names of what it finds wrong. */
  faults(wait_s?: number, look?: ExamineOptions["look"]): Promise<string[]>;
}

export function createDoctorsWorld(changes: WorldChanges = {}): DoctorsWorld {
  const world = createWorld(changes);
  const { board, lines } = world;
  const listeners = new Set<(bytes: string) => void>();
  let told = 0;

  /** Hands on what was printed since. */
  function tell(): void {
    for (const line of lines.slice(told)) for (const listener of listeners) listener(`${line}\r\n`);
    told = lines.length;
  }

  const device: Device = {
    name: "simulated",
    env: { BOARD: "", VERSION: "" },
    async evaluate(expression) {
      tell();
      const before = lines.length;
      const shown = board.evaluate(`print(JSON.stringify(${expression}))`);
      if (shown.startsWith("Uncaught")) throw new DeviceError(shown);
      const json = lines.splice(before, 1)[0] as string;
      return json === "undefined" ? undefined : JSON.parse(json);
    },
    write: (bytes) => void board.evaluate(bytes),
    upload: () => Promise.reject(new Error("the doctor changes nothing")),
    onData(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    closed: new Promise(() => {}),
    close: async () => {},
  };

  const sleep = async (ms: number): Promise<void> => {
    await world.run(ms / 1000);
    tell();
  };

  async function visit(wait_s = 120, look?: ExamineOptions["look"]): Promise<Verdict[]> {
    Object.assign(device.env, await device.evaluate("process.env"));
    return judge(factsOf(await examine(device, { wait_s, sleep, ...(look && { look }) })));
  }

  return {
    ...world,
    device,
    visit,
    faults: async (wait_s, look) =>
      (await visit(wait_s, look)).flatMap((verdict) => (verdict.kind === "fault" ? [verdict.id] : [])),
  };
}
