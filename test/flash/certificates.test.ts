import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { makeCertificate } from "../../scripts/certificate/make.ts";
import type { Settings } from "../../scripts/config/settings.ts";
import { certificatesOf, isOurs, nameOf, takeCertificates } from "../../scripts/flash/certificates.ts";
import { checksumOf } from "../../scripts/flash/modem-store.ts";
import { makePems, type Pems, settingsIn } from "./pems.ts";

let pems: Pems;
before(async () => {
  pems = await makePems();
});

const serverOf = (tls: number): Settings => ({
  server: { tls, ca: "ca.pem", cert: "cert.pem", key: "key.pem" },
});

/** The lines that the files of a directory are refused with. */
function refusalOf(path: string, settings: Settings = serverOf(2)): string {
  try {
    takeCertificates(path, settings);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

test("a file's name stands for its content: two that differ in a byte have two", () => {
  assert.equal(nameOf("abc"), "ba7816bf.pem");
  assert.notEqual(nameOf("abc"), nameOf("abd"));
  assert.ok(isOurs(nameOf("\xff\0")));
  for (const name of ["cacert.pem", "BA7816BF.pem", "ba7816bf.pem2", "a7816bf.pem", "ba7816bf"])
    assert.ok(!isOurs(name));
});

test("the checksum is the manual's", () => {
  assert.equal(checksumOf("1234567890"), 0x3938);
  assert.equal(checksumOf("1"), 0x3100);
  assert.equal(checksumOf("\xff\x01\xff"), 0x0001);
  assert.equal(checksumOf(""), 0);
});

test("paths are relative to the settings, and give way to names and sizes; what is not used is left out", (t) => {
  const path = settingsIn(t, "linux", 2, pems);
  const settings = serverOf(1);
  const [ca, ...more] = takeCertificates(path, settings);
  assert.deepEqual(more, []);
  assert.equal(ca?.bytes, pems.ca);
  assert.deepEqual(settings, { server: { tls: 1, ca: `${nameOf(pems.ca)},${pems.ca.length}` } });
  assert.deepEqual(certificatesOf(settings), [{ ...ca, bytes: undefined }]);
  assert.deepEqual(certificatesOf({ server: { ...(settings.server as Settings), tls: 0 } }), []);
  assert.deepEqual(certificatesOf({ server: { tls: 1, ca: "a path" } }), []);
  assert.deepEqual(certificatesOf({}), []);
});

test("each fault is one line that names the field", (t) => {
  const path = settingsIn(t, "linux", 2, pems);
  const put = (part: string, text: string) => {
    rmSync(join(dirname(path), `${part}.pem`), { force: true, recursive: true });
    writeFileSync(join(dirname(path), `${part}.pem`), text, { mode: 0o600 });
  };
  assert.equal(refusalOf(path), "");
  for (const [part, text, told] of [
    ["ca", "", "holds no certificate in PEM form"],
    ["ca", "just text", "holds no certificate in PEM form"],
    ["ca", pems.key, "holds a private key: that belongs into a file of its own, server.key"],
    ["cert", pems.cert.replace(/\n.{64}\n/, "\n"), "its certificate is broken"],
    ["ca", pems.ca + " ".repeat(8192), /^has 9,\d{3} bytes, and 8,192 are the most: leave out/],
    ["key", pems.cert, "holds no private key in PEM form"],
    ["key", pems.key.replace(/\n.{64}\n/, "\n"), "its private key is broken"],
  ] as const) {
    const right = pems[part];
    put(part, text);
    const lines = refusalOf(path).split("\n");
    const start = `server.${part} ${part}.pem: `;
    assert.equal(lines.length, 1);
    assert.ok(lines[0]?.startsWith(start), lines[0]);
    if (typeof told === "string") assert.equal(lines[0], start + told);
    else assert.match((lines[0] as string).slice(start.length), told);
    put(part, right);
    if (part === "ca") writeFileSync(join(dirname(path), "ca.pem"), Buffer.from(right, "latin1"));
  }
  rmSync(join(dirname(path), "ca.pem"));
  mkdirSync(join(dirname(path), "ca.pem"));
  rmSync(join(dirname(path), "key.pem"));
  assert.deepEqual(refusalOf(path).split("\n"), [
    "server.ca ca.pem: is not a file",
    "server.key key.pem: no such file or directory",
  ]);
});

test("a key that others may read is refused, as ssh refuses it; a certificate is no secret", {
  skip: process.platform === "win32",
}, (t) => {
  const path = settingsIn(t, "linux", 2, pems);
  for (const part of ["ca", "cert"]) chmodSync(join(dirname(path), `${part}.pem`), 0o644);
  assert.equal(refusalOf(path), "");
  for (const mode of [0o640, 0o604, 0o666]) {
    chmodSync(join(dirname(path), "key.pem"), mode);
    assert.equal(refusalOf(path), "server.key key.pem: others can read this private key: chmod 600 it");
  }
});

test("an encrypted key, and the key of another certificate, are refused", async (t) => {
  const encrypted = createPrivateKey(pems.key)
    .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" })
    .toString();
  const locked = settingsIn(t, "linux", 2, { ...pems, key: encrypted });
  assert.match(
    refusalOf(locked),
    /^server\.key key\.pem: is encrypted, and a modem knows no passphrase: .*$/,
  );
  const { key } = await makeCertificate({ name: "another" });
  const strange = settingsIn(t, "linux", 2, { ...pems, key });
  assert.equal(refusalOf(strange), "server.key key.pem: is not the key of server.cert");
});
