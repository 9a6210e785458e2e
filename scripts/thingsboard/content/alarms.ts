/**
 * The alarms of a tracker, once; and from that both forms that servers know: from 4.3 on calculated fields of the type ALARM, before
 * a list in the device profile. Written by ThingsBoard's AlarmCalculatedFieldConfiguration and DeviceProfileAlarm.
 */
import { idOf } from "./ids.ts";
import { filled } from "./pattern.ts";
import { initialOf, SPEED } from "./settings.ts";

/** What is looked at: telemetry, or an attribute of a scope. */
interface Key {
  name: string;
  scope?: "SHARED_SCOPE" | "SERVER_SCOPE";
  /** What it counts as while it never came; none: then nothing is judged. */
  otherwise?: string;
}

/** What it is compared with: a value, or an attribute. */
type Operand = string | number | boolean | Key;

interface Condition {
  key: Key;
  operation: "EQUAL" | "NOT_EQUAL" | "GREATER" | "LESS_OR_EQUAL";
  operand: Operand;
}

type Severity = "CRITICAL" | "MAJOR" | "MINOR" | "WARNING";

export interface Alarm {
  /** As people read it. */
  type: string;
  /** All conditions of one must hold; from the worst on. */
  create: Partial<Record<Severity, Condition[]>>;
  clear: Condition[];
  /** With values: `filled`. */
  details: string;
}

const battery: Key = { name: "battery" };
const low_battery: Key = {
  name: "low_battery",
  scope: "SHARED_SCOPE",
  otherwise: `${initialOf("low_battery")}`,
};
/** Half of what is low by default: from there on a tracker saves more (README, `battery_low`). */
const VERY_LOW = Number(initialOf("low_battery")) / 2;
const active: Key = { name: "active", scope: "SERVER_SCOPE" };
const last_heard: Key = { name: "lastActivityTime", scope: "SERVER_SCOPE", otherwise: "0" };
const speed: Key = { name: SPEED };
const overspeed: Key = {
  name: "overspeed_kmh",
  scope: "SHARED_SCOPE",
  otherwise: `${initialOf("overspeed_kmh")}`,
};
const why: Key = { name: "why" };
const zone: Key = { name: "zone", otherwise: "?" };
const fw_state: Key = { name: "fw_state" };
const fw_error: Key = { name: "fw_error", otherwise: "?" };

const is = (key: Key, operation: Condition["operation"], operand: Operand): Condition => ({
  key,
  operation,
  operand,
});
/** In the older form details know the keys of conditions alone. */
const isTold = (key: Key): Condition => is(key, "NOT_EQUAL", "");

export const ALARMS: readonly Alarm[] = [
  {
    type: "Tracker silent",
    // A device that was just made is not silent.
    create: { MAJOR: [is(active, "EQUAL", false), is(last_heard, "GREATER", 0)] },
    clear: [is(active, "EQUAL", true)],
    details: "nothing came for longer than its inactivityTimeout",
  },
  {
    type: "Battery low",
    create: {
      CRITICAL: [is(battery, "LESS_OR_EQUAL", low_battery), is(battery, "LESS_OR_EQUAL", VERY_LOW)],
      MAJOR: [is(battery, "LESS_OR_EQUAL", low_battery)],
    },
    clear: [is(battery, "GREATER", low_battery)],
    details: `${filled(battery.name)} %`,
  },
  {
    type: "Too fast",
    create: { MINOR: [is(overspeed, "GREATER", 0), is(speed, "GREATER", overspeed)] },
    clear: [is(speed, "LESS_OR_EQUAL", overspeed)],
    details: `${filled(SPEED)} km/h`,
  },
  {
    type: "Left its zone",
    create: { WARNING: [is(why, "EQUAL", "exit"), isTold(zone)] },
    clear: [is(why, "EQUAL", "enter"), isTold(zone)],
    details: filled(zone.name),
  },
  {
    type: "Firmware failed",
    create: { MAJOR: [is(fw_state, "EQUAL", "FAILED"), isTold(fw_error)] },
    clear: [is(fw_state, "EQUAL", "UPDATED")],
    details: filled(fw_error.name),
  },
];

const isKey = (operand: Operand): operand is Key => typeof operand === "object";

/** The type of what is compared: an attribute is a number here. */
function typeOf(operand: Operand): "NUMERIC" | "STRING" | "BOOLEAN" {
  if (typeof operand === "string") return "STRING";
  return typeof operand === "boolean" ? "BOOLEAN" : "NUMERIC";
}

const conditionsOf = ({ create, clear }: Alarm): Condition[] => [...Object.values(create).flat(), ...clear];

const rulesOf = <Rule>(
  { create, clear, details }: Alarm,
  rule: (conditions: Condition[], details: string | null) => Rule,
) => ({
  createRules: Object.fromEntries(
    Object.entries(create).map(([severity, conditions]) => [severity, rule(conditions, details)]),
  ),
  clearRule: rule(clear, null),
});

const NOT_PROPAGATED = { propagate: false, propagateToOwner: false, propagateToTenant: false };

/** A calculated field, of a device profile once it has that one's `entityId`; as a file, importable by hand. 4.3 and newer. */
export function alarmRuleOf(alarm: Alarm) {
  const keys = conditionsOf(alarm).flatMap(({ key, operand }) => (isKey(operand) ? [key, operand] : [key]));
  const argumentOf = ({ name, scope, otherwise }: Key) => ({
    refEntityKey: { key: name, type: scope ? "ATTRIBUTE" : "TS_LATEST", ...(scope && { scope }) },
    ...(otherwise !== undefined && { defaultValue: otherwise }),
  });
  const filterOf = ({ key, operation, operand }: Condition) => ({
    argument: key.name,
    valueType: typeOf(operand),
    operation: "AND",
    predicates: [
      {
        type: typeOf(operand),
        operation,
        value: isKey(operand) ? { dynamicValueArgument: operand.name } : { staticValue: operand },
        ...(typeOf(operand) === "STRING" && { ignoreCase: false }),
      },
    ],
  });
  return {
    type: "ALARM",
    name: alarm.type,
    configuration: {
      type: "ALARM",
      arguments: Object.fromEntries(keys.map((key) => [key.name, argumentOf(key)])),
      ...rulesOf(alarm, (conditions, details) => ({
        condition: {
          type: "SIMPLE",
          expression: { type: "SIMPLE", operation: "AND", filters: conditions.map(filterOf) },
        },
        alarmDetails: details,
      })),
      ...NOT_PROPAGATED,
    },
  };
}

/** One of the list in a device profile, before 4.3. */
export function profileAlarmOf(alarm: Alarm) {
  const filterOf = ({ key, operation, operand }: Condition) => ({
    key: { type: key.scope ? "ATTRIBUTE" : "TIME_SERIES", key: key.name },
    valueType: typeOf(operand),
    predicate: {
      type: typeOf(operand),
      operation,
      value: isKey(operand)
        ? {
            defaultValue: Number(operand.otherwise),
            dynamicValue: { sourceType: "CURRENT_DEVICE", sourceAttribute: operand.name, inherit: false },
          }
        : { defaultValue: operand, dynamicValue: null },
      ...(typeOf(operand) === "STRING" && { ignoreCase: false }),
    },
  });
  return {
    id: idOf(`alarm ${alarm.type}`),
    alarmType: alarm.type,
    ...rulesOf(alarm, (conditions, details) => ({
      condition: { condition: conditions.map(filterOf), spec: { type: "SIMPLE" } },
      schedule: null,
      alarmDetails: details,
    })),
    ...NOT_PROPAGATED,
    propagateRelationTypes: null,
  };
}
