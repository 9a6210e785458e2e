/** The files of board/thingsboard, which `npm run reference` writes and `npm run thingsboard` puts into a server. */
import { ALARMS, alarmRuleOf } from "./alarms.ts";
import { dashboard } from "./dashboard/dashboard.ts";
import { profile } from "./profile.ts";
import { ruleChain } from "./rule-chain.ts";

/** What in a name is of servers before 4.3. */
const OLDER = "-4.2";

/** "Battery low" is alarm-battery-low.json. */
const alarmFile = (type: string): string => `alarm-${type.toLowerCase().replaceAll(" ", "-")}.json`;

const textOf = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;

/** Their texts, by name. */
export const filesForServer = (): ReadonlyMap<string, string> =>
  new Map(
    Object.entries({
      "dashboard.json": dashboard(),
      "device-profile.json": profile(true),
      [`device-profile${OLDER}.json`]: profile(false),
      "rule-chain.json": ruleChain(true),
      [`rule-chain${OLDER}.json`]: ruleChain(false),
      ...Object.fromEntries(ALARMS.map((alarm) => [alarmFile(alarm.type), alarmRuleOf(alarm)])),
    }).map(([name, content]) => [name, textOf(content)]),
  );
