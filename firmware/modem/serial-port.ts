/** A UART: Espruino's `Serial`, or a fake in tests. Bytes are strings of char codes 0–255. */
export interface SerialPort {
  write(bytes: string): void;
  on(event: "data", listener: (bytes: string) => void): void;
}
