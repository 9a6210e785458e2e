/** Device profiles: provisioning, and the packages of a whole kind of devices. */
import { entityId } from "../entities.ts";
import type { OtaPackage, OtaType } from "../ota-package.ts";
import { assigning } from "../ota-state.ts";
import { createProfile, type DeviceProfile, type Provisioning, type ProvisionStrategy } from "../profile.ts";
import type { Tenant } from "../tenant.ts";
import { TENANT_ID } from "./login.ts";
import { badRequest, checkUuid, idIn, notFound, textIn } from "./request.ts";
import { pageOf, type Route } from "./routes.ts";

type Body = Record<string, unknown>;

export const PROFILES: readonly Route[] = [
  {
    method: "GET",
    path: "/api/deviceProfileInfo/default",
    answer: ({ tenant }) => showInfo(tenant.defaultProfile),
  },
  {
    method: "GET",
    path: "/api/deviceProfileInfo/{profileId}",
    answer: (request) => showInfo(profileOf(request.tenant, request.part("profileId"))),
  },
  {
    method: "GET",
    path: "/api/deviceProfile/{profileId}",
    answer: (request) => show(profileOf(request.tenant, request.part("profileId"))),
  },
  {
    method: "GET",
    path: "/api/deviceProfiles",
    answer: (request) => pageOf(request.tenant.profiles.map(show), request),
  },
  {
    method: "GET",
    path: "/api/deviceProfileInfos",
    answer: (request) => pageOf(request.tenant.profiles.map(showInfo), request),
  },
  {
    method: "POST",
    path: "/api/deviceProfile",
    answer: async (request) => save(request.tenant, await request.object()),
  },
  {
    method: "DELETE",
    path: "/api/deviceProfile/{profileId}",
    answer(request) {
      const { tenant } = request;
      const profile = profileOf(tenant, request.part("profileId"));
      if (profile.is_default) throw badRequest("Deletion of Default Device Profile is prohibited!");
      if (tenant.devices.some((device) => device.profile === profile))
        throw badRequest("The device profile referenced by the devices cannot be deleted!");
      tenant.profiles.splice(tenant.profiles.indexOf(profile), 1);
      const { calculated_fields } = tenant;
      for (const field of [...calculated_fields.all])
        if (idIn(field.more.entityId) === profile.id) calculated_fields.remove(field);
    },
  },
];

/** By its id. */
export function profileOf(tenant: Tenant, id: string): DeviceProfile {
  checkUuid(id);
  const profile = tenant.profiles.find((one) => one.id === id);
  if (!profile) throw notFound(`Device profile with id [${id}] is not found`);
  return profile;
}

/** The package that `{"entityType":"OTA_PACKAGE","id":…}` assigns; null or nothing: none. */
export function assignedIn(
  tenant: Tenant,
  value: unknown,
  type: OtaType,
  profile: DeviceProfile,
): OtaPackage | undefined {
  const id = idIn(value);
  if (id === undefined) return undefined;
  const assigned = tenant.packages.find((one) => one.id === id);
  if (!assigned) throw badRequest("Can't assign non-existent firmware!");
  if (assigned.type !== type)
    throw badRequest(`Can't assign ${type.toLowerCase()} with type: ${assigned.type}!`);
  if (!assigned.file && !assigned.url)
    throw badRequest(`Can't assign ${type.toLowerCase()} with empty data!`);
  if (assigned.profile_id !== profile.id)
    throw badRequest(`Can't assign ${type.toLowerCase()} with different deviceProfile!`);
  return assigned;
}

function save(tenant: Tenant, body: Body): object {
  const {
    id,
    createdTime,
    tenantId,
    name,
    provisionType,
    provisionDeviceKey,
    firmwareId,
    softwareId,
    ...more
  } = body;
  if (typeof name !== "string" || name.trim() === "")
    throw badRequest("Device profile name should be specified!");
  const known = idIn(id);
  const profile = known ? profileOf(tenant, known) : createProfile(name, tenant.clock.now());
  if (tenant.profiles.some((other) => other !== profile && other.name === name))
    throw badRequest("Device profile with such name already exists!");
  const provisioning = provisioningIn(body);
  if (
    provisioning &&
    tenant.profiles.some((other) => other !== profile && other.provisioning?.key === provisioning.key)
  )
    throw badRequest("Device profile with such provision device key already exists!");
  const firmware = assignedIn(tenant, firmwareId, "FIRMWARE", profile);
  const software = assignedIn(tenant, softwareId, "SOFTWARE", profile);
  if (!known) tenant.profiles.push(profile);
  delete more.default;
  Object.assign(profile, { name, provisioning, more });
  assigning(tenant, "FIRMWARE", () => {
    profile.packages.FIRMWARE = firmware;
  });
  assigning(tenant, "SOFTWARE", () => {
    profile.packages.SOFTWARE = software;
  });
  return show(profile);
}

/** The strategy and the secret stand in `profileData`, the key beside it. */
function provisioningIn({ profileData, provisionDeviceKey, provisionType }: Body): Provisioning | undefined {
  const configuration = (profileData as { provisionConfiguration?: Body } | null | undefined)
    ?.provisionConfiguration;
  const strategy = textIn(configuration?.type) ?? textIn(provisionType) ?? "DISABLED";
  const key = textIn(provisionDeviceKey);
  const secret = textIn(configuration?.provisionDeviceSecret);
  if (strategy === "DISABLED") return undefined;
  if (!key || !secret) throw badRequest("Provision device key and secret should be specified!");
  return { strategy: strategy as ProvisionStrategy, key, secret };
}

const packageId = (assigned: OtaPackage | undefined): unknown =>
  assigned ? entityId("OTA_PACKAGE", assigned.id) : null;

function show({ id, created_ms, name, is_default, provisioning, packages, more }: DeviceProfile) {
  const type = provisioning?.strategy ?? "DISABLED";
  return {
    id: entityId("DEVICE_PROFILE", id),
    createdTime: created_ms,
    tenantId: TENANT_ID,
    name,
    description: "",
    image: null,
    type: "DEFAULT",
    transportType: "DEFAULT",
    defaultRuleChainId: null,
    defaultDashboardId: null,
    defaultQueueName: null,
    defaultEdgeRuleChainId: null,
    externalId: null,
    ...more,
    default: is_default,
    provisionType: type,
    provisionDeviceKey: provisioning?.key ?? null,
    firmwareId: packageId(packages.FIRMWARE),
    softwareId: packageId(packages.SOFTWARE),
    profileData: {
      configuration: { type: "DEFAULT" },
      transportConfiguration: { type: "DEFAULT" },
      alarms: null,
      ...(more.profileData as object | undefined),
      provisionConfiguration: { type, provisionDeviceSecret: provisioning?.secret ?? null },
    },
  };
}

const showInfo = ({ id, name }: DeviceProfile) => ({
  id: entityId("DEVICE_PROFILE", id),
  tenantId: TENANT_ID,
  name,
  image: null,
  defaultDashboardId: null,
  type: "DEFAULT",
  transportType: "DEFAULT",
});
