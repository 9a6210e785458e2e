/** What a visitor can make go wrong: none of it may lose what a tracker has taken. */

import type { ThingsBoard } from "../simulator/thingsboard/thingsboard.ts";
import type { PemIdentity } from "../simulator/tls/cryptography.ts";
import type { FaultOffered } from "./page/events.ts";
import type { SimulatedTracker } from "./tracker.ts";

/** What there is to make trouble with. */
export interface Victims {
  /** All of the fleet, those that still start, too. */
  names: readonly string[];
  trackers: readonly SimulatedTracker[];
  /** Undefined: the server is not ours. */
  thingsboard: ThingsBoard | undefined;
  /** What the server shows, right or wrong; undefined: there is no TLS. */
  certificate: { is_wrong: boolean; use(is_wrong: boolean): Promise<PemIdentity> } | undefined;
  /** The receiver sees a sky, sometimes. */
  has_gnss: boolean;
  /** The board can be without power for a while. */
  has_supply: boolean;
}

export interface WorldFault {
  name: string;
  label: string;
  what: string;
  isOffered?(all: Victims): boolean;
  /** Whether it is on, for the server or for any of the trackers; absent: it happens at once. */
  isOn?(all: Victims): boolean;
  /** `trackers`: those that it is for, if it is not the server's. */
  set(is_on: boolean, trackers: readonly SimulatedTracker[], all: Victims): unknown;
}

const isOurs = ({ thingsboard }: Victims): boolean => thingsboard !== undefined;
const FOR_EVER = Number.POSITIVE_INFINITY;
/** Not authorised. */
const REFUSED = 5;

export const WORLD_FAULTS: readonly WorldFault[] = [
  {
    name: "coverage",
    label: "No coverage",
    what: "The modem has no network for as long as this is on; fixes are taken and wait in flash.",
    isOn: ({ trackers }) => trackers.some(({ modem }) => modem.faults.coverageHole),
    set(is_on, trackers) {
      for (const { modem } of trackers) modem.faults.coverageHole = is_on;
    },
  },
  {
    name: "power",
    label: "Power off",
    what: "Board and modem lose their power at once, in the middle of whatever they do; flash stays.",
    isOffered: ({ has_supply }) => has_supply,
    isOn: ({ trackers }) => trackers.some(({ is_powered }) => !is_powered),
    set: (is_on, trackers) => Promise.all(trackers.map((tracker) => tracker.power(!is_on))),
  },
  {
    name: "power_cut",
    label: "Power cut",
    what: "Board and modem lose their power in the middle of whatever they do, and have it again at once.",
    isOffered: ({ has_supply }) => !has_supply,
    set: (_is_on, trackers) => Promise.all(trackers.map((tracker) => tracker.power(false))),
  },
  {
    name: "modem_reset",
    label: "Modem reset",
    what: "The modem crashes and starts anew: connection, context and registration are gone.",
    set(_is_on, trackers) {
      for (const { modem } of trackers) modem.inject.reset();
    },
  },
  {
    name: "context_lost",
    label: "Context lost",
    what: "The network takes the modem's data context away, and the connection with it.",
    set(_is_on, trackers) {
      for (const { modem } of trackers) modem.inject.pdpdeact();
    },
  },
  {
    name: "gnss",
    label: "No view of the sky",
    what: "The receiver has no fix for as long as this is on.",
    isOffered: ({ has_gnss }) => has_gnss,
    isOn: ({ trackers }) =>
      trackers.some(({ modem, receiver }) => (receiver ? !receiver.sees : modem.faults.noFixPolls > 0)),
    set(is_on, trackers) {
      for (const { modem, receiver } of trackers) {
        if (receiver) receiver.sees = !is_on;
        else modem.faults.noFixPolls = is_on ? FOR_EVER : 0;
      }
    },
  },
  {
    name: "server_down",
    label: "Server down",
    what: "The server takes no connection for as long as this is on.",
    isOffered: isOurs,
    isOn: ({ thingsboard }) => thingsboard?.faults.down === true,
    set(is_on, _trackers, { thingsboard }) {
      if (!thingsboard) return;
      thingsboard.faults.down = is_on;
      if (is_on) thingsboard.faults.restart();
    },
  },
  {
    name: "server_restart",
    label: "Server restart",
    what: "The server ends all connections, and takes new ones at once.",
    isOffered: isOurs,
    set: (_is_on, _trackers, { thingsboard }) => thingsboard?.faults.restart(),
  },
  {
    name: "pubacks",
    label: "Acknowledgements lost",
    what: "The server stores what comes and does not say so; the tracker sends it again, and it is the same sample.",
    isOffered: isOurs,
    isOn: ({ thingsboard }) => (thingsboard?.faults.drop_pubacks ?? 0) > 0,
    set(is_on, _trackers, { thingsboard }) {
      if (thingsboard) thingsboard.faults.drop_pubacks = is_on ? FOR_EVER : 0;
    },
  },
  {
    name: "login",
    label: "Log-in refused",
    what: "The server knows nobody for as long as this is on, as with a wrong token.",
    isOffered: isOurs,
    isOn: ({ thingsboard }) => thingsboard?.faults.refuse === REFUSED,
    set(is_on, _trackers, { thingsboard }) {
      if (!thingsboard) return;
      thingsboard.faults.refuse = is_on ? REFUSED : 0;
      if (is_on) thingsboard.faults.drop();
    },
  },
  {
    name: "certificate",
    label: "Wrong certificate",
    what: "Somebody else answers in the server's place: the same name, signed by an authority that nobody knows.",
    isOffered: ({ certificate }) => certificate !== undefined,
    isOn: ({ certificate }) => certificate?.is_wrong === true,
    async set(is_on, _trackers, { certificate, thingsboard }) {
      await certificate?.use(is_on);
      thingsboard?.faults.drop();
    },
  },
];

export const faultsOf = (all: Victims): WorldFault[] =>
  WORLD_FAULTS.filter(({ isOffered }) => !isOffered || isOffered(all));

/** The names of the trackers that it is on for: all, where it is the server's. */
export function onFor({ isOn }: WorldFault, all: Victims): string[] {
  if (!isOn) return [];
  if (isOn({ ...all, trackers: [] })) return [...all.names];
  return all.trackers.filter((one) => isOn({ ...all, trackers: [one] })).map(({ name }) => name);
}

export const offered = (fault: WorldFault, all: Victims): FaultOffered => ({
  name: fault.name,
  label: fault.label,
  what: fault.what,
  ...(fault.isOn && { on: onFor(fault, all) }),
});
