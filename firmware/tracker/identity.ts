/** `#identity`: with a provisioning key in place of a login, a board has credentials of its own from the server. */
export { noise } from "#board";
export { logIn } from "./log-in.ts";

/** Whether there is more to do than to connect. */
export const HAS_IDENTITY: boolean = true;
