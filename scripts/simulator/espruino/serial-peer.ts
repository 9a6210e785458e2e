/** The other end of a UART, of the console's cable or radio. Bytes are strings of char codes 0-255. */
export interface SerialPeer {
  /** Bytes from the board. */
  write(bytes: string): void;
  /** Set by the board: call it with bytes for the board. */
  onData?: ((bytes: string) => void) | undefined;
  /** The board set its UART up, or down (0). */
  setBaud?(baud: number): void;
  /** A terminal on which somebody looks on: the console greets and prompts there before anything is typed. */
  watched?: boolean;
  /** Hardware flow control: the board cannot take more for now, or can again. */
  hold?(held: boolean): void;
}
