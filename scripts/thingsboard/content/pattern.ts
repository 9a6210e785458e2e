/** Where ThingsBoard puts a value into a text: "${battery}", or "${battery:0}" with so many decimals. */
export const filled = (name: string, decimals?: number): string =>
  `\${${name}${decimals === undefined ? "" : `:${decimals}`}}`;
