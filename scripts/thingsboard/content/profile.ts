/** The device profile as a file: without provisioning, whose secret is in no file. */
import { MARK, PROFILE } from "../names.ts";
import { ALARMS, profileAlarmOf } from "./alarms.ts";

/** `has_alarm_rules`: alarms are apart from it. */
export const profile = (has_alarm_rules: boolean) => ({
  name: PROFILE,
  description: `${MARK}: trackers with Espruino and a Quectel modem.`,
  type: "DEFAULT",
  // MQTT would put filters in the place of topics, and is not needed.
  transportType: "DEFAULT",
  provisionType: "DISABLED",
  profileData: {
    configuration: { type: "DEFAULT" },
    transportConfiguration: { type: "DEFAULT" },
    provisionConfiguration: { type: "DISABLED", provisionDeviceSecret: null },
    alarms: has_alarm_rules ? null : ALARMS.map(profileAlarmOf),
  },
});
