/** A ThingsBoard server, by its REST API: who is logged in, and how what it says no to is told. */
import { Fault } from "../fault.ts";
import { unreachable } from "./unreachable.ts";

/** `{"entityType":…,"id":…}` */
export interface EntityId {
  entityType: string;
  id: string;
}

/** Whatever the server has: its own members are given back as they came. */
export interface Entity {
  id: EntityId;
  name: string;
  [member: string]: unknown;
}

export interface Account {
  url: string;
  user: string;
  password: string;
}

/** A request that the server refused. */
export class Refused extends Fault {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** What a request was answered with. */
interface Answer {
  status: number;
  text: string;
}

/** Of a request with its answer; an upload of firmware takes no longer. */
const PATIENCE_MS = 30_000;
const PAGE = 100;
/** More things of a kind nobody has: a server that always has a next page is ill. */
const MOST_PAGES = 1000;

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const NOT_FOUND = 404;

export class Server {
  private token = "";

  /** `patience_ms`: of a request. */
  constructor(
    private readonly account: Account,
    private readonly patience_ms = PATIENCE_MS,
  ) {}

  get url(): string {
    return this.account.url;
  }

  /** To be called first. Throws `Fault`: not reached, no ThingsBoard, wrong password, no tenant administrator. */
  async logIn(): Promise<void> {
    await this.renewToken();
    const { authority } = await this.get<{ authority?: string }>("/api/auth/user");
    if (authority !== "TENANT_ADMIN")
      throw new Fault(
        `${this.account.user}: is no tenant administrator of ${this.url}, who alone may do this; --user names one`,
      );
  }

  get<T>(path: string): Promise<T> {
    return this.json("GET", path);
  }

  /** The same, but undefined where there is no such thing. */
  async getIfThere<T>(path: string): Promise<T | undefined> {
    return this.get<T>(path).catch(orUndefined);
  }

  /** All of a list, whose pages are asked for one after the other. */
  async list<T = Entity>(path: string): Promise<T[]> {
    const all: T[] = [];
    for (let page = 0; page < MOST_PAGES; page++) {
      const url = `${path}${path.includes("?") ? "&" : "?"}pageSize=${PAGE}&page=${page}`;
      const found = await this.get<{ data?: T[]; hasNext?: boolean } | undefined>(url);
      if (!Array.isArray(found?.data))
        throw new Fault(`${this.url}${path}: answered something that is no list; is it a ThingsBoard?`);
      all.push(...found.data);
      if (!found.hasNext) break;
    }
    return all;
  }

  post<T = Entity>(path: string, body: object): Promise<T> {
    return this.json("POST", path, JSON.stringify(body));
  }

  async remove(path: string): Promise<void> {
    await this.ask("DELETE", path);
  }

  async upload(path: string, name: string, bytes: Buffer): Promise<void> {
    const form = new FormData();
    form.set("file", new Blob([new Uint8Array(bytes)]), name);
    await this.ask("POST", path, form);
  }

  /** A file's text; undefined where there is none. */
  async text(path: string): Promise<string | undefined> {
    return this.ask("GET", path).catch(orUndefined);
  }

  private async renewToken(): Promise<void> {
    const { user: username, password } = this.account;
    const body = JSON.stringify({ username, password });
    const answer = await this.send("POST", "/api/auth/login", body, false);
    const said = told(answer);
    if (answer.status === UNAUTHORIZED)
      throw new Fault(
        `${this.url}: does not let ${username} in: ${said.message ?? "wrong user or password"}`,
      );
    if (typeof said.token !== "string")
      throw new Fault(
        `${this.url}: is no ThingsBoard: it answered a log-in with ${answer.status}; is --url right?`,
      );
    this.token = said.token;
  }

  private async json<T>(method: string, path: string, body?: string): Promise<T> {
    const text = await this.ask(method, path, body);
    try {
      return (text === "" ? undefined : JSON.parse(text)) as T;
    } catch {
      throw new Fault(`${this.url}${pathOf(path)}: answered something that is no JSON; is it a ThingsBoard?`);
    }
  }

  /** Gives the text of a success. The token may be over in the middle: once, it logs in again. */
  private async ask(method: string, path: string, body?: string | FormData): Promise<string> {
    let answer = await this.send(method, path, body);
    if (answer.status === UNAUTHORIZED) {
      await this.renewToken();
      answer = await this.send(method, path, body);
    }
    if (isSuccess(answer.status)) return answer.text;
    throw refusal(`${this.url}${pathOf(path)}`, this.account.user, answer.status, told(answer).message);
  }

  private async send(method: string, path: string, body?: string | FormData, known = true): Promise<Answer> {
    const { url } = this;
    const headers: Record<string, string> = known ? { "X-Authorization": `Bearer ${this.token}` } : {};
    if (typeof body === "string") headers["Content-Type"] = "application/json";
    const signal = AbortSignal.timeout(this.patience_ms);
    let elsewhere: string | null;
    let answer: Answer;
    try {
      const response = await fetch(url + path, {
        method,
        headers,
        signal,
        redirect: "manual",
        ...(body && { body }),
      });
      elsewhere = response.headers.get("location");
      answer = { status: response.status, text: await response.text() };
    } catch (thrown) {
      throw unreachable(url, thrown, this.patience_ms);
    }
    // A password is not sent on to wherever that is.
    if (answer.status >= 300 && answer.status < 400 && elsewhere)
      throw new Fault(
        `${url}: sends one on to ${URL.canParse(elsewhere, url) ? new URL(elsewhere, url).origin : elsewhere}: give that as --url`,
      );
    return answer;
  }
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

function orUndefined(thrown: unknown): undefined {
  if (thrown instanceof Refused && thrown.status === NOT_FOUND) return undefined;
  throw thrown;
}

/** Without what is asked for, which may be long. */
const pathOf = (path: string): string => path.split("?")[0] ?? "";

/** What an answer's JSON says; nothing where it has none. */
function told({ text }: Answer): { message?: string; token?: unknown } {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? body : {};
  } catch {
    return {};
  }
}

function refusal(where: string, user: string, status: number, message = "no reason given"): Refused {
  const what = status === FORBIDDEN ? `${user} may not: ${message}` : `the server says ${status}: ${message}`;
  return new Refused(status, `${where}: ${what}`);
}
