/** Dashboards, rule chains and calculated fields: saved, listed, given back, deleted. */
import type { Document, Shelf } from "../document.ts";
import { entityId } from "../entities.ts";
import type { Tenant } from "../tenant.ts";
import { TENANT_ID } from "./login.ts";
import { profileOf } from "./profiles.ts";
import {
  badRequest,
  checkUuid,
  ErrorCode,
  HttpError,
  idIn,
  notFound,
  type Request,
  textIn,
} from "./request.ts";
import { pageOf, type Route } from "./routes.ts";

type Body = Record<string, unknown>;

/** What is particular of one kind. */
interface Kind {
  shelf(tenant: Tenant): Shelf;
  /** "Dashboard" */
  title: string;
  /** The member that names it. */
  name: "title" | "name";
  /** Throws for what cannot be saved. */
  check?(request: Request, body: Body, known: Document | undefined): void;
  /** Throws for what cannot be deleted. */
  checkRemoval?(request: Request, document: Document): void;
}

const DASHBOARD: Kind = {
  shelf: ({ dashboards }) => dashboards,
  title: "Dashboard",
  name: "title",
  checkRemoval({ tenant }, { id }) {
    if (tenant.profiles.some(({ more }) => idIn(more.defaultDashboardId) === id))
      throw badRequest("The dashboard is referenced by a device profile");
  },
};

const RULE_CHAIN: Kind = {
  shelf: ({ rule_chains }) => rule_chains,
  title: "Rule chain",
  name: "name",
  check(_request, { root }, known) {
    if (root === true && known?.more.root !== true)
      throw badRequest("Another root rule chain is present in scope of current tenant!");
  },
  checkRemoval({ tenant }, { id, more }) {
    if (more.root === true) throw badRequest("Deletion of Root Tenant Rule Chain is prohibited!");
    if (tenant.profiles.some((profile) => idIn(profile.more.defaultRuleChainId) === id))
      throw badRequest("The rule chain referenced by the device profiles cannot be deleted!");
  },
};

const CALCULATED_FIELD: Kind = {
  shelf: ({ calculated_fields }) => calculated_fields,
  title: "Calculated field",
  name: "name",
  check({ tenant }, { name, entityId: of, type, configuration }, known) {
    const owner = idIn(of) ?? "";
    profileOf(tenant, owner);
    if (!typesOf(tenant).includes(String(type)))
      throw badRequest(`unknown type of a calculated field: ${type}`);
    if ((configuration as Body | undefined)?.type !== type)
      throw badRequest("configuration must not be null");
    const taken = tenant.calculated_fields.all.some(
      (other) =>
        other !== known && other.name === name && other.more.type === type && ownerOf(other) === owner,
    );
    if (taken)
      throw badRequest(
        type === ALARM
          ? "Alarm rule with such type already exists"
          : "Calculated field with such name and type already exists",
      );
  },
};

const ALARM = "ALARM";

/** 4.2 has the first two. */
function typesOf({ version }: Tenant): string[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const old = ["SIMPLE", "SCRIPT"];
  return major > 4 || (major === 4 && minor >= 3) ? [...old, "GEOFENCING", ALARM, "PROPAGATION"] : old;
}

const ownerOf = ({ more }: Document): string | undefined => idIn(more.entityId);

/** The routes that each kind has at its path. */
const common = (kind: Kind, path: string): Route[] => [
  {
    method: "POST",
    path,
    answer: async (request) => show(kind, save(kind, request, await request.object()), request),
  },
  { method: "GET", path: `${path}/{id}`, answer: (request) => show(kind, found(kind, request), request) },
  {
    method: "DELETE",
    path: `${path}/{id}`,
    answer(request) {
      const document = found(kind, request);
      kind.checkRemoval?.(request, document);
      kind.shelf(request.tenant).remove(document);
    },
  },
];

export const DOCUMENTS: readonly Route[] = [
  // Before `/api/ruleChain/{id}`.
  { method: "POST", path: "/api/ruleChain/metadata", answer: saveMetadata },
  ...common(DASHBOARD, "/api/dashboard"),
  ...common(RULE_CHAIN, "/api/ruleChain"),
  ...common(CALCULATED_FIELD, "/api/calculatedField"),
  {
    method: "GET",
    path: "/api/tenant/dashboards",
    // Without what is in them.
    answer: (request) => list(DASHBOARD, request, ({ configuration: _, ...info }) => info),
  },
  { method: "GET", path: "/api/ruleChains", answer: (request) => list(RULE_CHAIN, request) },
  {
    method: "GET",
    path: "/api/ruleChain/{id}/metadata",
    answer: (request) => metadataOf(found(RULE_CHAIN, request)),
  },
  {
    method: "GET",
    path: "/api/DEVICE_PROFILE/{profileId}/calculatedFields",
    answer(request) {
      const { id } = profileOf(request.tenant, request.part("profileId"));
      const type = request.query.get("type");
      // Alarm rules are only told to those who ask for them.
      return list(
        CALCULATED_FIELD,
        request,
        undefined,
        (one) => ownerOf(one) === id && (type ? one.more.type === type : one.more.type !== ALARM),
      );
    },
  },
];

function found(kind: Kind, request: Request, id = request.part("id")): Document {
  checkUuid(id);
  const document = kind.shelf(request.tenant).all.find((one) => one.id === id);
  if (!document) throw notFound(`${kind.title} with id [${id}] is not found`);
  return document;
}

function save(kind: Kind, request: Request, body: Body): Document {
  const { id, createdTime, tenantId, version, [kind.name]: given, ...more } = body;
  const known = idIn(id) === undefined ? undefined : found(kind, request, idIn(id));
  const name = textIn(given);
  if (!name) throw badRequest(`${kind.title} ${kind.name} should be specified!`);
  kind.check?.(request, { ...more, name }, known);
  if (!known) return kind.shelf(request.tenant).add(name, more);
  checkVersion(kind, known, version);
  // Of a rule chain its nodes are saved by themselves.
  const { metadata } = known.more;
  Object.assign(known, {
    name,
    version: known.version + 1,
    more: { ...more, ...(metadata ? { metadata } : {}) },
  });
  return known;
}

function checkVersion({ title }: Kind, known: Document, version: unknown): void {
  if (typeof version === "number" && version !== known.version)
    throw new HttpError(409, `${title} was already changed by someone else`, ErrorCode.VersionConflict);
}

function show(kind: Kind, { id, created_ms, name, version, more }: Document, { tenant }: Request): Body {
  const { metadata: _, ...rest } = more;
  return {
    ...rest,
    id: entityId(kind.shelf(tenant).kind, id),
    createdTime: created_ms,
    tenantId: TENANT_ID,
    name,
    [kind.name]: name,
    version,
  };
}

function list(
  kind: Kind,
  request: Request,
  shown: (whole: Body) => Body = (whole) => whole,
  wanted: (document: Document) => boolean = () => true,
): object {
  const documents = kind.shelf(request.tenant).all.filter(wanted);
  return pageOf(
    documents.map((one) => ({ ...shown(show(kind, one, request)), name: one.name })),
    request,
  );
}

/** A rule chain's nodes, and how they hang together. */
async function saveMetadata(request: Request): Promise<object> {
  const body = await request.object();
  const chain = found(RULE_CHAIN, request, idIn(body.ruleChainId));
  checkVersion(RULE_CHAIN, chain, body.version);
  const nodes = (body.nodes ?? []) as Body[];
  const connections = (body.connections ?? []) as Body[];
  for (const { fromIndex, toIndex, type } of connections)
    if (!nodes[Number(fromIndex)] || !nodes[Number(toIndex)] || !textIn(type))
      throw badRequest("a connection leads from or to no node");
  if (!nodes.every(({ type, name }) => textIn(type) && textIn(name)))
    throw badRequest("a node has no type or name");
  chain.version++;
  chain.more.metadata = { firstNodeIndex: body.firstNodeIndex ?? null, nodes, connections };
  return metadataOf(chain);
}

const metadataOf = ({ id, version, more }: Document): object => ({
  firstNodeIndex: null,
  nodes: [],
  connections: null,
  ...(more.metadata as object | undefined),
  ruleChainId: entityId("RULE_CHAIN", id),
  ruleChainConnections: null,
  version,
});
