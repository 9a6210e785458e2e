/** What an accelerometer is connected by. */

/** Espruino's, as much of them as is used here. */
export interface Bus {
  writeTo(address: number, data: number | number[]): void;
  readFrom(address: number, count: number): Uint8Array;
}
export interface InputPin {
  read(): boolean;
}
