/** Puts the checksum to a sentence. */
export function sentence(body: string): string {
  let sum = 0;
  for (const char of body) sum ^= char.charCodeAt(0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, "0")}\r\n`;
}

/** Three seconds of one place, then one south-west of the zero meridian. */
export const shortLog: string = [
  ["061949.00", "3150.7228,N,11711.9292,E", "0.0", "0.0"],
  ["061950.00", "3150.7228,N,11711.9292,E", "0.0", "0.0"],
  ["061951.00", "3150.7228,N,11711.9292,E", "0.0", "0.0"],
  ["061952.00", "3453.1500,S,05609.9996,W", "10.0", "277.5"],
]
  .map(
    ([time, position, knots, course]) =>
      sentence(`GPGGA,${time},${position},1,09,0.7,62.2,M,0.0,M,,`) +
      sentence(`GPRMC,${time},A,${position},${knots},${course},110513,,,A`),
  )
  .join("");
