/** `remove`: takes away what the other three made, all or nothing. */
import { Fault } from "../fault.ts";
import type { Entity, Server } from "./server.ts";
import { devicesOf, find, isOurs, KINDS, packagesOf } from "./things.ts";

/** What there is to be taken away. */
interface Ours {
  profile: Entity | undefined;
  dashboard: Entity | undefined;
  ruleChain: Entity | undefined;
  devices: Entity[];
  packages: Entity[];
}

/** Names that are listed of devices. */
const MOST_NAMES = 5;

const names = (devices: readonly Entity[]): string => {
  const first = devices.slice(0, MOST_NAMES).map(({ name }) => name);
  return `${first.join(", ")}${devices.length > MOST_NAMES ? ", …" : ""}`;
};

/** What it would be. `foreign_devices`: those that others made, too. Throws `Fault` where there are such, and they are to stay. */
async function look(server: Server, foreign_devices: boolean): Promise<Ours> {
  const profile = await find(server, KINDS.profile);
  const of_profile = profile ? await devicesOf(server, profile) : [];
  const foreign = of_profile.filter((one) => !isOurs(one));
  if (foreign.length && !foreign_devices)
    throw new Fault(
      `${server.url}: nothing removed: ${foreign.length} devices of the profile "${profile?.name}" were made by others (${names(foreign)}): give them another profile, or --devices deletes them, too`,
    );
  return {
    profile,
    dashboard: await find(server, KINDS.dashboard),
    ruleChain: await find(server, KINDS.ruleChain),
    devices: of_profile,
    packages: await packagesOf(server),
  };
}

/** `confirm`: asks whether it is meant. */
export async function remove(
  server: Server,
  foreign_devices: boolean,
  say: (line: string) => void,
  confirm: (question: string) => Promise<boolean>,
): Promise<void> {
  const ours = await look(server, foreign_devices);
  const { profile, dashboard, ruleChain, devices, packages } = ours;
  const single = [
    [KINDS.dashboard, dashboard],
    [KINDS.ruleChain, ruleChain],
  ] as const;
  if (!profile && !dashboard && !ruleChain && !packages.length) {
    say(`${server.url}: has nothing of this command`);
    return;
  }
  const what = [
    ...(devices.length ? [`${devices.length} devices with all their data (${names(devices)})`] : []),
    ...(packages.length ? [`${packages.length} packages of firmware`] : []),
    ...[[KINDS.profile, profile] as const, ...single].flatMap(([{ words }, one]) => (one ? [words] : [])),
  ];
  if (!(await confirm(`Remove ${what.join(", ")} from ${server.url}?`)))
    throw new Fault("given up, nothing removed");

  for (const { id } of devices) await server.remove(`/api/device/${id.id}`);
  if (devices.length) say(`devices: ${devices.length} removed`);
  // The profile may be assigned one of the packages, and refers to the other things.
  if (profile) {
    await server.remove(`${KINDS.profile.path}/${profile.id.id}`);
    say(`device profile "${profile.name}", and its alarm rules: removed`);
  }
  for (const { id } of packages) await server.remove(`/api/otaPackage/${id.id}`);
  if (packages.length) say(`packages: ${packages.length} removed`);
  for (const [{ words, name, path }, one] of single) {
    if (!one) continue;
    await server.remove(`${path}/${one.id.id}`);
    say(`${words} "${name}": removed`);
  }
}
