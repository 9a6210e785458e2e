/** A wrong argument: the message is one line for the user. */
export class UsageError extends Error {}
