/** A serial line between two threads: its ends are the two ports of a `MessageChannel`. */
import type { MessagePort } from "node:worker_threads";
import type { SerialPeer } from "../espruino/serial-peer.ts";

/** What one end tells the other. */
type Told = { bytes: string } | { baud: number } | { held: boolean } | { watched: boolean };

/** Connects what the board talks to, a modem or a terminal, to this end. `heard` gets what it sends, as it is sent. */
export function connectPeer(port: MessagePort, peer: SerialPeer, heard?: (bytes: string) => void): void {
  const tell = (told: Told): void => port.postMessage(told);
  peer.onData = (bytes) => {
    heard?.(bytes);
    tell({ bytes });
  };
  // It is a property of the peer's: whoever sets it does not know of us.
  let watched = peer.watched ?? false;
  tell({ watched });
  Object.defineProperty(peer, "watched", {
    // The board is started again, in another thread.
    configurable: true,
    get: () => watched,
    set(now: boolean) {
      watched = now;
      tell({ watched });
    },
  });
  port.on("message", (told: Told) => {
    if ("bytes" in told) peer.write(told.bytes);
    else if ("baud" in told) peer.setBaud?.(told.baud);
    else if ("held" in told) peer.hold?.(told.held);
  });
}

/** The peer, as the board at the other end sees it. */
export function peerBehind(port: MessagePort): SerialPeer {
  const tell = (told: Told): void => port.postMessage(told);
  const peer: SerialPeer = {
    write: (bytes) => tell({ bytes }),
    setBaud: (baud) => tell({ baud }),
    hold: (held) => tell({ held }),
  };
  port.on("message", (told: Told) => {
    if ("bytes" in told) peer.onData?.(told.bytes);
    else if ("watched" in told) peer.watched = told.watched;
  });
  return peer;
}
