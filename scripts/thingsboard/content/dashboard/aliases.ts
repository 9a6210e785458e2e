/** Whose data widgets show, without anything to edit: all devices of the profile, and the one that was clicked. */
import { PROFILE } from "../../names.ts";
import { idOf } from "../ids.ts";

export const FLEET = idOf("alias fleet");
export const TRACKER = idOf("alias tracker");

export const ALIASES = {
  [FLEET]: {
    id: FLEET,
    alias: "All trackers",
    filter: { type: "deviceType", resolveMultiple: true, deviceTypes: [PROFILE], deviceNameFilter: "" },
  },
  [TRACKER]: {
    id: TRACKER,
    alias: "The tracker",
    filter: {
      type: "stateEntity",
      resolveMultiple: false,
      stateEntityParamName: null,
      defaultStateEntity: null,
    },
  },
};
