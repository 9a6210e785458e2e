/** What is wired to two pins, and answers to an address. */
export interface I2cDevice {
  /** Of 7 bits. */
  address: number;
  scl: string;
  sda: string;
  /** False: nobody acknowledges the address. */
  readonly answers: boolean;
  write(bytes: Uint8Array): void;
  read(count: number): Uint8Array;
}
