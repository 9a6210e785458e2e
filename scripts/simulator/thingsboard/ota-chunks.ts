/** Packages by MQTT: a device asks for one chunk after the other. */
import { MAX_REMAINING_LENGTH } from "./decoder.ts";
import { type Device, packageOf } from "./device.ts";
import { PayloadCrash } from "./lenient-json.ts";
import type { OtaPackage } from "./ota-package.ts";

/** What `v2/fw/error` says, for firmware and software alike; then the connection is closed. */
export type OtaError = "NOT_FOUND" | "PAYLOAD_TOO_LARGE" | "FAILURE";

const MAX_INT = 2 ** 31 - 1;

/** The downloads of one connection, by the number that the device gave each. */
export class Downloads {
  private readonly packages = new Map<string, OtaPackage>();
  private readonly sizes = new Map<string, number>();

  /**
   * The chunk, empty past the end; undefined: nothing comes but the PUBACK. `payload`: its size; "", as the last of the
   * download's; 0 or less: the whole file. `allowed`: asked once a download, whether the rate limit lets it. A number that was
   * used before gives the package that it gave then, whatever is assigned now, firmware or software.
   */
  chunk(
    device: Device,
    { package: kind, id, chunk }: { package: "fw" | "sw"; id: string; chunk: string },
    payload: string,
    allowed: () => boolean,
  ): Buffer | OtaError | undefined {
    if (payload !== "" && !/^[+-]?\d+$/.test(payload))
      throw new PayloadCrash("the chunk's size is no number");
    if (Number(chunk) > MAX_INT) throw new PayloadCrash("the chunk's number is too large");
    const size = payload === "" ? (this.sizes.get(id) ?? 0) : Number(payload);
    if (size > MAX_REMAINING_LENGTH) return "PAYLOAD_TOO_LARGE";
    let assigned = this.packages.get(id);
    if (!assigned) {
      if (!allowed()) return undefined;
      assigned = packageOf(device, kind === "fw" ? "FIRMWARE" : "SOFTWARE");
      if (!assigned) return "NOT_FOUND";
      if (!assigned.file) return "FAILURE";
      this.packages.set(id, assigned);
    }
    this.sizes.set(id, size);
    const bytes = assigned.file?.bytes ?? Buffer.alloc(0);
    if (size < 1) return bytes;
    const start = size * Number(chunk);
    return start > MAX_INT ? undefined : bytes.subarray(start, start + size);
  }
}
