/** OTA packages: first what they are, then the file. */
import { entityId } from "../entities.ts";
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  createPackage,
  type OtaPackage,
} from "../ota-package.ts";
import type { Tenant } from "../tenant.ts";
import { TENANT_ID } from "./login.ts";
import { fileIn } from "./multipart.ts";
import { profileOf } from "./profiles.ts";
import { badRequest, checkUuid, FileAnswer, idIn, notFound, type Request, textIn } from "./request.ts";
import { pageOf, type Route } from "./routes.ts";

export const OTA_PACKAGES: readonly Route[] = [
  {
    method: "POST",
    path: "/api/otaPackage",
    answer: async (request) => create(request.tenant, await request.object()),
  },
  { method: "POST", path: "/api/otaPackage/{packageId}", answer: upload },
  { method: "GET", path: "/api/otaPackage/{packageId}", answer: (request) => showWhole(packageOf(request)) },
  { method: "GET", path: "/api/otaPackage/info/{packageId}", answer: (request) => show(packageOf(request)) },
  { method: "GET", path: "/api/otaPackage/{packageId}/download", answer: download },
  { method: "DELETE", path: "/api/otaPackage/{packageId}", answer: remove },
  {
    method: "GET",
    path: "/api/otaPackages",
    answer: (request) => pageOf(request.tenant.packages.map(show), request),
  },
  {
    method: "GET",
    path: "/api/otaPackages/{profileId}/{type}",
    answer(request) {
      const profile = profileOf(request.tenant, request.part("profileId"));
      const type = request.part("type");
      // Only what can be assigned.
      const fitting = request.tenant.packages.filter(
        (one) => one.profile_id === profile.id && one.type === type && (one.file || one.url),
      );
      return pageOf(fitting.map(show), request);
    },
  },
];

function packageOf(request: Request): OtaPackage {
  const id = request.part("packageId");
  checkUuid(id);
  const found = request.tenant.packages.find((one) => one.id === id);
  if (!found) throw notFound(`OtaPackage with id [${id}] is not found`);
  return found;
}

function create(tenant: Tenant, body: Record<string, unknown>): object {
  const { id, createdTime, tenantId, deviceProfileId, type, title, version, tag, url, usesUrl, ...more } =
    body;
  if (type !== "FIRMWARE" && type !== "SOFTWARE") throw badRequest("Type should be specified!");
  if (!textIn(title)) throw badRequest("OtaPackage title should be specified!");
  if (!textIn(version)) throw badRequest("OtaPackage version should be specified!");
  const profile = idIn(deviceProfileId);
  if (tenant.packages.some((one) => one.title === title && one.version === version))
    throw badRequest("OtaPackage with such title and version already exists!");
  const profile_id = profile ? profileOf(tenant, profile).id : tenant.defaultProfile.id;
  const made: OtaPackage = {
    ...createPackage(type, String(title), String(version), { profile_id, now_ms: tenant.clock.now() }),
    tag: textIn(tag),
    url: usesUrl === true ? textIn(url) : undefined,
    more,
  };
  tenant.packages.push(made);
  return show(made);
}

async function upload(request: Request): Promise<object> {
  const of = packageOf(request);
  const wanted = request.wanted("checksumAlgorithm").toUpperCase();
  const algorithm = CHECKSUM_ALGORITHMS.find((one): one is ChecksumAlgorithm => one === wanted);
  if (!algorithm)
    throw badRequest(`the stand-in knows ${CHECKSUM_ALGORITHMS.join(", ")}, not ${wanted} (nor any MURMUR3)`);
  const file = fileIn(await request.bytes(), request.content_type, "file");
  request.tenant.upload(of, file, algorithm, request.query.get("checksum") ?? undefined);
  return show(of);
}

function download(request: Request): FileAnswer {
  const { file } = packageOf(request);
  if (!file) throw badRequest("OtaPackage has no data!");
  return new FileAnswer(file.bytes, file.name, file.content_type);
}

function remove(request: Request): void {
  const { tenant } = request;
  const of = packageOf(request);
  const used = [...tenant.devices, ...tenant.profiles].some((one) => one.packages[of.type] === of);
  if (used) throw badRequest("The otaPackage referenced by the devices cannot be deleted!");
  tenant.packages.splice(tenant.packages.indexOf(of), 1);
}

function show({ id, created_ms, profile_id, type, title, version, tag, url, file, more }: OtaPackage) {
  return {
    id: entityId("OTA_PACKAGE", id),
    createdTime: created_ms,
    tenantId: TENANT_ID,
    deviceProfileId: entityId("DEVICE_PROFILE", profile_id),
    type,
    title,
    version,
    tag: tag ?? null,
    url: url ?? null,
    hasData: file !== undefined,
    fileName: file?.name ?? null,
    contentType: file?.content_type ?? null,
    checksumAlgorithm: file?.algorithm ?? null,
    checksum: file?.checksum ?? null,
    dataSize: file?.bytes.length ?? null,
    externalId: null,
    name: title,
    additionalInfo: null,
    ...more,
  };
}

const showWhole = (of: OtaPackage): object => ({
  ...show(of),
  data: of.file ? of.file.bytes.toString("base64") : null,
});
