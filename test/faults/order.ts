import { some, time } from "./naming.ts";
import type { Received, Taken } from "./scene.ts";

/**
 * A session's records come in the order they were taken, but the newest may go ahead of older ones, as the last of its
 * packet, and one that was lost alone may come alone, later, as the others passed it. (Of two that are taken within a second, a fix and a report, the ts may be the other way round: a fix's ts is the
 * receiver's.)
 */
export function order(taken: Taken[], received: Received[]): string[] {
  const wrong: string[] = [];
  const places = placesOf(taken);
  let session_ms: number | undefined;
  let before_ms = 0;
  let backlog = -1;
  for (const packet of received) {
    if (packet.session_ms !== session_ms) {
      session_ms = packet.session_ms;
      // The first packet may be one that was put together in a session before.
      before_ms = 0;
      backlog = -1;
    }
    const stamps = [...new Set(packet.points.map(({ ts }) => ts))];
    let place = -1;
    stamps.forEach((ts, i) => {
      const { first = place, last = place } = places.get(ts) ?? {};
      if (stamps.length > 1 && last < Math.max(place, backlog))
        wrong.push(
          `${time(ts)} in the packet of ${time(packet.received_ms)} was taken before what was sent before`,
        );
      place = first;
      // One that was the newest when the packet was put together says nothing about those to come.
      const ahead = i === stamps.length - 1 && (taken[last + 1]?.at_ms ?? before_ms) >= before_ms;
      if (!ahead) backlog = Math.max(backlog, first);
    });
    before_ms = packet.received_ms;
  }
  return some("order", wrong);
}

/** Which records have a ts: the first and the last, as a fix may be taken twice. */
function placesOf(taken: Taken[]): Map<number, { first: number; last: number }> {
  const places = new Map<number, { first: number; last: number }>();
  taken.forEach(({ ts }, i) => {
    places.set(ts, { first: places.get(ts)?.first ?? i, last: i });
  });
  return places;
}
