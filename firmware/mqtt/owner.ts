/** Who has the session: what it gives, and what it gets. */
import type { Reason } from "../reason.ts";
import type { Protection } from "../socket.ts";

/** Called once with the outcome: true, or false with the reason in `last_error`. */
export type Done = (ok: boolean) => void;

/** The server to connect to, and as whom. Text is bytes already. */
export interface SessionConfig extends Protection {
  host: string;
  /** 0, or missing: MQTT's own, 1883, with TLS 8883. */
  port?: number;
  client_id?: string;
  username?: string;
  password?: string;
  /** Seconds, 0 to 65,535; 0, or missing: none. */
  keep_alive?: number;
  /** Of what is sent. */
  qos?: 0 | 1;
}

/** Who has the session, or may have it. */
export interface Session {
  /** True from CONNACK to the end of the connection. */
  status: boolean;
  /** Why the state is what it is, or why the last call failed; "" when all is well. */
  last_error: string;
  /** What `last_error` says in words. */
  last_reason_: Reason;
  config_: SessionConfig;
  /** What SUBSCRIBE asks for after each CONNACK: one filter or more. */
  filters_(): string[];
  /**
   * A PUBLISH came; without a payload it was larger than Limit.Inbound, and was passed over. A message of QoS 1 is
   * acknowledged when this returns, also when it throws; where it published a Role.OwnReply, that does it.
   */
  onMessage_(topic: string, payload: string | undefined): void;
  /** An established or attempted session ended, by `disconnect` or otherwise: what the server was asked it has forgotten. */
  onEnd_?: () => void;
  /** The same, but not by `disconnect`; after `onEnd_`. */
  onClose_?: (reason: Reason) => void;
}
