/** The HTTP server of `npm start` with a world, or a part of one. */
import type { TestContext } from "node:test";
import { createEventStream } from "../../scripts/start/event-stream.ts";
import type { Hello } from "../../scripts/start/page/events.ts";
import { simulatorRoutes } from "../../scripts/start/simulator-api.ts";
import { createSite } from "../../scripts/start/site.ts";
import type { Stage } from "../../scripts/start/stage.ts";
import type { World } from "../../scripts/start/world.ts";

/** What of a world a test has use for; absent: none is there yet. `stage`: of what it is on. */
export async function openSite(t: TestContext, world?: Partial<World>, stage: Partial<Stage> = {}) {
  const whole = { policies: ["live", "hourly"], world: world as World | undefined, ...stage } as Stage;
  const stream = createEventStream(() => ({ board: "linux" }) as Hello);
  const site = await createSite({
    port: 0,
    routes: simulatorRoutes({ stage: whole }),
    stream,
    files: async () => [{ path: "/", type: "text/html; charset=utf-8", body: "<title>page</title>" }],
    rest: () => (_message, response) => response.end("rest"),
  });
  t.after(() => site.close());
  return {
    ...site,
    stream,
    async post(path: string, body: string, headers: Record<string, string> = {}) {
      const answer = await fetch(`${site.origin}/simulator/${path}`, { method: "POST", body, headers });
      return { status: answer.status, ...((await answer.json()) as object) } as Record<string, unknown>;
    },
  };
}
