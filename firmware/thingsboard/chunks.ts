/**
 * A firmware package comes by MQTT, a chunk after the other: one is asked for, and awaited, before the next. So at most one is in
 * RAM, and a lost link costs one. The server sends them without a SUBSCRIBE (measured on 4.2.1).
 */
import { publish, Role } from "../mqtt/session.ts";
import { Reason } from "../reason.ts";
import { words } from "../words.ts";
import type { Client } from "./api.ts";

export const enum Limit {
  /** Bytes of a chunk. */
  Chunk = 512,
  /** For a chunk, ms: it is at most a read from the database, and LTE-M in poor reception. */
  Answer_ms = 30000,
  /** Requests in a row that bring nothing, before the download is given up. */
  Tries = 5,
}

/** A download under way. */
export interface Chunks {
  /** Asks again for what is missing: to be called when a connection begins. */
  resume_(): void;
  /** Ends it; `done` is not called. */
  stop_(): void;
}

/**
 * Loads the bytes from `from` on. `id`: of the download; the server gives the same package for the same number all
 * through a connection. `take` gets the bytes in their order and where they belong, and gives "", or why it goes no further. `done`
 * is called once, with "" or why it came to nothing; not for a link that is lost: that waits for `resume_`.
 */
export function loadChunks(
  client: Client,
  id: number,
  from: number,
  size: number,
  take: (bytes: string, at: number) => string,
  done: (fault: string) => void,
): Chunks {
  const onMessage = client.onMessage_;
  let at = from;
  /** Since a chunk came. */
  let tries = 0;
  let why = "";
  let deadline: ReturnType<typeof setTimeout> | 0 = 0;

  function stop(): void {
    if (deadline) clearTimeout(deadline);
    deadline = 0;
    client.onMessage_ = onMessage;
  }

  function finish(fault: string): void {
    stop();
    done(fault);
  }

  function ask(): void {
    if (deadline) clearTimeout(deadline);
    deadline = 0;
    if (!client.status) return;
    if (++tries > Limit.Tries) return finish(why);
    why = words(Reason.AnswerMissing);
    deadline = setTimeout(ask, Limit.Answer_ms);
    const topic = "v2/fw/request/" + id + "/chunk/" + Math.floor(at / Limit.Chunk);
    // What is lost is asked for again, so at QoS 0.
    publish(client, topic, "" + Limit.Chunk, 0, 0, Role.Once);
  }

  function arrived(bytes: string): void {
    const before = at % Limit.Chunk;
    if (bytes.length !== Math.min(Limit.Chunk, size - at + before)) {
      // The server has let go of it in the midst, or it is no chunk: by another number it looks anew.
      why = "a chunk of " + bytes.length + " bytes";
      id++;
      return ask();
    }
    const fault = take(before ? bytes.substr(before) : bytes, at);
    tries = 0;
    at += bytes.length - before;
    if (fault || at >= size) finish(fault);
    else ask();
  }

  // Chunks are bytes, which may happen to be JSON: they are none of the client's.
  client.onMessage_ = function (topic: string, payload: string | undefined): void {
    if (topic.substr(0, 6) !== "v2/fw/") onMessage.call(client, topic, payload);
    else if (topic === "v2/fw/error") finish(words(Reason.ServerSays, payload));
    else if (topic === "v2/fw/response/" + id + "/chunk/" + Math.floor(at / Limit.Chunk))
      arrived(payload || "");
  };
  ask();
  return { resume_: ask, stop_: stop };
}
