/** A board's modem, wired to it: by the UART, and the pins that switch it. */

import type { SerialPeer } from "./espruino/serial-peer.ts";
import type { BoardSpec, Wire } from "./espruino/specs.ts";
import type { Modem } from "./modem/modem.ts";

const WIRES: Record<Wire, (modem: Modem, level: 0 | 1, at_ms?: number) => void> = {
  supply: (modem, level) => modem.power(level === 1),
  key: (modem, level) => modem.pwrkey(level),
  "inverted key": (modem, level) => modem.pwrkey(level === 1 ? 0 : 1),
  reset: (modem, level) => modem.reset(level),
  dtr: (modem, level, at_ms) => modem.dtr(level, at_ms),
};

/** What a board's outputs do to its modem: for `onPin`. */
export function modemPins(
  board: BoardSpec,
  modem: Modem,
): (pin: string, level: boolean, at_ms?: number) => void {
  return (pin, level, at_ms) => {
    const wire = board.modemPins[pin];
    if (wire) WIRES[wire](modem, level ? 1 : 0, at_ms);
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

/**
 * A board's one UART: the console's until the program sets it up for the modem, at the speed that only this has, and again
 * from the next setup on, or when the board starts anew.
 */
export function sharedUart(console: SerialPeer, modem: SerialPeer, modem_baud: number): SerialPeer {
  let isModems = false;
  let onData: SerialPeer["onData"];
  console.onData = (bytes) => isModems || onData?.(bytes);
  modem.onData = (bytes) => isModems && onData?.(bytes);
  return {
    write: (bytes) => (isModems ? modem : console).write(bytes),
    setBaud(baud) {
      isModems = baud === modem_baud;
      modem.setBaud?.(isModems ? baud : 0);
    },
    get onData() {
      return onData;
    },
    set onData(listener) {
      // A program that ends lets go of it.
      if (!listener) isModems = false;
      onData = listener;
    },
    get watched() {
      return console.watched === true;
    },
  };
}
