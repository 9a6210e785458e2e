/** `setup`: everything that a server needs for trackers, made, or brought up to date. */
import { randomBytes } from "node:crypto";
import { ALARMS, alarmRuleOf } from "./content/alarms.ts";
import { dashboard } from "./content/dashboard/dashboard.ts";
import { profile } from "./content/profile.ts";
import { ruleChain, YOURS } from "./content/rule-chain.ts";
import type { Entity, EntityId, Server } from "./server.ts";
import { find, KINDS } from "./things.ts";
import { type Version, versionOf } from "./version.ts";

type Say = (line: string) => void;

/** Says of each thing what became of it. */
const outcome = (known: Entity | undefined, words: string): string =>
  `${words}: ${known ? "brought up to date" : "made"}`;

/** Run again it doubles nothing: what is there by its name is changed. */
export async function setup(server: Server, say: Say): Promise<void> {
  const version = await versionOf(server);
  say(`ThingsBoard ${version.text} at ${server.url}`);
  // All of them before any is changed: one that is somebody else's ends it.
  const known = {
    profile: await find(server, KINDS.profile),
    dashboard: await find(server, KINDS.dashboard),
    ruleChain: await find(server, KINDS.ruleChain),
  };
  const chain = await putRuleChain(server, version, known.ruleChain);
  say(outcome(known.ruleChain, `rule chain "${chain.name}"`));
  const board = await putDashboard(server, known.dashboard);
  say(outcome(known.dashboard, `dashboard "${KINDS.dashboard.name}"`));
  const made = await putProfile(server, version, known.profile, chain.id, board.id);
  say(outcome(known.profile, `device profile "${made.name}"`));
  if (version.has_alarm_rules) await putAlarmRules(server, made, say);
  else say(`alarm rules: ${ALARMS.map(({ type }) => type).join(", ")}, in the device profile`);
  say(`dashboard: ${server.url}/dashboards/${board.id.id}`);
}

async function putRuleChain(
  server: Server,
  { has_alarm_rules }: Version,
  known: Entity | undefined,
): Promise<Entity> {
  const wanted = ruleChain(has_alarm_rules);
  const chain = known ?? (await server.post<Entity>(KINDS.ruleChain.path, wanted.ruleChain));
  const path = `${KINDS.ruleChain.path}/${chain.id.id}`;
  const { nodes, version } = await server.get<{ nodes?: Entity[]; version?: number }>(`${path}/metadata`);
  await server.post(`${KINDS.ruleChain.path}/metadata`, {
    ...wanted.metadata,
    nodes: wanted.metadata.nodes.map((node) => kept(node, nodes ?? [])),
    ruleChainId: chain.id,
    ...(version !== undefined && { version }),
  });
  return chain;
}

/** A node as it is to be; the one that has its name there stays that node, and what a person fills in stays theirs. */
function kept<Node extends { name: string }>(node: Node, there: readonly Entity[]): object {
  const known = there.find(({ name }) => name === node.name);
  if (!known) return node;
  const { configuration, configurationVersion } = known;
  const isYours = (YOURS as readonly string[]).includes(node.name);
  return {
    ...node,
    ...(known.id && { id: known.id }),
    ...(isYours && { configuration, configurationVersion }),
  };
}

function putDashboard(server: Server, known: Entity | undefined): Promise<Entity> {
  return server.post(KINDS.dashboard.path, { ...known, ...dashboard() });
}

interface ProfileData {
  provisionConfiguration?: { type?: string; provisionDeviceSecret?: string | null };
}

const STRATEGY = "ALLOW_CREATE_NEW_DEVICES";

/** What boards ask for a login by; it stays what it was once, as boards have it. */
function provisioning(known: Entity | undefined): object {
  const there = (known?.profileData as ProfileData | undefined)?.provisionConfiguration;
  const key = known?.provisionDeviceKey;
  if (known && key && there?.provisionDeviceSecret)
    return { type: known.provisionType, key, configuration: there };
  return {
    type: STRATEGY,
    key: randomBytes(10).toString("hex"),
    configuration: { type: STRATEGY, provisionDeviceSecret: randomBytes(20).toString("hex") },
  };
}

async function putProfile(
  server: Server,
  { has_alarm_rules }: Version,
  known: Entity | undefined,
  rule_chain: EntityId,
  board: EntityId,
): Promise<Entity> {
  const wanted = profile(has_alarm_rules);
  const { type, key, configuration } = provisioning(known) as Record<string, unknown>;
  return server.post(KINDS.profile.path, {
    ...known,
    ...wanted,
    provisionType: type,
    provisionDeviceKey: key,
    profileData: { ...wanted.profileData, provisionConfiguration: configuration },
    defaultRuleChainId: rule_chain,
    // Which the mobile app opens.
    defaultDashboardId: board,
  });
}

async function putAlarmRules(server: Server, { id }: Entity, say: Say): Promise<void> {
  const there = await server.list(`/api/DEVICE_PROFILE/${id.id}/calculatedFields?type=ALARM`);
  for (const alarm of ALARMS) {
    const known = there.find(({ name }) => name === alarm.type);
    await server.post("/api/calculatedField", { ...known, ...alarmRuleOf(alarm), entityId: id });
    say(outcome(known, `alarm rule "${alarm.type}"`));
  }
}
