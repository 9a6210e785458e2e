/** PEM files for tests of `npm run flash`, and settings that name them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { makeCertificate } from "../../scripts/certificate/make.ts";

/** By the setting that names them. */
export type Pems = Record<"ca" | "cert" | "key", string>;

export async function makePems(): Promise<Pems> {
  const authority = await makeCertificate({ name: "authority", authority: true });
  const device = await makeCertificate({ name: "tracker", by: authority, client: true });
  // Bytes that a console or a line editor would change, in the text around a certificate.
  const odd = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
  return {
    ca: `subject: ${odd}\r\n${authority.certificate}`,
    cert: device.certificate,
    key: device.key,
  };
}

/** A directory with a tracker.json and its PEM files, there until the test ends; gives the path of the first. */
export function settingsIn(
  t: TestContext,
  board: string,
  tls: number,
  pems: Partial<Pems>,
  more = {},
): string {
  const directory = mkdtempSync(join(tmpdir(), "pems-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const named: Record<string, string> = {};
  for (const [part, pem] of Object.entries(pems)) {
    named[part] = `${part}.pem`;
    writeFileSync(join(directory, `${part}.pem`), Buffer.from(pem, "latin1"), { mode: 0o600 });
  }
  const path = join(directory, "tracker.json");
  const server = { host: "server.example", username: "SECRET_TOKEN", tls, ...named };
  writeFileSync(path, JSON.stringify({ board, server, apn: "internet", ...more }));
  return path;
}
