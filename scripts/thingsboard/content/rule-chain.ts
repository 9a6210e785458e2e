/**
 * The rule chain that messages of trackers take, in the place of the root's: what comes is kept as there, and besides it answers the
 * devices' own calls, says how long each may be silent, and can ask a service where a cell is. As a file, importable by hand.
 */
import { MARK, RULE_CHAIN } from "../names.ts";
import {
  answerScript,
  cellPlaceScript,
  cellQuestionScript,
  lookupScript,
  silenceScript,
  tellsSettingsScript,
} from "./scripts.ts";

interface Node {
  type: string;
  name: string;
  configurationVersion?: number;
  configuration: Record<string, unknown>;
  description?: string;
  /** Column and row on the canvas. */
  at: readonly [column: number, row: number];
}

const RULES = "org.thingsboard.rule.engine";
const EVERY_MESSAGE = { processingSettings: { type: "ON_EVERY_MESSAGE" } };

const saveAttributes = (scope: string, name: string, at: Node["at"]): Node => ({
  type: `${RULES}.telemetry.TbMsgAttributesNode`,
  name,
  configurationVersion: 3,
  configuration: {
    ...EVERY_MESSAGE,
    scope,
    notifyDevice: false,
    sendAttributesUpdatedNotification: false,
    updateAttributesOnlyOnValueChange: true,
  },
  at,
});

/** Of the languages that a node may have, TBEL: servers run that one themselves. */
const script = (tbelScript: string) => ({ scriptLang: "TBEL", jsScript: "", tbelScript });

const filter = (name: string, tbelScript: string, at: Node["at"], description?: string): Node => ({
  type: `${RULES}.filter.TbJsFilterNode`,
  name,
  configuration: script(tbelScript),
  at,
  ...(description && { description }),
});

const transform = (name: string, tbelScript: string, at: Node["at"]): Node => ({
  type: `${RULES}.transform.TbTransformMsgNode`,
  name,
  configuration: script(tbelScript),
  at,
});

/** What a person fills in: the command leaves their settings as they are. */
export const YOURS = ["Is there a service for cells?", "Ask the service"] as const;

/** Each node, and where its messages go on to, by relation. */
const NODES = {
  kind: {
    type: `${RULES}.filter.TbMsgTypeSwitchNode`,
    name: "What it is",
    configuration: { version: 0 },
    at: [1, 2],
  },
  telemetry: {
    type: `${RULES}.telemetry.TbMsgTimeseriesNode`,
    name: "Keep telemetry",
    configurationVersion: 1,
    configuration: { defaultTTL: 0, useServerTs: false, ...EVERY_MESSAGE },
    at: [5, 0],
  },
  attributes: saveAttributes("CLIENT_SCOPE", "Keep attributes", [2, 2]),
  call: {
    type: `${RULES}.rpc.TbSendRPCRequestNode`,
    name: "Call the tracker",
    configuration: { timeoutInSeconds: 60 },
    at: [2, 5],
  },
  answer: transform("Answer its call", answerScript(), [2, 4]),
  reply: {
    type: `${RULES}.rpc.TbSendRPCReplyNode`,
    name: "Send the answer",
    configuration: {
      serviceIdMetaDataAttribute: "serviceId",
      sessionIdMetaDataAttribute: "sessionId",
      requestIdMetaDataAttribute: "requestId",
    },
    at: [3, 4],
  },
  tells: filter("Does it tell its settings?", tellsSettingsScript(), [2, 3]),
  silence: transform("How long it may be silent", silenceScript(), [3, 3]),
  timeout: saveAttributes("SERVER_SCOPE", "Keep inactivityTimeout", [4, 3]),
  lookup: filter(
    YOURS[0],
    lookupScript(),
    [2, 1],
    'Without one a cell is kept as it came. Set lookup to true once "Ask the service" has the address and key of yours: it learns where your trackers are.',
  ),
  question: transform("The cell, as services ask for it", cellQuestionScript(), [3, 1]),
  ask: {
    type: `${RULES}.rest.TbRestApiCallNode`,
    name: YOURS[1],
    configurationVersion: 3,
    configuration: {
      // Nobody's, until a person fills in one that takes and answers what Google's Geolocation API does.
      restEndpointUrlPattern: "https://geolocation.invalid/v1/geolocate?key=YOUR_KEY",
      requestMethod: "POST",
      headers: { "Content-Type": "application/json" },
      readTimeoutMs: 10_000,
      maxParallelRequestsCount: 0,
      parseToPlainText: false,
      enableProxy: false,
      credentials: { type: "anonymous" },
      ignoreRequestBody: false,
      maxInMemoryBufferSizeInKb: 256,
    },
    description:
      "Fill in the address, with your key, of a service that takes and answers what Google's Geolocation API does.",
    at: [4, 1],
  },
  place: transform("Its place, as telemetry", cellPlaceScript(), [5, 1]),
} satisfies Record<string, Node>;

type Name = keyof typeof NODES;

const CONNECTIONS: readonly (readonly [from: Name, relation: string, to: Name])[] = [
  ["kind", "Post telemetry", "telemetry"],
  ["kind", "Post telemetry", "lookup"],
  ["kind", "Post attributes", "attributes"],
  ["kind", "Post attributes", "tells"],
  ["kind", "RPC Request to Device", "call"],
  ["kind", "RPC Request from Device", "answer"],
  ["answer", "Success", "reply"],
  ["tells", "True", "silence"],
  ["silence", "Success", "timeout"],
  ["lookup", "True", "question"],
  ["question", "Success", "ask"],
  ["ask", "Success", "place"],
  ["place", "Success", "telemetry"],
];

/** Before all others where alarms stand in the device profile: it judges by them. */
const JUDGE: Node = {
  type: `${RULES}.profile.TbDeviceProfileNode`,
  name: "Alarms of the device profile",
  configuration: { persistAlarmRulesState: false, fetchAlarmRulesStateOnStart: false },
  at: [0, 2],
};

const COLUMN = 250;
/** After the switch, whose relations' names need it. */
const ROOM = 120;
const ROW = 90;
const MARGIN = 60;

const shown = ({ at: [column, row], description = "", ...node }: Node) => ({
  ...node,
  configurationVersion: node.configurationVersion ?? 0,
  debugSettings: null,
  singletonMode: false,
  additionalInfo: {
    description,
    layoutX: MARGIN + column * COLUMN + (column > 1 ? ROOM : 0),
    layoutY: MARGIN + row * ROW,
  },
});

/** `has_alarm_rules`: alarms are judged without the chain. */
export function ruleChain(has_alarm_rules: boolean) {
  const names = Object.keys(NODES) as Name[];
  const first = names.indexOf("kind");
  const nodes: Node[] = [...Object.values(NODES), ...(has_alarm_rules ? [] : [JUDGE])];
  const connections = CONNECTIONS.map(([from, type, to]) => ({
    fromIndex: names.indexOf(from),
    toIndex: names.indexOf(to),
    type,
  }));
  return {
    ruleChain: {
      name: RULE_CHAIN,
      type: "CORE",
      root: false,
      debugMode: false,
      configuration: null,
      additionalInfo: {
        description: `${MARK}: keeps what trackers send, answers their calls, says how long they may be silent.`,
      },
    },
    metadata: {
      firstNodeIndex: has_alarm_rules ? first : names.length,
      nodes: nodes.map(shown),
      connections: has_alarm_rules
        ? connections
        : [...connections, { fromIndex: names.length, toIndex: first, type: "Success" }],
      ruleChainConnections: null,
    },
  };
}
