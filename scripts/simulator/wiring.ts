/** How each board's modem is wired to it: the UART, and the pins that switch it. */

import type { SerialPeer } from "./espruino/serial-peer.ts";
import type { Modem } from "./modem/modem.ts";

type Wire = (modem: Modem, level: 0 | 1) => void;

const supply: Wire = (modem, level) => modem.power(level === 1);
const key: Wire = (modem, level) => modem.pwrkey(level);
/** By a transistor: high presses. */
const invertedKey: Wire = (modem, level) => modem.pwrkey(level === 1 ? 0 : 1);
const reset: Wire = (modem, level) => modem.reset(level);

/** By `process.env.BOARD`. The Linux board has none of these. */
const WIRES: Record<string, Record<string, Wire>> = {
  RAK8212: { D6: supply, D15: invertedKey },
  RAK5010: { D2: key },
  WIO_LTE: { B5: supply, C4: key, C3: reset },
};
const MODEM_UART: Record<string, string> = { WIO_LTE: "Serial2" };
/** Of those that may have a GNSS receiver of its own: its UART. */
const RECEIVER_UART: Record<string, string> = { RAK5010: "Serial2" };

/** The UART a board's modem is on. */
export const modemUart = (board: string): string => MODEM_UART[board] ?? "Serial1";

/** The UART a board's GNSS receiver is on; undefined: it can have none. */
export const receiverUart = (board: string): string | undefined => RECEIVER_UART[board];

/** What a board's outputs do to its modem: for `onPin`. */
export function modemPins(board: string, modem: Modem): (pin: string, level: boolean) => void {
  const wires = WIRES[board] ?? {};
  return (pin, level) => wires[pin]?.(modem, level ? 1 : 0);
}

/** The modem at the other end of a UART. */
export function modemPeer(modem: Modem): SerialPeer {
  const peer: SerialPeer = { write: (bytes) => modem.receive(bytes) };
  modem.onTransmit = (bytes) => peer.onData?.(bytes);
  return peer;
}

/** As `modemPeer`, but until the program sets the UART up it is the console's, on other pins. */
export function modemPeerAfterSetup(modem: Modem): SerialPeer {
  let connected = false;
  const peer: SerialPeer = {
    write: (bytes) => connected && modem.receive(bytes),
    setBaud: (baud) => {
      connected = baud > 0;
    },
  };
  modem.onTransmit = (bytes) => connected && peer.onData?.(bytes);
  return peer;
}
