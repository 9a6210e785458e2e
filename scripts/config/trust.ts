/** The root to trust, found by a look at the server from this computer. */
import { createHash } from "node:crypto";
import { Fault } from "../fault.ts";
import { CAUSES } from "../probe/cause.ts";
import { chainLines, modemLines, nameWords } from "../probe/describe.ts";
import { probeServer, type Target } from "../probe/probe.ts";
import { type Root, rootOf } from "../probe/root.ts";
import { contentsOf } from "./pem-files.ts";
import { portOf, type Settings, tlsOf, valueAt } from "./settings.ts";

/** What was seen of a server. */
export interface Look {
  /** To be shown. */
  lines: string[];
  root: Root | undefined;
}

/** How long a person waits at most for each connection. */
const PATIENCE_MS = 10_000;

/** The server of the settings in `document`; with TLS, whatever they say. */
export function targetOf(document: string, settings: Settings): Target {
  return {
    host: String(valueAt(settings, "server.host")),
    port: portOf(settings),
    tls: tlsOf(settings) || 1,
    timeout_ms: PATIENCE_MS,
    ...contentsOf(document, settings),
  };
}

/** Said before a look, which may take a while where nobody answers. */
export const lookingAt = ({ host, port }: Target): string =>
  `Looking at ${host}:${port} from this computer, ${PATIENCE_MS / 1000} s a try at most`;

/** Looks at the server, as the modem would see it if it trusted the root of its chain. */
export async function lookAt({ ca: _, ...target }: Target, roots?: readonly string[]): Promise<Look> {
  const seen = await probeServer(target);
  const where = `${target.host}:${target.port}`;
  if (!seen.chain.length)
    return {
      lines: [`${CAUSES[seen.cause].finding(target)}; ${CAUSES[seen.cause].remedy}`],
      root: undefined,
    };
  const root = rootOf(seen.chain, roots);
  const report = root ? await probeServer({ ...target, ca: root.certificate.toString() }) : seen;
  const lines = [`${where} sends:`, ...chainLines(seen.chain), "The modem:", ...modemLines(target, report)];
  if (!root) lines.push("Its root is in no list, and it does not send it: ask its owner for the file");
  return { lines, root };
}

/** "AB:CD:…", the SHA-256 that browsers and openssl show. */
export const fingerprintOf = ({ certificate }: Root): string => certificate.fingerprint256;

/** What a person must know before it is trusted. */
export function rootLines(root: Root): string[] {
  const name = nameWords(root.certificate.subject);
  const kind = root.certificate.publicKey.asymmetricKeyType;
  const doubt = kind === "rsa" ? [] : [`its key is of the kind ${kind}, which the modem may not verify`];
  if (root.isPublic) return [`Its root is ${name}, which Node's own list, Mozilla's, has`, ...doubt];
  return [
    `Its root is ${name}, which no list has: whoever is in between could have sent one of their own.`,
    "Trust it only if this is the fingerprint (SHA-256) that the server's owner tells you by another way:",
    fingerprintOf(root),
    ...doubt,
  ];
}

/** A root as a file beside the settings; a name stands for its content. */
export function rootFile({ certificate }: Root): { name: string; text: string } {
  const text = `${certificate.toString().trim()}\n`;
  const slug = nameWords(certificate.subject)
    .split(", ")[0]
    ?.toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const mark = createHash("sha256").update(text).digest("hex").slice(0, 8);
  return { name: `${slug?.replace(/^-|-$/g, "") || "root"}-${mark}.pem`, text };
}

/** `--fetch-ca`, where nobody is asked: a root of a list is trusted, another one by its fingerprint. Throws `Fault`. */
export function demandTrust({ root, lines }: Look, fingerprint: string | undefined): Root {
  if (!root) throw new Fault(`${lines.join("\n")}\n--fetch-ca: no root was found; --ca FILE names one`);
  const plain = (text: string) => text.replaceAll(":", "").toLowerCase();
  if (fingerprint !== undefined && plain(fingerprint) !== plain(fingerprintOf(root)))
    throw new Fault(
      `--fingerprint: the root's is another, ${fingerprintOf(root)}: do not trust it before its owner says so`,
    );
  if (!root.isPublic && fingerprint === undefined)
    throw new Fault(`${rootLines(root).join("\n")}\nthen: --fingerprint ${fingerprintOf(root)}`);
  return root;
}
