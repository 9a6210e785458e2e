/** Devices, their credentials, and whose they are. */
import { claimDevice } from "../claims.ts";
import { type Credentials, certificateLine, sha3 } from "../credentials.ts";
import type { Device } from "../device.ts";
import { entityId, tokenOf, uuidOf } from "../entities.ts";
import type { OtaType } from "../ota-package.ts";
import { assigning } from "../ota-state.ts";
import type { DeviceProfile } from "../profile.ts";
import type { Tenant } from "../tenant.ts";
import { CUSTOMER_ID, NO_CUSTOMER_ID, TENANT_ID } from "./login.ts";
import { assignedIn, profileOf } from "./profiles.ts";
import {
  BareRefusal,
  badRequest,
  deviceOf,
  ErrorCode,
  HttpError,
  idIn,
  notFound,
  type Request,
  textIn,
} from "./request.ts";
import { pageOf, type Route } from "./routes.ts";

type Body = Record<string, unknown>;

export const DEVICES: readonly Route[] = [
  {
    method: "POST",
    path: "/api/device",
    async answer(request) {
      const token = request.query.get("accessToken");
      return save(request.tenant, await request.object(), token ? { token } : undefined);
    },
  },
  {
    method: "POST",
    path: "/api/device-with-credentials",
    async answer(request) {
      const { device, credentials } = await request.object();
      return save(request.tenant, device as Body, credentialsIn(credentials as Body));
    },
  },
  { method: "GET", path: "/api/device/{deviceId}", answer: (request) => show(request.device()) },
  {
    method: "DELETE",
    path: "/api/device/{deviceId}",
    answer: (request) => request.tenant.removeDevice(request.device()),
  },
  {
    method: "GET",
    path: "/api/device/{deviceId}/credentials",
    answer: (request) => showCredentials(request.device()),
  },
  {
    method: "POST",
    path: "/api/device/credentials",
    async answer(request) {
      const body = await request.object();
      const device = deviceOf(request.tenant, idIn(body.deviceId) ?? "");
      if (!idIn(body.id)) throw badRequest("Credentials for this device are already specified!");
      request.tenant.setCredentials(device, credentialsIn(body));
      return showCredentials(device);
    },
  },
  { method: "GET", path: "/api/tenant/device", answer: (request) => show(named(request)) },
  {
    method: "GET",
    path: "/api/tenant/devices",
    answer: (request) =>
      request.query.has("deviceName") ? show(named(request)) : pageOf(listed(request).map(show), request),
  },
  {
    method: "GET",
    path: "/api/tenant/deviceInfos",
    answer: (request) => pageOf(listed(request).map(showInfo), request),
  },
  { method: "POST", path: "/api/customer/device/{deviceName}/claim", answer: claim },
  {
    method: "DELETE",
    path: "/api/customer/device/{deviceName}/claim",
    answer(request) {
      named(request, request.part("deviceName")).claimed = false;
    },
  },
];

/** Of a type, or of a device profile, if they ask for one. */
function listed({ tenant, query }: Request): Device[] {
  const type = query.get("type");
  const profile_id = query.get("deviceProfileId");
  return tenant.devices.filter(
    ({ profile }) => (!type || profile.name === type) && (!profile_id || profile.id === profile_id),
  );
}

function named({ tenant, query }: Request, name = query.get("deviceName") ?? ""): Device {
  const device = tenant.devices.find((one) => one.name === name);
  if (!device) throw notFound(`Device with name [${name}] is not found`);
  return device;
}

async function claim(request: Request): Promise<unknown> {
  if (request.user?.authority !== "CUSTOMER_USER")
    throw new HttpError(
      403,
      "You don't have permission to perform this operation!",
      ErrorCode.PermissionDenied,
    );
  const device = named(request, request.part("deviceName"));
  const secret = textIn((await request.object().catch((): Body => ({}))).secretKey) ?? "";
  const response = claimDevice(device, secret, request.tenant.clock.now());
  if (response !== "SUCCESS") throw new BareRefusal(400, response);
  return { device: show(device), response };
}

/** Makes one, or changes that with this id. */
function save(tenant: Tenant, body: Body, credentials?: Credentials): object {
  const {
    id,
    createdTime,
    tenantId,
    customerId,
    name,
    type,
    deviceProfileId,
    firmwareId,
    softwareId,
    ...more
  } = body;
  const known = idIn(id);
  const profile = profileFor(tenant, idIn(deviceProfileId), textIn(type));
  if (typeof name !== "string" || name.trim() === "") throw badRequest("Device name should be specified!");
  const device = known
    ? deviceOf(tenant, known)
    : tenant.addDevice(
        { name, ...(credentials ?? { token: tokenOf(`token ${name} ${tenant.clock.now()}`) }) },
        profile,
      );
  if (tenant.devices.some((other) => other !== device && other.name === name))
    throw badRequest("Device with such name already exists!");
  Object.assign(device, { name, more });
  const wanted: [OtaType, unknown][] = [
    ["FIRMWARE", firmwareId],
    ["SOFTWARE", softwareId],
  ];
  const packages = wanted.map(([kind, value]) => [kind, assignedIn(tenant, value, kind, profile)] as const);
  for (const [kind, assigned] of packages)
    assigning(tenant, kind, () => {
      device.profile = profile;
      device.packages[kind] = assigned;
    });
  return show(device);
}

function profileFor(tenant: Tenant, id: string | undefined, name: string | undefined): DeviceProfile {
  if (id) return profileOf(tenant, id);
  return tenant.profiles.find((one) => one.name === name) ?? tenant.defaultProfile;
}

const show = (device: Device) => ({
  id: entityId("DEVICE", device.id),
  createdTime: device.created_ms,
  tenantId: TENANT_ID,
  customerId: device.claimed ? CUSTOMER_ID : NO_CUSTOMER_ID,
  name: device.name,
  type: device.profile.name,
  label: null,
  deviceProfileId: entityId("DEVICE_PROFILE", device.profile.id),
  deviceData: { configuration: { type: "DEFAULT" }, transportConfiguration: { type: "DEFAULT" } },
  firmwareId: device.packages.FIRMWARE ? entityId("OTA_PACKAGE", device.packages.FIRMWARE.id) : null,
  softwareId: device.packages.SOFTWARE ? entityId("OTA_PACKAGE", device.packages.SOFTWARE.id) : null,
  externalId: null,
  additionalInfo: null,
  ...device.more,
});

const showInfo = (device: Device) => ({
  ...show(device),
  customerTitle: device.claimed ? "Customer" : null,
  customerIsPublic: false,
  deviceProfileName: device.profile.name,
  active: device.session !== undefined,
});

function showCredentials(device: Device): object {
  const { id, created_ms, basic, certificate, token } = device;
  const [credentialsType, credentialsId, credentialsValue] = basic
    ? ["MQTT_BASIC", basicId(basic), JSON.stringify(basicValue(basic))]
    : certificate && token === undefined
      ? ["X509_CERTIFICATE", sha3(certificateLine(certificate)), certificateLine(certificate)]
      : ["ACCESS_TOKEN", token, null];
  return {
    id: { id: uuidOf(`credentials ${id}`) },
    createdTime: created_ms,
    deviceId: entityId("DEVICE", id),
    credentialsType,
    credentialsId,
    credentialsValue,
  };
}

const basicId = ({ client_id, username }: NonNullable<Device["basic"]>): string =>
  sha3([client_id, username].filter(Boolean).join("|"));

const basicValue = ({ client_id, username, password }: NonNullable<Device["basic"]>): object => ({
  clientId: client_id ?? null,
  userName: username ?? null,
  password: password ?? null,
});

function credentialsIn({ credentialsType, credentialsId, credentialsValue }: Body): Credentials {
  if (credentialsType === "ACCESS_TOKEN" && textIn(credentialsId)) return { token: String(credentialsId) };
  if (credentialsType === "X509_CERTIFICATE" && textIn(credentialsValue))
    return { certificate: certificateLine(String(credentialsValue)) };
  if (credentialsType !== "MQTT_BASIC") throw badRequest("Device credentials should be specified!");
  let value: Body;
  try {
    value = JSON.parse(String(credentialsValue));
  } catch {
    throw badRequest("Invalid credentials body for simple mqtt credentials!");
  }
  const [client_id, username, password] = [value.clientId, value.userName, value.password].map(textIn);
  return {
    basic: { ...(client_id && { client_id }), ...(username && { username }), ...(password && { password }) },
  };
}
