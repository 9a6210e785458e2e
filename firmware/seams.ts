/**
 * What the build may put where `#board`, `#gnss` and the like are imported has all that the firmware imports from there. For the type
 * checker alone: it knows each by one file (tsconfig.json), and nothing imports this one.
 */
import type { Board } from "../board/board.ts";
import type * as linux from "../board/linux.ts";
import type * as rak5010 from "../board/rak5010.ts";
import type * as rak8212 from "../board/rak8212.ts";
import type * as wioLte from "../board/wio-lte.ts";
import type * as modem from "./gnss/modem.ts";
import type * as none from "./gnss/none.ts";
import type { Source } from "./gnss/source.ts";
import type * as uart from "./gnss/uart.ts";
import type * as noTls from "./modem/no-tls.ts";
import type * as quectel from "./modem/quectel.ts";
import type * as modemTls from "./modem/tls.ts";
import type { Family } from "./modem/way.ts";
import type * as noOta from "./ota/no-ota.ts";
import type * as ota from "./ota/ota.ts";
import type * as few from "./rpc/few.ts";
import type * as further from "./rpc/further.ts";
import type * as attributes from "./thingsboard/attributes.ts";
import type * as calls from "./thingsboard/calls.ts";
import type * as canProvision from "./thingsboard/can-provision.ts";
import type * as claim from "./thingsboard/claim.ts";
import type * as noAttributes from "./thingsboard/no-attributes.ts";
import type * as noCalls from "./thingsboard/no-calls.ts";
import type * as noClaim from "./thingsboard/no-claim.ts";
import type * as noProvision from "./thingsboard/no-provision.ts";
import type * as extras from "./tracker/extras.ts";
import type * as identity from "./tracker/identity.ts";
import type * as log from "./tracker/log.ts";
import type * as noExtras from "./tracker/no-extras.ts";
import type * as noIdentity from "./tracker/no-identity.ts";
import type * as noLog from "./tracker/no-log.ts";
import type * as noPolicy from "./tracker/no-policy.ts";
import type * as noSettings from "./tracker/no-settings.ts";
import type * as noZones from "./tracker/no-zones.ts";
import type * as policy from "./tracker/policy.ts";
import type * as wanted from "./tracker/wanted.ts";
import type * as zones from "./tracker/zones.ts";

type Are<Wanted, Given extends Wanted[]> = Given;

export type Boards = Are<Board, [typeof rak8212, typeof rak5010, typeof wioLte, typeof linux]>;
export type Sources = Are<Source, [typeof modem, typeof uart, typeof none]>;
export type Families = Are<Family, [typeof quectel]>;
export type Protections = Are<typeof noTls, [typeof modemTls]>;
export type WithAttributes = Are<typeof noAttributes, [typeof attributes]>;
export type WithFurther = Are<typeof few, [typeof further]>;
export type WithCalls = Are<typeof noCalls, [typeof calls]>;
export type WithClaim = Are<typeof noClaim, [typeof claim]>;
export type WithProvision = Are<typeof noProvision, [typeof canProvision]>;
export type WithIdentity = Are<typeof noIdentity, [typeof identity]>;
export type WithLog = Are<typeof noLog, [typeof log]>;
export type WithSettings = Are<typeof noSettings, [typeof wanted]>;
export type WithOta = Are<typeof noOta, [typeof ota]>;
export type WithExtras = Are<typeof noExtras, [typeof extras]>;
export type WithPolicy = Are<typeof noPolicy, [typeof policy]>;
export type WithZones = Are<typeof noZones, [typeof zones]>;
