/** A widget, and where it stands in a state: the frame that ThingsBoard keeps of each. */
import { idOf } from "../ids.ts";
import type { DataKey } from "./keys.ts";

/** Of the 24 columns and the rows of a state. */
export interface Place {
  col: number;
  row: number;
  width: number;
  height: number;
}

export interface Widget {
  /** By which it is known among all others. */
  name: string;
  /** The widget's type, of ThingsBoard's own. */
  fqn: string;
  type: "latest" | "timeseries" | "rpc" | "alarm";
  title: string;
  settings: Record<string, unknown>;
  config?: Record<string, unknown>;
}

export interface Placed extends Place {
  widget: Widget;
}

export const place = (col: number, row: number, width: number, height: number, widget: Widget): Placed => ({
  col,
  row,
  width,
  height,
  widget,
});

/** As where its data is from. */
export const entities = (alias: string, dataKeys: readonly DataKey[], more: object = {}) => ({
  datasources: [{ type: "entity", name: null, entityAliasId: alias, filterId: null, dataKeys, ...more }],
});

/** What opens another state; with `of_entity` that of the one that was clicked. */
export const openState = (state: string, name: string, icon: string, of_entity: boolean) => ({
  id: idOf(`action ${state} ${name}`),
  name,
  icon,
  type: "openDashboardState",
  targetDashboardStateId: state,
  setEntityId: of_entity,
  stateEntityParamName: null,
  openRightLayout: false,
  openInSeparateDialog: false,
  openInPopover: false,
});

export const widgetId = ({ name }: Widget): string => idOf(`widget ${name}`);

/** As the dashboard's configuration has it. */
export const shown = ({ widget, col, row, width, height }: Placed) => ({
  id: widgetId(widget),
  typeFullFqn: widget.fqn,
  type: widget.type,
  sizeX: width,
  sizeY: height,
  row,
  col,
  config: {
    datasources: [],
    title: widget.title,
    showTitle: true,
    titleStyle: { fontSize: "16px", fontWeight: 400, padding: "5px 10px" },
    dropShadow: true,
    enableFullscreen: true,
    backgroundColor: "#fff",
    color: "rgba(0, 0, 0, 0.87)",
    padding: "8px",
    actions: {},
    ...(widget.type === "timeseries" && { useDashboardTimewindow: true, displayTimewindow: false }),
    ...widget.config,
    settings: widget.settings,
  },
});
