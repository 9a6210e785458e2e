/**
 * The number a field of text tells: digits, a sign before them, a point between. Undefined for everything else, be it
 * "", "12abc", "0x10" or "1e3", which `parseFloat` and `Number` take for something.
 */
export function decimal(text: string | undefined): number | undefined {
  if (!text || text.trim() !== text || text.toLowerCase() !== text.toUpperCase()) return undefined;
  // With a point, as the interpreter takes "010" for octal, 8, be it by `parseFloat`.
  const value = +(text.indexOf(".") < 0 ? text + "." : text);
  // Not so for NaN and the infinities.
  return value * 0 === 0 ? value : undefined;
}
