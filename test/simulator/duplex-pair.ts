import { Duplex } from "node:stream";

/** A TCP connection in memory: what one end writes the other reads, a close of either ends both. No back-pressure. */
export function duplexPair(): [Duplex, Duplex] {
  const left = new Side();
  const right = new Side();
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class Side extends Duplex {
  peer: Side | undefined;
  private ended = false;

  constructor() {
    super({ allowHalfOpen: false });
  }

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.peer?.deliver(bytes);
    done();
  }

  override _final(done: () => void): void {
    this.peer?.deliver(null);
    done();
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    this.peer?.deliver(null);
    done();
  }

  private deliver(bytes: Buffer | null): void {
    if (this.ended || this.destroyed) return;
    this.ended = bytes === null;
    this.push(bytes);
  }
}
