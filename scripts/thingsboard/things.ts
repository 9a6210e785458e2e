/** What a server has of ours, found by name and mark: nothing of anybody else's is touched. */
import { Fault } from "../fault.ts";
import { DASHBOARD, isMarked, MARK, PROFILE, RULE_CHAIN } from "./names.ts";
import type { Entity, Server } from "./server.ts";

/** `{"description":"…"}` */
interface Described {
  description?: string | null;
}

interface Kind {
  /** For people. */
  words: string;
  name: string;
  list: string;
  /** With the id behind it. */
  path: string;
  description(entity: Entity): string | null | undefined;
}

export const KINDS = {
  profile: {
    words: "device profile",
    name: PROFILE,
    list: "/api/deviceProfiles",
    path: "/api/deviceProfile",
    description: (entity) => (entity as Described).description,
  },
  dashboard: {
    words: "dashboard",
    name: DASHBOARD,
    list: "/api/tenant/dashboards",
    path: "/api/dashboard",
    description: ({ configuration }) => (configuration as Described | null)?.description,
  },
  ruleChain: {
    words: "rule chain",
    name: RULE_CHAIN,
    list: "/api/ruleChains?type=CORE",
    path: "/api/ruleChain",
    description: ({ additionalInfo }) => (additionalInfo as Described | null)?.description,
  },
} satisfies Record<string, Kind>;

/** Ours of a kind; undefined: there is none. Throws `Fault` where somebody else's has its name. */
export async function find(server: Server, kind: Kind): Promise<Entity | undefined> {
  const { words, name, list, path, description } = kind;
  const named = (await server.list<Entity & { title?: string }>(list)).filter(
    (one) => (one.title ?? one.name) === name,
  );
  if (!named.length) return undefined;
  // Lists leave out what is in one.
  const whole = await Promise.all(named.map(({ id }) => server.get<Entity>(`${path}/${id.id}`)));
  const ours = whole.find((one) => description(one)?.startsWith(MARK));
  if (ours) return ours;
  throw new Fault(
    `${server.url}: has a ${words} "${name}" that is not of this command: rename it there, and run this again`,
  );
}

/** The device profile. Throws `Fault` where there is none yet. */
export async function profileThere(server: Server): Promise<Entity> {
  const profile = await find(server, KINDS.profile);
  if (profile) return profile;
  throw new Fault(`${server.url}: is not set up: npm run thingsboard -- setup --url ${server.url} --user …`);
}

export const devicesOf = (server: Server, profile: Entity): Promise<Entity[]> =>
  server.list(`/api/tenant/deviceInfos?deviceProfileId=${profile.id.id}`);

/** By its name; undefined: there is none. */
export const deviceNamed = (server: Server, name: string): Promise<Entity | undefined> =>
  server.getIfThere<Entity>(`/api/tenant/devices?deviceName=${encodeURIComponent(name)}`);

export const isOurs = ({ additionalInfo }: Entity): boolean => isMarked(additionalInfo);

/** Whether a device is of a profile. */
export const isOf = ({ deviceProfileId }: Entity, { id }: Entity): boolean =>
  (deviceProfileId as Entity["id"] | null)?.id === id.id;

/** Packages that the command uploaded: all for the one profile, be that gone already. */
export const packagesOf = async (server: Server): Promise<Entity[]> =>
  (await server.list("/api/otaPackages")).filter(isOurs);
