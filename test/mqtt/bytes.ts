/** Strings of bytes, as the firmware has them, from and to what Node has. */

export const latin1 = (bytes: string): Buffer => Buffer.from(bytes, "latin1");

export const fromBuffer = (buffer: Uint8Array): string => Buffer.from(buffer).toString("latin1");

/** UTF-8 of a text, by Node. */
export const utf8 = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

/** How many random cases a property is tried with. */
export const RUNS = Number(process.env.MQTT_RUNS ?? 2_000);
