/** Why a request got no answer at all, in words. */
import { Fault, systemWords } from "../fault.ts";

/** What OpenSSL says of a certificate that leads to no authority it knows. */
const UNKNOWN_AUTHORITY = [
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

const CERTIFICATES: Record<string, string> = {
  ...Object.fromEntries(
    UNKNOWN_AUTHORITY.map((code) => [
      code,
      "its certificate is from an authority that this computer does not know: NODE_EXTRA_CA_CERTS=FILE.pem names one more",
    ]),
  ),
  CERT_HAS_EXPIRED: "its certificate has expired: its owner must renew it",
  CERT_NOT_YET_VALID: "its certificate is not valid yet: is this computer's clock right?",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name: use the name that it is for in --url",
};

/** No answer came: the next request may have one. */
export class Unreachable extends Fault {}

/** What `fetch` threw, as a fault of `url`. */
export function unreachable(url: string, thrown: unknown, patience_ms: number): Unreachable {
  const error = thrown as Error & { cause?: NodeJS.ErrnoException };
  if (error.name === "TimeoutError")
    return new Unreachable(
      `${url}: no answer within ${patience_ms / 1000} s; is the address right, and the server up?`,
    );
  const { cause } = error;
  const code = cause?.code ?? "";
  const certificate = CERTIFICATES[code];
  if (certificate) return new Unreachable(`${url}: ${certificate}`);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return new Unreachable(`${url}: there is no such host, or no name server was reached; is --url right?`);
  if (/SSL|TLS|EPROTO/.test(code))
    return new Unreachable(`${url}: does not speak TLS there: is it http://, or another port?`);
  if (code === "UND_ERR_SOCKET" || code.startsWith("HPE_"))
    return new Unreachable(`${url}: what answers there is no HTTP: is it https://, or another port?`);
  return new Unreachable(
    `${url}: not reached: ${cause ? systemWords(cause) : error.message}; is the server up, and --url right?`,
  );
}
