/** board/thingsboard/README.md against what there is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FOR_SERVER } from "../../scripts/config/reference.ts";
import { ALARMS } from "../../scripts/thingsboard/content/alarms.ts";
import { dashboard } from "../../scripts/thingsboard/content/dashboard/dashboard.ts";
import { filesForServer } from "../../scripts/thingsboard/content/files.ts";
import { YOURS } from "../../scripts/thingsboard/content/rule-chain.ts";
import { initialOf } from "../../scripts/thingsboard/content/settings.ts";
import { PROFILE } from "../../scripts/thingsboard/names.ts";
import { ACTIONS, actionCommands } from "../../scripts/thingsboard/options.ts";

const readme = readFileSync(join(FOR_SERVER, "README.md"), "utf8");

test("names every file, and none that is not there", () => {
  const linked = [...readme.matchAll(/\]\(([\w.-]+\.json)\)/g)].map(([, name]) => name);
  const alarms = [...filesForServer().keys()].filter((name) => !name.startsWith("alarm-"));
  assert.deepEqual([...new Set(linked)].sort(), alarms.sort());
});

test("has every action with every option", () => {
  for (const action of ACTIONS) assert.match(readme, new RegExp(`\`${action}[ \`]`));
  for (const { options } of actionCommands())
    for (const { long } of options) assert.match(readme, new RegExp(`\`${long}[ \`]`), `${long}`);
});

test("has every state, alarm, and what a person fills in", () => {
  for (const state of Object.keys(dashboard().configuration.states))
    assert.match(readme, new RegExp(`^\\| \`${state}\` `, "m"));
  for (const { type } of ALARMS) assert.match(readme, new RegExp(`^\\| ${type} `, "m"));
  for (const node of YOURS) assert.ok(readme.includes(`_${node}_`), node);
  assert.ok(readme.includes(`"${PROFILE}"`));
});

test("has the table's figures", () => {
  const low = Number(initialOf("low_battery"));
  assert.ok(readme.includes(`\`low_battery\` (${low}): major; at most ${low / 2}, too: critical`));
});
