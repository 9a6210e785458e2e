/** Tables, counters and charts. */
import { FLEET, TRACKER } from "./aliases.ts";
import { type Counted, filterId } from "./filters.ts";
import {
  active,
  attribute,
  battery,
  COUNT,
  type DataKey,
  ofAlarm,
  signal,
  speed,
  telemetry,
  why,
  zone,
} from "./keys.ts";
import { entities, openState, type Widget } from "./widget.ts";

const TO_TRACKER = openState("tracker", "its way", "route", true);

/** All trackers, a row each, with what these keys say; a click leads to the tracker. `to`: states that its buttons open. */
function fleetTable(
  name: string,
  title: string,
  keys: readonly DataKey[],
  to: readonly (readonly [state: string, name: string, icon: string])[],
): Widget {
  return {
    name,
    fqn: "system.cards.entities_table",
    type: "latest",
    title,
    config: {
      ...entities(FLEET, keys),
      actions: {
        headerButton: to.map(([state, its_name, icon]) => openState(state, its_name, icon, false)),
        rowClick: [TO_TRACKER],
      },
    },
    settings: {
      entitiesTitle: title,
      enableSearch: true,
      enableSelectColumnDisplay: true,
      enableStickyHeader: true,
      displayEntityName: true,
      entityNameColumnTitle: "Tracker",
      displayEntityType: false,
      displayEntityLabel: false,
      displayPagination: true,
      defaultPageSize: 20,
      defaultSortOrder: "entityName",
    },
  };
}

export const fleetList = fleetTable(
  "fleet list",
  "Trackers",
  [active, speed, battery, signal, why],
  [
    ["firmware", "firmware", "system_update"],
    ["health", "health", "monitor_heart"],
  ],
);

export const firmwareList = fleetTable(
  "firmware list",
  "Firmware",
  [
    attribute("board", { label: "Board" }),
    telemetry("current_fw_version", { label: "Runs" }),
    telemetry("target_fw_version", { label: "Is to run" }),
    telemetry("fw_state", { label: "State" }),
    // Which stays after it has gone well.
    telemetry("fw_error", {
      label: "Error",
      settings: {
        useCellContentFunction: true,
        cellContentFunction: 'return entity["State"] === "FAILED" ? value : "";',
      },
    }),
    attribute("ota", { label: "Updated by" }),
  ],
  [["fleet", "fleet", "map"]],
);

/** What trackers tell of themselves when they come online. */
export const healthList = fleetTable(
  "health list",
  "Health",
  [
    active,
    attribute("firmware_version", { label: "Firmware" }),
    attribute("reset_reason", { label: "Last end" }),
    telemetry("reconnects", { label: "Reconnects" }),
    telemetry("modem_resets", { label: "Modem resets" }),
    telemetry("power_cycles", { label: "Power cycles" }),
    telemetry("reboots", { label: "Starts" }),
    telemetry("dropped", { label: "Samples lost" }),
    telemetry("lost", { label: "Connection lost by" }),
    telemetry("crash", { label: "Last crash" }),
    attribute("settings_refused", { label: "Settings refused" }),
  ],
  [["fleet", "fleet", "map"]],
);

export const alarms = (name: string, alias: string): Widget => ({
  name,
  fqn: "system.alarm_widgets.alarms_table",
  type: "alarm",
  title: "Alarms",
  config: {
    alarmSource: {
      type: "entity",
      name: "alarms",
      entityAliasId: alias,
      filterId: null,
      dataKeys: [
        ofAlarm("createdTime", "Since"),
        ofAlarm("originator", "Tracker"),
        ofAlarm("type", "Alarm"),
        ofAlarm("severity", "Severity"),
        ofAlarm("status", "Status"),
      ],
    },
    alarmFilterConfig: { statusList: [], severityList: [], typeList: [], searchPropagatedAlarms: false },
    useDashboardTimewindow: true,
    displayTimewindow: false,
  },
  settings: {
    alarmsTitle: "Alarms",
    enableSelection: true,
    enableSearch: true,
    enableFilter: true,
    displayDetails: true,
    allowAcknowledgment: true,
    allowClear: true,
    allowAssign: true,
    displayPagination: true,
    defaultPageSize: 10,
    defaultSortOrder: "-createdTime",
  },
});

export const counter = (counted: Counted): Widget => ({
  name: `count ${counted.title}`,
  fqn: "system.entity_count",
  type: "latest",
  title: counted.title,
  config: {
    datasources: [
      { type: "entityCount", name: "", entityAliasId: FLEET, filterId: filterId(counted), dataKeys: [COUNT] },
    ],
    showTitle: false,
    padding: "0px",
  },
  settings: {
    layout: "column",
    autoScale: true,
    showLabel: true,
    label: counted.title,
    showIcon: true,
    icon: "system_update",
    iconBackgroundColor: { type: "constant", color: counted.color },
    showChevron: false,
  },
});

/** Each key with an axis of its own: at most two. */
export const chart = (
  name: string,
  title: string,
  alias: string,
  keys: readonly [DataKey, DataKey?],
): Widget => {
  const lines = keys.filter((key): key is DataKey => key !== undefined);
  return {
    name,
    fqn: "system.time_series_chart",
    type: "timeseries",
    title,
    config: entities(
      alias,
      lines.map((key, i) => ({ ...key, settings: { yAxisId: axisOf(i), type: "line" } })),
    ),
    settings: {
      showLegend: true,
      legendConfig: {
        direction: "row",
        position: "top",
        sortDataKeys: false,
        showMin: false,
        showMax: false,
        showAvg: false,
        showTotal: false,
        showLatest: false,
      },
      dataZoom: false,
      yAxes: Object.fromEntries(
        lines.map(({ units, decimals, color }, i) => [
          axisOf(i),
          {
            id: axisOf(i),
            order: i,
            show: true,
            position: i ? "right" : "left",
            units,
            decimals,
            label: "",
            labelColor: color,
            tickLabelColor: color,
            showSplitLines: i === 0,
          },
        ]),
      ),
    },
  };
};

const axisOf = (index: number): string => (index ? `axis${index}` : "default");

/** What it tells of itself, and the settings that it goes by, whoever set them. */
export const about: Widget = {
  name: "about",
  fqn: "system.cards.attributes_card",
  type: "latest",
  title: "What it is",
  config: entities(
    TRACKER,
    ["board", "firmware_version", "modem", "imei", "reset_reason", "settings", "settings_refused"].map(
      (name) =>
        // ThingsBoard makes a number of a text of digits.
        attribute(name, name === "imei" ? { decimals: 0 } : {}),
    ),
  ),
  settings: {},
};

export const events: Widget = {
  name: "events",
  fqn: "system.cards.timeseries_table",
  type: "timeseries",
  title: "What it reported",
  config: entities(TRACKER, [why, zone, speed, telemetry("cell", { label: "Cell" })]),
  settings: {
    showTimestamp: true,
    displayPagination: true,
    defaultPageSize: 10,
    hideEmptyLines: true,
    enableSearch: true,
  },
};
