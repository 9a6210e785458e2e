/** An NMEA sentence of `body` (`GPRMC,...`), with its checksum and line end. */
export function sentence(body: string): string {
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum ^= body.charCodeAt(i);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, "0")}\r\n`;
}

/** The sentences of `bodies`, one a line. */
export function sentences(...bodies: string[]): string {
  return bodies.map(sentence).join("");
}
