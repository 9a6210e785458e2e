/** A device asks to be claimed, and a customer claims it with what the device said. */
import { NumberText, PayloadError, parseLenientJson } from "./lenient-json.ts";

export interface Claim {
  secret_key: string;
  expires_ms: number;
}

/** A device, as far as it is claimed. */
interface Claimed {
  /** It asked to be. */
  claim: Claim | undefined;
  /** It belongs to the customer. */
  claimed: boolean;
}

/** security.claim.duration */
const DEFAULT_MS = 86_400_000;

/**
 * The device's request: empty, or `{"secretKey":…,"durationMs":…}`. The first counts until it is over. Throws PayloadError for
 * what closes the connection.
 */
export function takeClaim(device: Claimed, payload: string, now_ms: number): void {
  const json = payload === "" ? new Map() : parseLenientJson(payload);
  if (!(json instanceof Map)) throw new PayloadError("the claim is no object");
  const secret = json.get("secretKey");
  const duration = json.get("durationMs");
  if (device.claim && device.claim.expires_ms >= now_ms) return;
  device.claim = {
    secret_key: typeof secret === "string" ? secret : secret instanceof NumberText ? secret.text : "",
    expires_ms: now_ms + (duration instanceof NumberText ? Number(duration.text) : DEFAULT_MS),
  };
}

/** A customer claims the device. */
export function claimDevice(
  device: Claimed,
  secret_key: string,
  now_ms: number,
): "SUCCESS" | "FAILURE" | "CLAIMED" {
  const { claim } = device;
  if (!claim) return device.claimed ? "CLAIMED" : "FAILURE";
  device.claim = undefined;
  if (now_ms > claim.expires_ms || claim.secret_key !== secret_key) return "FAILURE";
  if (device.claimed) return "CLAIMED";
  device.claimed = true;
  return "SUCCESS";
}
