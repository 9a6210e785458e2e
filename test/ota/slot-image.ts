/** A slot's content as firmware/ota/layout.ts describes it, put there without the firmware. */
import { crc32 } from "node:zlib";
import { orderOf, Place } from "../../firmware/ota/layout.ts";
import type { Flash } from "../../scripts/simulator/espruino/flash.ts";

export interface Update {
  code: string;
  /** The order's. */
  number: number;
  confirmed?: boolean;
}

/** Writes it over what is erased. */
export function putUpdate(flash: Flash, address: number, { code, number, confirmed }: Update): void {
  const bytes = Buffer.from(code.padEnd(Math.ceil(code.length / 4) * 4), "latin1");
  const head = Buffer.alloc(Place.Code, 0xff);
  head.writeInt32LE(1, Place.Key);
  head.writeInt32LE(~1, Place.Key + 4);
  head.writeUInt32LE(bytes.length, Place.Length);
  head.writeUInt32LE(crc32(bytes), Place.Length + 4);
  head.writeInt32LE(orderOf(number), Place.Order);
  if (confirmed) head.writeUInt32LE(0, Place.Confirmed);
  flash.write(address, head);
  flash.write(address + Place.Code, bytes);
}
