/** The files that settings name for TLS: what `--check` says of them. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import { runConfig, temporaryDirectory } from "./person.ts";

const { file } = temporaryDirectory();
const DAY_MS = 86_400_000;
const daysFromNow = (days: number): Date => new Date(Date.now() + days * DAY_MS);

const root = await makeCertificate({ name: "Our Root", authority: true });
const client = await makeCertificate({ name: "tracker", client: true });
const other = await makeCertificate({ name: "other", client: true });
const notClient = await makeCertificate({ name: "server", hosts: ["h"] });
const old = await makeCertificate({
  name: "Old",
  authority: true,
  from: daysFromNow(-9),
  until: daysFromNow(-1),
});
const early = await makeCertificate({ name: "New", client: true, from: daysFromNow(1) });

/** Writes a file beside the settings. */
function beside(out: string, name: string, text: string): void {
  writeFileSync(join(dirname(out), name), text);
}

describe("the files", () => {
  const settings = (server: object) => ({
    board: "rak5010",
    server: { host: "h", username: "t", tls: 2, ca: "ca.pem", cert: "c.pem", key: "k.pem", ...server },
  });

  async function check(changes: Record<string, string>, server: object = {}): Promise<string> {
    const out = file(JSON.stringify(settings(server)));
    const files = {
      "ca.pem": root.certificate,
      "c.pem": client.certificate,
      "k.pem": client.key,
      ...changes,
    };
    for (const [name, text] of Object.entries(files)) beside(out, name, text);
    const { code, said, complaints } = await runConfig(["--check", out]);
    assert.equal(code, complaints ? 1 : 0, said);
    return complaints.replaceAll(`${out}: `, "").trimEnd();
  }

  test("that are right are so", async () => {
    assert.equal(await check({}), "");
    assert.equal(await check({ "ca.pem": client.certificate + root.certificate }), "");
  });

  test("that nobody needs are not looked at", async () => {
    assert.equal(await check({ "ca.pem": "" }, { tls: 0, ca: "", cert: "", key: "" }), "");
    assert.equal(await check({ "c.pem": "x", "k.pem": "x" }, { tls: 1 }), "");
  });

  const cases: [line: string | RegExp, changes: Record<string, string>, server?: object][] = [
    ["server.ca nowhere.pem: no such file", {}, { ca: "nowhere.pem" }],
    ["server.ca .: is not a file", {}, { ca: "." }],
    ["server.ca ca.pem: holds no certificate in PEM form", { "ca.pem": "hello" }],
    [
      "server.ca ca.pem: its certificate is broken",
      { "ca.pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" },
    ],
    ["server.cert c.pem: holds a private key: that belongs into server.key alone", { "c.pem": client.key }],
    ["server.key k.pem: holds no private key in PEM form", { "k.pem": client.certificate }],
    [
      "server.key k.pem: its private key is broken",
      { "k.pem": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" },
    ],
    ["server.key k.pem: is not the key of server.cert", { "k.pem": other.key }],
    [/^server\.ca ca\.pem: CN=Old has expired, on \w+/, { "ca.pem": old.certificate }],
    [/^server\.cert c\.pem: CN=New is not valid before \w+.*$/m, { "c.pem": early.certificate }],
    [
      "server.cert c.pem: is no client's certificate",
      { "c.pem": notClient.certificate, "k.pem": notClient.key },
    ],
  ];
  for (const [line, changes, server] of cases)
    test(`${line}`, async () => {
      const said = await check(changes, server);
      if (typeof line === "string") assert.equal(said, line);
      else assert.match(said, line);
    });

  test("of a kind that the modem does not know", async () => {
    const small = await makeCertificate({ name: "small", client: true, kind: "ecdsa" });
    const said = await check({ "c.pem": small.certificate, "k.pem": small.key });
    assert.match(said, /^server\.cert c\.pem: has a key of the kind EC \S+: the modem knows RSA alone$/m);
    assert.match(said, /^server\.key k\.pem: is no RSA key/m);
  });

  test("that are missing are told when the settings are written, too", async () => {
    const out = file();
    const { code, complaints } = await runConfig([
      ...["--board", "rak5010", "--host", "h", "--token", "T0KEN"],
      ...["--tls", "1", "--ca", join(dirname(out), "later.pem"), "--out", out],
    ]);
    assert.equal(code, 0);
    assert.equal(complaints, `${out}: server.ca later.pem: no such file\n`);
  });
});
