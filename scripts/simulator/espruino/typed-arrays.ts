import type { Machine } from "./machine.ts";

/** What V8 has and Espruino 2v29 has not. (V8 does not let BYTES_PER_ELEMENT go.) */
const MISSING =
  `at copyWithin entries findLast findLastIndex keys lastIndexOf reduceRight toLocaleString toReversed
  toSorted values with`.split(/\s+/);

/** Makes V8's typed arrays the interpreter's. Not modelled: offsets that are no multiple of the element, `buffer[i]`. */
export function installTypedArrays({ realm }: Machine): void {
  const common = Object.getPrototypeOf(realm.global.Uint8Array) as { prototype: object };
  for (const name of ["from", "of"]) Reflect.deleteProperty(common, name);
  for (const name of MISSING) Reflect.deleteProperty(common.prototype, name);
  // Plain arrays come out.
  realm.define(common.prototype, {
    slice(start, end) {
      return realm.array(Array.from(this as Uint8Array).slice(start, end));
    },
    filter(test, self) {
      return realm.array(Array.from(this as Uint8Array).filter((item, i) => test.call(self, item, i, this)));
    },
  });
  const buffers = (realm.global.ArrayBuffer as { prototype: object }).prototype;
  Object.defineProperty(buffers, "length", {
    get(this: ArrayBuffer) {
      return this.byteLength;
    },
    configurable: true,
  });
}
