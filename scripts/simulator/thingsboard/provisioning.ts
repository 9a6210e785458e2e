/** A device without credentials asks for some, with the key and secret of a device profile. */
import { type Credentials, certificateLine } from "./credentials.ts";
import { tokenOf } from "./entities.ts";
import { NumberText, PayloadError, parseLenientJson } from "./lenient-json.ts";
import type { DeviceProfile } from "./profile.ts";
import { Invalid, type Tenant } from "./tenant.ts";

/** Who logs in with this user name or client identifier may ask for credentials, and nothing else. */
export const PROVISION = "provision";
export const PROVISION_REQUEST = "/provision/request";
export const PROVISION_RESPONSE = "/provision/response";
/** So long after a response the server closes the connection. */
export const PROVISION_CLOSE_MS = 60_000;

const NOT_FOUND = '{"errorMsg":"Provision data was not found!","status":"NOT_FOUND"}';
const FAILURE = '{"errorMsg":"Failed to provision device!","status":"FAILURE"}';

/**
 * The response; undefined: none comes, and the connection is closed. It cannot be asked for again: the device then exists,
 * which is a failure (but for one that was made beforehand). Throws PayloadError for what is no JSON object.
 */
export function provision(tenant: Tenant, payload: string): string | undefined {
  const json = parseLenientJson(payload);
  if (!(json instanceof Map)) throw new PayloadError("the provisioning request is no object");
  const field = (name: string): string | undefined => {
    const value = json.get(name);
    if (value instanceof NumberText) return value.text;
    return typeof value === "string" ? value : undefined;
  };
  const key = field("provisionDeviceKey");
  const secret = field("provisionDeviceSecret");
  const type = field("credentialsType") ?? "ACCESS_TOKEN";
  if (key === undefined || secret === undefined) return undefined;
  if (!["ACCESS_TOKEN", "MQTT_BASIC", "X509_CERTIFICATE"].includes(type)) return undefined;
  const profile = tenant.profiles.find(
    ({ provisioning }) => key !== "" && provisioning?.key === key && provisioning.secret === secret,
  );
  const strategy = profile?.provisioning?.strategy ?? "DISABLED";
  if (!profile || strategy === "DISABLED") return NOT_FOUND;
  if (strategy === "X509_CERTIFICATE_CHAIN") return undefined;
  const name = field("deviceName")?.trim() ?? tokenOf(`name ${tenant.devices.length}`);
  if (name === "") return FAILURE;
  if (strategy === "CHECK_PRE_PROVISIONED_DEVICES") {
    const device = tenant.devices.find((d) => d.name === name && d.profile === profile);
    return device ? success(device) : FAILURE;
  }
  return create(tenant, profile, name, asked(type, name, tenant.clock.now(), field));
}

function create(
  tenant: Tenant,
  profile: DeviceProfile,
  name: string,
  credentials: Credentials | undefined,
): string {
  if (!credentials) return FAILURE;
  try {
    return success(tenant.addDevice({ name, ...credentials }, profile));
  } catch (error) {
    if (error instanceof Invalid) return FAILURE;
    throw error;
  }
}

/** The credentials that the request asks for. */
function asked(
  type: string,
  name: string,
  now_ms: number,
  field: (name: string) => string | undefined,
): Credentials | undefined {
  if (type === "X509_CERTIFICATE") {
    const certificate = field("hash");
    return certificate ? { certificate: certificateLine(certificate) } : undefined;
  }
  if (type === "ACCESS_TOKEN") return { token: field("token") || tokenOf(`token ${name} ${now_ms}`) };
  const [client_id, username, password] = ["clientId", "username", "password"].map(field);
  return {
    basic: { ...(client_id && { client_id }), ...(username && { username }), ...(password && { password }) },
  };
}

/** In this order on the wire. */
function success({ token, basic, certificate }: Credentials): string {
  const [credentialsValue, credentialsType] = basic
    ? [
        {
          clientId: basic.client_id ?? "",
          userName: basic.username ?? "",
          password: basic.password ?? "",
        },
        "MQTT_BASIC",
      ]
    : certificate && token === undefined
      ? [certificate, "X509_CERTIFICATE"]
      : [token, "ACCESS_TOKEN"];
  return JSON.stringify({ credentialsValue, credentialsType, status: "SUCCESS" });
}
