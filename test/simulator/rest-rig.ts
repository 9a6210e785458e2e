/** A stand-in on free loopback ports, and a user of its REST API who is logged in. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import mqtt from "mqtt";
import { createThingsBoard, type ThingsBoardOptions } from "../../scripts/simulator/thingsboard/server.ts";

// biome-ignore lint/suspicious/noExplicitAny: whatever the server says, looked at field by field
export type Answer = any;

/** Closed after the test. Its one device is "my tracker" with token "T1" unless the options say otherwise. */
export async function listening(t: TestContext, options: Partial<ThingsBoardOptions> = {}) {
  const server = createThingsBoard({ devices: [{ name: "my tracker", token: "T1" }], ...options });
  const { mqttPort, httpPort } = await server.listen({ mqttPort: 0, httpPort: 0 });
  t.after(() => server.close());
  const host = `http://127.0.0.1:${httpPort}`;
  const login = async (username = "tenant@thingsboard.org", password = "tenant"): Promise<string> => {
    const body = JSON.stringify({ username, password });
    const answer = (await (await fetch(`${host}/api/auth/login`, { method: "POST", body })).json()) as Answer;
    return answer.token;
  };
  let token = await login();
  const send = (method: string, path: string, body?: unknown) =>
    fetch(host + path, {
      method,
      headers: { "x-authorization": `Bearer ${token}` },
      ...(body !== undefined && {
        body: body instanceof FormData || typeof body === "string" ? body : JSON.stringify(body),
      }),
    });
  /** What comes must be a success; its JSON, undefined for nothing. */
  const ask = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const answer = await send(method, path, body);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${method} ${path}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  return {
    server,
    host,
    mqttPort,
    login,
    become: async (username: string, password: string) => {
      token = await login(username, password);
    },
    send,
    get: (path: string) => ask("GET", path),
    post: (path: string, body: unknown = {}) => ask("POST", path, body),
    remove: (path: string) => ask("DELETE", path),
    status: async (method: string, path: string, body?: unknown): Promise<number> =>
      (await send(method, path, body)).status,
    /** The id of "my tracker". */
    id: server.tenant.devices[0]?.id ?? "",
    device: async (username = "T1") => {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${mqttPort}`, {
        username,
        reconnectPeriod: 0,
      });
      t.after(() => client.end(true));
      return client;
    },
  };
}

/** The payload of the next message. */
export const messageOf = (client: mqtt.MqttClient): Promise<string> =>
  new Promise((resolve) => client.once("message", (_topic, payload) => resolve(payload.toString())));
