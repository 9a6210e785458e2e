/**
 * The number a field of text tells: digits, a sign before them, a point between. Undefined for everything else, be it
 * "", "12abc", "0x10" or "1e3", which `parseFloat` and `Number` take for something.
 */
export function decimal(text: string | undefined): number | undefined {
  if (!text) return undefined;
  for (let i = 0; i < text.length; i++) if ("0123456789.-+".indexOf(text.charAt(i)) < 0) return undefined;
  // With a point, as the interpreter takes "010" for octal, 8.
  const value = Number(text.indexOf(".") < 0 ? text + "." : text);
  // Not so for NaN and the infinities.
  return value * 0 === 0 ? value : undefined;
}
