/** The dashboard as a whole: its states, and which widget stands where. As a file, importable by hand, with nothing to edit. */
import { DASHBOARD, MARK } from "../../names.ts";
import { filled } from "../pattern.ts";
import { ALIASES, FLEET, TRACKER } from "./aliases.ts";
import { callButtons, settingsForm } from "./controls.ts";
import { FILTERS, PROGRESS } from "./filters.ts";
import { altitude, battery, signal, speed, telemetry } from "./keys.ts";
import { fleetMap, tripMap } from "./maps.ts";
import { about, alarms, chart, counter, events, firmwareList, fleetList, healthList } from "./tables.ts";
import { type Placed, place, shown, widgetId } from "./widget.ts";

/** In columns, of which there are 24. */
const BUTTON = 3;
const COUNTER = 6;

interface State {
  name: string;
  /** It is higher than a screen; else it fills one. */
  scrolls?: boolean;
  placed: Placed[];
}

const STATES: Record<string, State> = {
  fleet: {
    name: DASHBOARD,
    placed: [
      place(0, 0, 15, 14, fleetMap),
      place(15, 0, 9, 8, fleetList),
      place(15, 8, 9, 6, alarms("fleet alarms", FLEET)),
    ],
  },
  tracker: {
    name: filled("entityName"),
    scrolls: true,
    placed: [
      place(0, 0, 15, 10, tripMap),
      place(15, 0, 9, 5, chart("speed chart", "Speed and altitude", TRACKER, [speed, altitude])),
      place(15, 5, 9, 5, chart("battery chart", "Battery and signal", TRACKER, [battery, signal])),
      ...callButtons.map((button, i) => place(i * BUTTON, 10, BUTTON, 1, button)),
      place(0, 11, 7, 9, events),
      place(7, 11, 8, 5, alarms("tracker alarms", TRACKER)),
      place(7, 16, 8, 4, about),
      place(15, 10, 9, 10, settingsForm),
    ],
  },
  firmware: {
    name: "Firmware",
    placed: [
      ...PROGRESS.map((one, i) => place(i * COUNTER, 0, COUNTER, 2, counter(one))),
      place(0, 2, 24, 12, firmwareList),
    ],
  },
  health: {
    name: "Health",
    placed: [
      place(0, 0, 24, 8, healthList),
      place(
        0,
        8,
        24,
        6,
        chart("health chart", "Connections", FLEET, [
          telemetry("reconnects", { label: `${filled("entityName")}: reconnects` }),
          telemetry("dropped", { label: `${filled("entityName")}: samples lost`, color: "#c62828" }),
        ]),
      ),
    ],
  },
};

const ROOT = "fleet";

const GRID = {
  layoutType: "default",
  columns: 24,
  margin: 10,
  outerMargin: true,
  backgroundColor: "#eeeeee",
  backgroundSizeMode: "100%",
  mobileAutoFillHeight: false,
  mobileRowHeight: 70,
};

const stateOf = (id: string, { name, scrolls = false, placed }: State) => ({
  name,
  root: id === ROOT,
  layouts: {
    main: {
      widgets: Object.fromEntries(
        placed.map(({ widget, col, row, width, height }, i) => [
          widgetId(widget),
          { sizeX: width, sizeY: height, row, col, mobileOrder: i + 1, mobileHeight: Math.min(height, 6) },
        ]),
      ),
      gridSettings: { ...GRID, autoFillHeight: !scrolls },
    },
  },
});

const DAY_MS = 86_400_000;

export const dashboard = () => ({
  title: DASHBOARD,
  image: null,
  mobileHide: false,
  mobileOrder: null,
  configuration: {
    description: `${MARK}: where trackers are and were, what they tell of themselves, their firmware.`,
    widgets: Object.fromEntries(
      Object.values(STATES).flatMap(({ placed }) => placed.map((one) => [widgetId(one.widget), shown(one)])),
    ),
    states: Object.fromEntries(Object.entries(STATES).map(([id, state]) => [id, stateOf(id, state)])),
    entityAliases: ALIASES,
    filters: FILTERS,
    timewindow: {
      selectedTab: 0,
      hideAggregation: false,
      hideAggInterval: false,
      realtime: { realtimeType: 0, interval: 1000, timewindowMs: DAY_MS, quickInterval: "CURRENT_DAY" },
      aggregation: { type: "NONE", limit: 25_000 },
    },
    settings: {
      stateControllerId: "entity",
      showTitle: false,
      showDashboardsSelect: true,
      showEntitiesSelect: false,
      showDashboardTimewindow: true,
      showDashboardExport: true,
      toolbarAlwaysOpen: true,
    },
  },
});
