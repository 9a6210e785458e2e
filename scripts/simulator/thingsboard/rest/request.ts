/** A request to the REST API, and how it is said no to: as ThingsBoard says it. */
import type { IncomingMessage } from "node:http";
import type { Device } from "../device.ts";
import type { Tenant } from "../tenant.ts";

/** Larger than the largest package that anybody tries here. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** ThingsBoard's ThingsboardErrorCode. */
export enum ErrorCode {
  General = 2,
  Authentication = 10,
  PermissionDenied = 20,
  BadRequest = 31,
  NotFound = 32,
  VersionConflict = 35,
}

/** What a request is answered with when it is not a success. `code` undefined: without a body. */
export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code?: ErrorCode,
  ) {
    super(message);
  }
}

export const badRequest = (message: string): HttpError => new HttpError(400, message, ErrorCode.BadRequest);
export const notFound = (message: string): HttpError => new HttpError(404, message, ErrorCode.NotFound);

/** A refusal that is told by its JSON alone. */
export class BareRefusal extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {
    super(String(body));
  }
}

/** Who asks. */
export interface User {
  name: string;
  authority: "TENANT_ADMIN" | "CUSTOMER_USER";
}

/** What is answered that is no JSON. */
export class FileAnswer {
  constructor(
    readonly bytes: Buffer,
    readonly name: string,
    readonly content_type: string,
  ) {}
}

/** One request, its path taken apart. */
export class Request {
  constructor(
    readonly tenant: Tenant,
    private readonly message: IncomingMessage,
    readonly query: URLSearchParams,
    private readonly parts: Record<string, string>,
    readonly user: User | undefined,
  ) {}

  /** A part of the path. */
  part(name: string): string {
    return this.parts[name] ?? "";
  }

  get content_type(): string {
    return this.message.headers["content-type"] ?? "";
  }

  /** The device of the path. */
  device(name = "deviceId"): Device {
    return deviceOf(this.tenant, this.part(name));
  }

  /** A parameter that must be there. */
  wanted(name: string): string {
    const text = this.query.get(name);
    if (text === null) throw badRequest(`Required request parameter '${name}' is not present`);
    return text;
  }

  number(name: string, otherwise: number): number {
    const value = Number(this.query.get(name) ?? otherwise);
    if (!Number.isFinite(value)) throw badRequest(`${name} is no number`);
    return value;
  }

  /** Keys, by `keys=a,b` or `key=a&key=b`. */
  get keys(): string[] | undefined {
    const keys = this.query.getAll("key");
    const list = this.query.get("keys");
    if (list) keys.push(...list.split(","));
    return keys.length > 0 ? keys : undefined;
  }

  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of this.message) {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
    }
    // Read to its end all the same: leaving early would reset the connection before the answer.
    if (length > MAX_BODY_BYTES)
      throw new HttpError(413, `body over ${MAX_BODY_BYTES} bytes`, ErrorCode.BadRequest);
    return Buffer.concat(chunks);
  }

  async object(): Promise<Record<string, unknown>> {
    try {
      const body: unknown = JSON.parse((await this.bytes()).toString());
      if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
    } catch (error) {
      if (error instanceof HttpError) throw error;
    }
    throw badRequest("the body is not a JSON object");
  }
}

/** By its id. */
export function deviceOf(tenant: Tenant, id: string): Device {
  checkUuid(id);
  const device = tenant.devices.find((one) => one.id === id);
  if (!device) throw notFound(`Device with id [${id}] is not found`);
  return device;
}

export function checkUuid(id: string): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    throw badRequest(`Invalid UUID string: ${id}`);
}

/** The id in `{"entityType":…,"id":…}`. */
export function idIn(value: unknown): string | undefined {
  const id = (value as { id?: unknown } | null | undefined)?.id;
  return typeof id === "string" ? id : undefined;
}

export const textIn = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;
