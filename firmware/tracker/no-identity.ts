/** `#identity` of a build without: the settings say who the board is. */
import type { Board } from "../../board/board.ts";
import type { Done } from "../mqtt/owner.ts";
import type { Client } from "../thingsboard/api.ts";

export const HAS_IDENTITY: boolean = false;

export function noise(): string | number {
  return 0;
}

export function logIn(
  _server: Client,
  _imei: string | undefined,
  _noise: Board["noise"],
  _done: Done,
): void {}
