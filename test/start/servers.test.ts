import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import mqtt from "mqtt";
import { UsageError } from "../../scripts/command-line.ts";
import { settingsFor } from "../../scripts/config/settings.ts";
import { Fault } from "../../scripts/fault.ts";
import { nameOf } from "../../scripts/flash/certificates.ts";
import { realClock } from "../../scripts/simulator/clock.ts";
import { startInterpreter } from "../../scripts/simulator/interpreter.ts";
import { type FleetCertificates, makeCertificates } from "../../scripts/start/certificates.ts";
import { readOptions } from "../../scripts/start/options.ts";
import { choosePort } from "../../scripts/start/ports.ts";
import { DEVICE, type Server, standIn } from "../../scripts/start/servers.ts";
import { boardSettings, modemFiles, writeTrackerFile } from "../../scripts/start/tracker-file.ts";

const mutual = await makeCertificates(true, [DEVICE]);
const verified: FleetCertificates = { ...mutual, device: undefined, devices: new Map() };

/** A port that is taken until the test is over. */
async function takenPort(t: TestContext): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return (server.address() as { port: number }).port;
}

async function started(t: TestContext, certificates: FleetCertificates | undefined) {
  const server = await standIn({
    devices: [{ name: DEVICE, token: "SIMULATED_TRACKER" }],
    certificates,
    ports: { plain: 0, tls: certificates ? 0 : undefined },
    clock: realClock,
    origin: "http://127.0.0.1:8080",
    onSample() {},
  });
  t.after(() => server.close());
  return server;
}

/** Its REST API on a server, as `npm start` has it; gives its address. */
async function restOf(t: TestContext, { rest }: Server): Promise<string> {
  const server = createHttpServer(rest);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/api`;
}

test("a port stays the same where it is free, and is the next where not; one that is given must be free", async (t) => {
  const taken = await takenPort(t);
  const next = await choosePort("--http-port", undefined, taken);
  assert.ok(next > taken && next < taken + 20, `${next} after ${taken}`);
  assert.equal(await choosePort("--http-port", undefined, next), next);
  assert.equal(await choosePort("--http-port", next, taken), next);
  assert.equal(await choosePort("--http-port", 0, taken), 0);
  await assert.rejects(
    choosePort("--http-port", taken, taken),
    (error) => error instanceof Fault && error.message === `--http-port ${taken}: is taken`,
  );
});

test("the stand-in with TLS shows a certificate of the authority that is told; a plain port is beside it", async (t) => {
  const server = await started(t, verified);
  const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${server.port}`, {
    ca: verified.ca,
    username: "SIMULATED_TRACKER",
    reconnectPeriod: 0,
  });
  await client.endAsync();
  const plain = /^MQTT: +127\.0\.0\.1:(\d+)$/m.exec(server.hints.join("\n"))?.[1];
  const other = await mqtt.connectAsync(`mqtt://127.0.0.1:${plain}`, {
    username: "SIMULATED_TRACKER",
    reconnectPeriod: 0,
  });
  await other.endAsync();
  await assert.rejects(
    mqtt.connectAsync(`mqtts://127.0.0.1:${server.port}`, {
      username: "SIMULATED_TRACKER",
      reconnectPeriod: 0,
    }),
    /certificate/,
  );
});

test("mutual: the device's certificate is its log-in", async (t) => {
  const server = await started(t, mutual);
  assert.ok(mutual.device);
  const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${server.port}`, {
    ca: mutual.ca,
    cert: mutual.device.certificate,
    key: mutual.device.key,
    reconnectPeriod: 0,
  });
  await client.endAsync();
});

test("tracker.json is ready for flash, with its files beside it, for the owner alone", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "start-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const common = {
    board: "linux" as const,
    server: { host: "127.0.0.1", port: 8883 },
    token: "T",
    interval_s: 5,
    debug: false,
  };
  for (const [certificates, files] of [
    [undefined, []],
    [verified, ["ca"]],
    [mutual, ["ca", "cert", "key"]],
  ] as const) {
    const wanted = { ...common, certificates };
    const path = writeTrackerFile(directory, wanted, { modem_port: "/dev/ttyUSB2" });
    const text = readFileSync(path, "utf8");
    assert.ok("json" in settingsFor("linux", text), text);
    const { server } = JSON.parse(text);
    assert.equal(server.tls, certificates && (certificates.device ? 2 : 1));
    assert.equal(server.username, files.length === 3 ? undefined : "T");
    const stored = boardSettings(wanted).server as Record<string, string>;
    for (const file of files) {
      const pem = readFileSync(join(directory, server[file]), "utf8");
      assert.equal(stored[file], `${nameOf(pem)},${pem.length}`);
      assert.equal(modemFiles(wanted)[nameOf(pem)], pem);
    }
    assert.equal(Object.keys(modemFiles(wanted)).length, files.length);
    if (process.platform !== "win32")
      for (const file of ["tracker.json", ...files.map((name) => `${name}.pem`)])
        assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600, file);
  }
});

test("npm start's options for TLS and ports", () => {
  assert.deepEqual([readOptions([])?.tls, readOptions([])?.http_port], ["off", undefined]);
  assert.equal(readOptions(["--tls"])?.tls, "on");
  assert.equal(readOptions(["--tls", "mutual"])?.tls, "mutual");
  assert.equal(readOptions(["--tls", "--mqtt-port", "1900"])?.mqtt_port, 1900);
  for (const wrong of [
    ["--tls", "none"],
    ["--http-port", "-1"],
    ["--mqtt-port", "65536"],
    ["--interval", "-1"],
    ["--broker", "h", "--token", "t", "--tls"],
    ["--broker", "h", "--token", "t", "--mqtt-port", "1883"],
  ])
    assert.throws(() => readOptions(wrong), UsageError, wrong.join(" "));
});

test("a program that is no Espruino is told of at once", {
  skip: process.platform === "win32" && "there are no pseudo-terminals on Windows",
}, async () => {
  await assert.rejects(startInterpreter({ binary: "/bin/true" }), /^Error: it ended by itself, with code 0$/);
});

test("the README's lines for the stand-in name its device, and what is printed at the start the same", async (t) => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const id = / D=([0-9a-f-]{36})$/m.exec(readme)?.[1] ?? "";
  assert.ok(readme.includes(`/device/${id}/credentials`));
  const server = await started(t, undefined);
  const { hints } = server;
  const api = await restOf(t, server);
  const method = "POST";
  const body = '{"username":"tenant@thingsboard.org","password":"tenant"}';
  assert.ok(readme.includes(body) && hints.some((line) => line.includes(body)));
  const { token } = (await (await fetch(`${api}/auth/login`, { method, body })).json()) as { token: string };
  const headers = { "X-Authorization": `Bearer ${token}` };
  const answer = await fetch(`${api}/plugins/telemetry/DEVICE/${id}/values/timeseries`, { headers });
  assert.deepEqual([answer.status, await answer.json()], [200, {}]);
  assert.equal(hints.filter((line) => line.includes(id)).length, 2);
});
