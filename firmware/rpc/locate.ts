/** Requests for a fresh fix, which wait for the round's end. */
import { type Client, sendReply } from "../thingsboard/client.ts";

/** Their ids, oldest first. */
export const locating: string[] = [];

/** To be called when a round has ended, with a fix or without: all that asked meanwhile get the same. */
export function answerLocate(server: Client, position: (fresh: boolean) => unknown): void {
  locating.splice(0).forEach(function (id) {
    sendReply(server, position(true), id, 0);
  });
}
