/** The files in board/thingsboard: as they are made, and such that a server of 4.2 and newer takes them. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { FOR_SERVER } from "../../scripts/config/reference.ts";
import { ALARMS, alarmRuleOf, profileAlarmOf } from "../../scripts/thingsboard/content/alarms.ts";
import { dashboard } from "../../scripts/thingsboard/content/dashboard/dashboard.ts";
import { filesForServer } from "../../scripts/thingsboard/content/files.ts";
import { ruleChain } from "../../scripts/thingsboard/content/rule-chain.ts";
import { silence_s } from "../../scripts/thingsboard/content/scripts.ts";
import { FORM_FIELDS } from "../../scripts/thingsboard/content/settings.ts";
import { PROFILE } from "../../scripts/thingsboard/names.ts";
import type { Answer } from "../simulator/rest-rig.ts";

test("are up to date; else: npm run reference", () => {
  const made = filesForServer();
  const there = readdirSync(FOR_SERVER).filter((name) => name.endsWith(".json"));
  assert.deepEqual(there.sort(), [...made.keys()].sort());
  for (const [name, text] of made) assert.equal(readFileSync(join(FOR_SERVER, name), "utf8"), text, name);
});

/** Those in widget_types of ThingsBoard v4.2.2.3, v4.3.1.3 and master that are not deprecated, with the type of each. */
const WIDGETS: Record<string, string> = {
  "system.map": "latest",
  "system.trip_map": "timeseries",
  "system.cards.entities_table": "latest",
  "system.cards.timeseries_table": "timeseries",
  "system.cards.attributes_card": "latest",
  "system.alarm_widgets.alarms_table": "alarm",
  "system.time_series_chart": "timeseries",
  "system.entity_count": "latest",
  "system.input_widgets.update_multiple_attributes": "latest",
  "system.command_button": "rpc",
};

/** What a tracker or the server writes, by the README and firmware/tracker/extras.ts. */
const TELEMETRY =
  "Longitude Latitude Altitude Speed why zone cell battery signal_dbm reconnects modem_resets power_cycles reboots dropped lost crash cell_latitude cell_longitude cell_accuracy_m fw_state fw_error current_fw_version target_fw_version";
const ATTRIBUTES =
  "active zones board ota firmware_version reset_reason settings_refused settings modem imei inactivityTimeout";

describe("the dashboard", () => {
  const { configuration } = dashboard() as Answer;
  const widgets: Answer[] = Object.values(configuration.widgets);
  const states: [string, Answer][] = Object.entries(configuration.states);

  /** Every object in a value. */
  const objectsIn = (value: Answer): Answer[] =>
    typeof value === "object" && value !== null ? [value, ...Object.values(value).flatMap(objectsIn)] : [];

  test("has widgets that there are, by their types", () => {
    for (const { typeFullFqn, type } of widgets) assert.equal(WIDGETS[typeFullFqn], type, typeFullFqn);
    assert.deepEqual(
      [...new Set(widgets.map(({ typeFullFqn }) => typeFullFqn))].sort(),
      Object.keys(WIDGETS).sort(),
    );
  });

  test("has four states, one of them the root, each widget in one place that is free", () => {
    assert.deepEqual(
      states.map(([id, { root }]) => [id, root]),
      [
        ["fleet", true],
        ["tracker", false],
        ["firmware", false],
        ["health", false],
      ],
    );
    const placed: string[] = [];
    for (const [id, { layouts }] of states) {
      const taken = new Set<string>();
      for (const [widget, { col, row, sizeX, sizeY }] of Object.entries<Answer>(layouts.main.widgets)) {
        placed.push(widget);
        assert.ok(col + sizeX <= layouts.main.gridSettings.columns, id);
        for (let x = col; x < col + sizeX; x++)
          for (let y = row; y < row + sizeY; y++) {
            assert.ok(!taken.has(`${x} ${y}`), `${id}: ${x} ${y}`);
            taken.add(`${x} ${y}`);
          }
      }
    }
    assert.deepEqual(placed.sort(), Object.keys(configuration.widgets).sort());
  });

  test("needs no alias edited: the profile's devices, and the one that was clicked", () => {
    const aliases: Answer[] = Object.values(configuration.entityAliases);
    assert.deepEqual(
      aliases.map(({ filter }) => [filter.type, filter.deviceTypes]),
      [
        ["deviceType", [PROFILE]],
        ["stateEntity", undefined],
      ],
    );
    const known = Object.keys(configuration.entityAliases);
    const used = objectsIn(widgets).flatMap(({ entityAliasId, dsEntityAliasId }) =>
      [entityAliasId, dsEntityAliasId].filter((id) => id !== undefined),
    );
    assert.ok(used.length > 10);
    for (const id of used) assert.ok(known.includes(id), id);
  });

  test("opens states and counts by filters that there are", () => {
    for (const { type, targetDashboardStateId } of objectsIn(widgets))
      if (type === "openDashboardState") assert.ok(targetDashboardStateId in configuration.states);
    const filters = widgets.flatMap(({ config }) =>
      config.datasources.map(({ filterId }: Answer) => filterId),
    );
    for (const id of filters.filter(Boolean)) assert.ok(id in configuration.filters);
  });

  test("shows keys that trackers send, and sets the settings of the table", () => {
    const shown = objectsIn(widgets).filter(({ name, label, color }) => name && label && color);
    const names = (type: string): string[] =>
      shown.filter((one) => one.type === type).map(({ name }) => name);
    for (const name of names("timeseries")) assert.ok(TELEMETRY.split(" ").includes(name), name);
    const settings = FORM_FIELDS.map(({ attribute }) => attribute);
    assert.ok(
      settings.includes("interval_s") && !settings.includes("host") && !settings.includes("apn_password"),
    );
    const attributes = [...ATTRIBUTES.split(" "), ...settings];
    for (const name of names("attribute")) assert.ok(attributes.includes(name), name);
    for (const name of settings) assert.ok(names("attribute").includes(name ?? ""), name);
  });
});

/** Rule nodes of ThingsBoard v4.2.2.3 to master, by their classes. */
const NODES = [
  "filter.TbMsgTypeSwitchNode",
  "filter.TbJsFilterNode",
  "transform.TbTransformMsgNode",
  "telemetry.TbMsgTimeseriesNode",
  "telemetry.TbMsgAttributesNode",
  "rpc.TbSendRPCRequestNode",
  "rpc.TbSendRPCReplyNode",
  "rest.TbRestApiCallNode",
];

for (const has_alarm_rules of [true, false])
  test(`the rule chain ${has_alarm_rules ? "of 4.3" : "of 4.2"} has nodes that there are, all of which are reached`, () => {
    const { metadata } = ruleChain(has_alarm_rules);
    const kinds = metadata.nodes.map(({ type }) => type.replace("org.thingsboard.rule.engine.", ""));
    const wanted = has_alarm_rules ? NODES : [...NODES, "profile.TbDeviceProfileNode"];
    assert.deepEqual([...new Set(kinds)].sort(), wanted.sort());
    const reached = new Set([metadata.firstNodeIndex]);
    for (let before = 0; before < reached.size; ) {
      before = reached.size;
      for (const { fromIndex, toIndex } of metadata.connections)
        if (reached.has(fromIndex)) reached.add(toIndex);
    }
    assert.equal(reached.size, metadata.nodes.length);
    assert.equal(new Set(metadata.nodes.map(({ name }) => name)).size, metadata.nodes.length);
  });

test("asks no service for a cell before a person said which", () => {
  const { nodes } = ruleChain(true).metadata;
  const script = (name: string): Answer => nodes.find((node) => node.name === name)?.configuration;
  assert.match(script("Is there a service for cells?").tbelScript, /^var lookup = false;/);
  assert.match(script("Ask the service").restEndpointUrlPattern, /^https:\/\/geolocation\.invalid\//);
});

describe("alarms", () => {
  test("are the same in both forms", () => {
    for (const alarm of ALARMS) {
      const [rule, old] = [alarmRuleOf(alarm), profileAlarmOf(alarm)];
      assert.equal(rule.name, old.alarmType);
      assert.deepEqual(Object.keys(rule.configuration.createRules), Object.keys(old.createRules));
    }
  });

  test("compare only what they have as arguments", () => {
    for (const alarm of ALARMS) {
      const { arguments: known, createRules, clearRule } = alarmRuleOf(alarm).configuration;
      for (const { condition } of [...Object.values(createRules), clearRule])
        for (const { argument, predicates } of condition.expression.filters) {
          assert.ok(argument in known);
          const { value } = predicates[0] as Answer;
          if (value.dynamicValueArgument) assert.ok(value.dynamicValueArgument in known);
          // Of the two a server wants one.
          assert.equal(Object.keys(value).length, 1);
        }
    }
  });

  test("know by the table what is low", () => {
    const low = ALARMS.find(({ type }) => type === "Battery low");
    assert.ok(low);
    assert.equal((alarmRuleOf(low).configuration.arguments as Answer).low_battery.defaultValue, "20");
  });
});

test("a tracker may be silent for over twice the time between its reports, or as the server takes it for gone by itself", () => {
  assert.equal(silence_s({ power: "save", interval_s: 3600 }), 7500);
  assert.equal(silence_s({ power: "save", interval_s: 3600, upload_s: 21600 }), 43_500);
  assert.equal(silence_s({ power: "save", interval_s: 60 }), 600);
  assert.equal(silence_s({ power: "save", interval_s: 3600 }, 4), 29_100);
  assert.equal(silence_s({ interval_s: 86_400, keep_alive: 120 }), 600);
  assert.equal(silence_s({ keep_alive: 3600 }), 7500);
});
