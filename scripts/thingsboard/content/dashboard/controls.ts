/** What is set and called from the dashboard: the settings' form, made of the table, and a button a call. */
import type { FormField } from "../../../config/form.ts";
import { FORM_FIELDS } from "../settings.ts";
import { TRACKER } from "./aliases.ts";
import { attribute, type DataKey } from "./keys.ts";
import { entities, type Widget } from "./widget.ts";

/** A shared attribute, put in as the field wants it. */
function inputOf({ attribute: name = "", input, choices, least, most, step, unit }: FormField): DataKey {
  const common = { dataKeyType: "shared", isEditable: "editable", required: false, dataKeyHidden: false };
  const settings = {
    number: { dataKeyValueType: "integer", minValue: least, maxValue: most, step: step ?? 1 },
    text: { dataKeyValueType: "string" },
    choice: {
      dataKeyValueType: "select",
      selectOptions: choices?.map((value) => ({ value, label: value })),
    },
    // The tracker takes 0 and 1, where the widget knows false and true.
    switch: {
      dataKeyValueType: "booleanSwitch",
      useGetValueFunction: true,
      getValueFunctionBody: 'return String(value) === "1" || String(value) === "true";',
      useSetValueFunction: true,
      setValueFunctionBody: "return value ? 1 : 0;",
    },
  }[input];
  return attribute(name, {
    // Most names end in their unit.
    label: unit && input === "number" && !name.endsWith(`_${unit}`) ? `${name} (${unit})` : name,
    settings: { ...common, ...settings },
  });
}

export const settingsForm: Widget = {
  name: "settings",
  fqn: "system.input_widgets.update_multiple_attributes",
  type: "latest",
  title: "Settings",
  config: entities(TRACKER, FORM_FIELDS.map(inputOf)),
  settings: {
    widgetTitle: "Settings",
    showActionButtons: true,
    updateAllValues: false,
    showResultMessage: true,
    showGroupTitle: false,
    fieldsAlignment: "row",
    fieldsInRow: 2,
    columnGap: 10,
    rowGap: 5,
  },
};

/** The calls that change something, or whose answer comes back as telemetry. */
const CALLS: readonly (readonly [method: string, label: string, icon: string])[] = [
  ["locate", "Locate", "my_location"],
  ["flush", "Send now", "upload"],
  ["updateFirmware", "Look for firmware", "system_update"],
  ["modemReset", "Restart modem", "router"],
  ["reboot", "Restart", "restart_alt"],
];

/** A tracker that looks for a fix answers when it has one. */
const CALL_TIMEOUT_MS = 130_000;

export const callButtons: readonly Widget[] = CALLS.map(([method, label, icon]) => ({
  name: `call ${method}`,
  fqn: "system.command_button",
  type: "rpc",
  title: label,
  config: {
    targetDevice: { type: "entity", entityAliasId: TRACKER },
    showTitle: false,
    padding: "0px",
    dropShadow: false,
    enableFullscreen: false,
    backgroundColor: "rgba(0, 0, 0, 0)",
  },
  settings: {
    appearance: {
      type: "outlined",
      autoScale: true,
      showLabel: true,
      label,
      showIcon: true,
      icon,
      iconSize: 24,
      iconSizeUnit: "px",
      mainColor: "#305680",
      backgroundColor: "#ffffff",
      customStyle: { enabled: null, hovered: null, pressed: null, activated: null, disabled: null },
    },
    onClickState: {
      action: "EXECUTE_RPC",
      executeRpc: {
        method,
        requestTimeout: CALL_TIMEOUT_MS,
        requestPersistent: false,
        persistentPollingInterval: 1000,
      },
      setAttribute: { key: "state", scope: "SHARED_SCOPE" },
      putTimeSeries: { key: "state" },
      valueToData: { type: "NONE", constantValue: null, valueToDataFunction: "return null;" },
    },
    disabledState: {
      action: "DO_NOTHING",
      defaultValue: false,
      getAttribute: { key: "state", scope: null },
      getTimeSeries: { key: "state" },
      getAlarmStatus: { severityList: null, typeList: null },
      dataToValue: { type: "NONE", compareToValue: true, dataToValueFunction: "return data;" },
    },
  },
}));
