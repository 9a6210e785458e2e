/**
 * What V8 has and Espruino 2v29 has not, found by asking the interpreter for each member of V8's built-ins. Left in
 * place: what V8 itself reads (the flags of a RegExp, how deep a
 * stack is kept), and the constants it does not let go (Number.EPSILON and such).
 */
export const missing = {
  globals:
    words(`Symbol AggregateError EvalError RangeError URIError Intl BigUint64Array BigInt64Array Map BigInt Set
    WeakMap WeakSet Proxy Reflect FinalizationRegistry WeakRef decodeURI encodeURI escape unescape SharedArrayBuffer
    Atomics WebAssembly`),
  statics: {
    Object: words(
      "getOwnPropertySymbols hasOwn is preventExtensions seal freeze isExtensible isFrozen isSealed groupBy",
    ),
    Array: words("from of fromAsync"),
    String: words("fromCodePoint raw"),
    Number: words("isFinite isInteger isNaN isSafeInteger parseFloat parseInt"),
    Date: words("UTC"),
    Error: words("captureStackTrace"),
    Math: words(`acosh asinh atanh cbrt expm1 clz32 cosh fround hypot imul log1p log2 log10 sinh tanh trunc`),
    ArrayBuffer: words("isView"),
  },
  prototypes: {
    Object: words("isPrototypeOf propertyIsEnumerable toLocaleString"),
    Array:
      words(`at copyWithin findLast findLastIndex lastIndexOf keys entries values flat flatMap reduceRight
      toLocaleString toReversed toSorted toSpliced with`),
    String:
      words(`anchor at big blink bold codePointAt fontcolor fontsize fixed isWellFormed italics link localeCompare
      matchAll normalize search small strike sub sup toWellFormed trimStart trimLeft trimEnd trimRight
      toLocaleLowerCase toLocaleUpperCase`),
    Number: words("toExponential toPrecision toLocaleString"),
    Date: words(`toDateString toTimeString toGMTString setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds
      setUTCMinutes setUTCMonth setUTCSeconds getYear setYear toLocaleString toLocaleDateString toLocaleTimeString`),
    ArrayBuffer: words("slice maxByteLength resizable resize transfer transferToFixedLength detached"),
    DataView: words("getBigInt64 setBigInt64 getBigUint64 setBigUint64"),
  },
} as const;

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
