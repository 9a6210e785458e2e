/** Of the HTTP server, besides the page and the stand-in's. */
export const EVENTS_PATH = "/simulator/events";
export const ENERGY_PATH = "/simulator/energy";
