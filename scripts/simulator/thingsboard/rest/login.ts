/** Who uses the REST API: the users that a new ThingsBoard with demo data has, and the JWT that each logs in for. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { entityId, uuidOf } from "../entities.ts";
import { ErrorCode, HttpError, type Request, type User } from "./request.ts";
import type { Route } from "./routes.ts";

/** Its password is "tenant". */
export const TENANT_USER = "tenant@thingsboard.org";
const CUSTOMER_USER = "customer@thingsboard.org";
const USERS: readonly (User & { password: string })[] = [
  { name: TENANT_USER, password: "tenant", authority: "TENANT_ADMIN" },
  { name: CUSTOMER_USER, password: "customer", authority: "CUSTOMER_USER" },
];

export const TENANT_ID = entityId("TENANT", uuidOf("tenant"));
export const CUSTOMER_ID = entityId("CUSTOMER", uuidOf("customer"));
/** Of whom nobody is. */
export const NO_CUSTOMER_ID = entityId("CUSTOMER", "13814000-1dd2-11b2-8080-808080808080");

const TOKEN_S = 9000;
const REFRESH_S = 604_800;
// It guards nothing but simulated devices on loopback, and the same token holds from run to run.
const KEY = "the stand-in";

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const signature = (text: string): Buffer => createHmac("sha512", KEY).update(text).digest();

function tokenFor(user: User, scope: string, lasts_s: number): string {
  const issued_s = Math.floor(Date.now() / 1000);
  const payload = {
    sub: user.name,
    userId: uuidOf(user.name),
    scopes: [scope],
    iss: "thingsboard.io",
    iat: issued_s,
    exp: issued_s + lasts_s,
    enabled: true,
    isPublic: false,
    tenantId: TENANT_ID.id,
    customerId: customerOf(user).id,
  };
  const text = `${encode({ alg: "HS512" })}.${encode(payload)}`;
  return `${text}.${signature(text).toString("base64url")}`;
}

const customerOf = ({ authority }: User): object & { id: string } =>
  authority === "CUSTOMER_USER" ? CUSTOMER_ID : NO_CUSTOMER_ID;

const REFRESH = "REFRESH_TOKEN";

const pairFor = (user: User): object => ({
  token: tokenFor(user, user.authority, TOKEN_S),
  refreshToken: tokenFor(user, REFRESH, REFRESH_S),
  scope: null,
});

/** Whose token it is; undefined: nobody's, or it is over. */
function ownerOf(token: string, refresh: boolean): User | undefined {
  const [head = "", payload = "", signed = "", more] = token.split(".");
  const given = Buffer.from(signed, "base64url");
  const right = signature(`${head}.${payload}`);
  if (more !== undefined || given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
  const { sub, exp, scopes } = JSON.parse(Buffer.from(payload, "base64url").toString());
  if (exp * 1000 < Date.now() || (scopes[0] === REFRESH) !== refresh) return undefined;
  return USERS.find(({ name }) => name === sub);
}

/** Who asks, by the header `X-Authorization` or `Authorization`. */
export function userOf(headers: NodeJS.Dict<string | string[]>): User | undefined {
  const header = headers["x-authorization"] ?? headers.authorization;
  const [, token] = /^Bearer (.+)$/i.exec(String(header)) ?? [];
  return token === undefined ? undefined : ownerOf(token, false);
}

export const LOGIN: readonly Route[] = [
  {
    method: "POST",
    path: "/api/auth/login",
    open: true,
    async answer(request) {
      const { username, password } = await request.object();
      const user = USERS.find((one) => one.name === username && one.password === password);
      if (user) return pairFor(user);
      throw new HttpError(401, "Invalid username or password", ErrorCode.Authentication);
    },
  },
  {
    method: "POST",
    path: "/api/auth/token",
    open: true,
    async answer(request) {
      const user = ownerOf(String((await request.object()).refreshToken), true);
      if (user) return pairFor(user);
      throw new HttpError(401, "Authentication failed", ErrorCode.Authentication);
    },
  },
  { method: "GET", path: "/api/auth/user", answer: showUser },
];

function showUser({ user }: Request): unknown {
  return (
    user && {
      id: entityId("USER", uuidOf(user.name)),
      createdTime: 0,
      tenantId: TENANT_ID,
      customerId: customerOf(user),
      email: user.name,
      name: user.name,
      authority: user.authority,
      firstName: null,
      lastName: null,
      phone: null,
      additionalInfo: {},
    }
  );
}
