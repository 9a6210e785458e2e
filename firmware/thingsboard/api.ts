/**
 * What a client of ThingsBoard's device API can do. The class and its first members are those of QuecPython's
 * TBDeviceMQTTClient, the others have the names of ThingsBoard's Python SDK.
 */

import type { ServerConfig } from "../device-config.ts";
import type { Done } from "../mqtt/owner.ts";
import type { Asker } from "./rate-limits.ts";
import type { Answered } from "./requests.ts";
import type { Telemetry, Values } from "./telemetry.ts";

/**
 * `data`: the decoded JSON; text where it is not JSON. An RPC request is an object with `method`, and has its `id` (text)
 * added; the server sends it again after a reconnect, and it comes again, if its reply did not get through. While it is
 * not answered it does not. Shared attributes that changed are an object with their values, those that were deleted are
 * `{"deleted": [names]}`.
 */
export type Callback = (topic: string, data: any) => void;

interface Unanswered {
  id_: string;
  /** Limit.Mark characters of it. */
  begins_: string;
}

/** What `request_attributes` gives; without what there is not. */
export interface Attributes {
  client?: Values;
  shared?: Values;
}

/** What `provision` needs: the keys of the device profile, and of the credentials those of one kind, or none. */
export interface Provisioning {
  provision_device_key: string;
  provision_device_secret: string;
  /** Missing: the server makes one up. */
  device_name?: string;
  /** The token to have; without credentials the server makes one. */
  access_token?: string;
  /** MQTT_BASIC: any of these three. */
  client_id?: string;
  username?: string;
  password?: string;
  /** X509_CERTIFICATE: the certificate, PEM. */
  hash?: string;
  /** 1: the device is a gateway. */
  gateway?: 0 | 1;
}

/** The server's own answer to `provision`. */
export interface Credentials {
  credentialsType: "ACCESS_TOKEN" | "MQTT_BASIC" | "X509_CERTIFICATE";
  /** The token, the certificate, or what of MQTT_BASIC there is. */
  credentialsValue: string | { clientId: string; userName: string; password: string };
  status: "SUCCESS";
}

/**
 * A session with ThingsBoard. Its asynchronous methods tell the outcome to `done`, or without it to the Promise they
 * return: true, or false with the reason in `last_error`. Those that get an answer give `done` that, too, and the Promise
 * resolves to it, or to undefined where there is none. They fail at the latest after 70 s, and at once when the connection ends,
 * or when four wait already: "busy".
 */
export interface Client extends Asker {
  /** True while the server has accepted us and the connection stands. */
  status: boolean;
  /** Sets what receives the server's messages. Always true. */
  set_callback(callback: Callback): boolean;
  /** Connects and logs in; true at once when connected already. While it is connecting, the outcome of that. */
  connect(): Promise<boolean>;
  connect(done: Done): void;
  /** Says goodbye and closes, within 5 s. What the server has not acknowledged is given up. */
  disconnect(): Promise<boolean>;
  disconnect(done: Done): void;
  /**
   * Reports telemetry, also given as JSON text; throws what the server would answer by hanging up or not at all, such
   * as []. Of the numbers in a text about 11 digits count on a board, as in values.
   */
  send_telemetry(data: Telemetry | string): Promise<boolean>;
  send_telemetry(data: Telemetry | string, done: Done): void;
  /**
   * Answers the RPC request with this id; any JSON value, null for undefined. Of more than 20 that wait for the server's
   * acknowledgement, the outcome is true when the modem took it.
   */
  send_rpc_reply(data: unknown, request_id: string | number): Promise<boolean>;
  send_rpc_reply(data: unknown, request_id: string | number, done: Done): void;

  // Of the feature `attributes`.
  /** Sets client attributes, by name; those that are null stay as they are. */
  send_attributes(values: Values): Promise<boolean>;
  send_attributes(values: Values, done: Done): void;
  /** Asks for attributes by name; without any names for all there are. */
  request_attributes(
    client_keys?: string[] | null,
    shared_keys?: string[] | null,
  ): Promise<Attributes | undefined>;
  request_attributes(
    client_keys: string[] | null | undefined,
    shared_keys: string[] | null | undefined,
    done: Answered,
  ): void;

  // Of the feature `client_rpc`.
  /** Calls a method of the server's rules; any JSON for `params`. An answer with `error` is a failure with that text. */
  send_rpc_call(method: string, params?: unknown): Promise<any>;
  send_rpc_call(method: string, params: unknown, done: Answered): void;

  // Of the feature `claim`.
  /**
   * Lets a customer who knows the key, or the device's name where there is none, claim the device for so long; by default a
   * day. The server acknowledges it though it allows no claiming.
   */
  claim(secret_key?: string, duration_ms?: number): Promise<boolean>;
  claim(secret_key: string | undefined, duration_ms: number | undefined, done: Done): void;

  // Of the feature `provision`.
  /**
   * Asks for a device of its own, in a connection of its own to the server of `server_cfg`, as nobody; to be called while not
   * connected. The server never repeats its answer.
   */
  provision(wanted: Provisioning): Promise<Credentials | undefined>;
  provision(wanted: Provisioning, done: Answered): void;

  config_: ServerConfig;
  callback_?: Callback;
  /** Gets what came to the topic of attributes, before the callback does. */
  onAttributes_?: (data: any) => void;
  /** The id of the request that the callback got last. */
  current_: string;
  /** Requests that the callback has and did not answer, oldest first. */
  unanswered_: Unanswered[];
}

export interface ClientConstructor {
  /** Throws on a wrong or unknown setting; missing ones are put into `server_cfg`, which is kept. */
  new (server_cfg: ServerConfig): Client;
  prototype: Client;
}
