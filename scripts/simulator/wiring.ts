/** A board's modem, wired to it: by the UART, and the pins that switch it. */

import type { SerialPeer } from "./espruino/serial-peer.ts";
import type { BoardSpec, Wire } from "./espruino/specs.ts";
import type { Modem } from "./modem/modem.ts";

const WIRES: Record<Wire, (modem: Modem, level: 0 | 1) => void> = {
  supply: (modem, level) => modem.power(level === 1),
  key: (modem, level) => modem.pwrkey(level),
  "inverted key": (modem, level) => modem.pwrkey(level === 1 ? 0 : 1),
  reset: (modem, level) => modem.reset(level),
};

/** What a board's outputs do to its modem: for `onPin`. */
export function modemPins(board: BoardSpec, modem: Modem): (pin: string, level: boolean) => void {
  return (pin, level) => {
    const wire = board.modemPins[pin];
    if (wire) WIRES[wire](modem, level ? 1 : 0);
  };
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
