/**
 * What comes from the network: that the connection is open, bytes, packets. While more than a quarter of a send waits for the socket
 * nothing is read from the modem, and nothing of what was read is handled.
 */
import { Reason } from "../reason.ts";
import type { SocketHandlers } from "../socket.ts";
import { words } from "../words.ts";
import {
  Await,
  end,
  enter,
  finish,
  flight,
  flush,
  incoming,
  oldest,
  out,
  owner,
  replyTaken,
  request,
  State,
  send,
  socket,
  state,
  watch,
} from "./connection.ts";
import { Limit } from "./limits.ts";
import {
  Connack,
  ConnectFlag,
  decode,
  encodeConnect,
  First,
  field,
  PUBLISH_DUP,
  PublishFlag,
  packet,
  uint16,
} from "./packet.ts";

/** Handles the packets that were received, as long as the socket takes what they send. */
function handleReceived(): void {
  const its_socket = socket;
  while (incoming.bytes_ && takesData()) {
    const here = incoming.bytes_.length;
    incoming.busy_ = true;
    const size = decode(incoming.bytes_, Limit.Inbound, handle);
    incoming.busy_ = false;
    // The connection ended meanwhile, by hand perhaps, and there may be another.
    if (socket !== its_socket || (state !== State.Connecting && state !== State.Up)) return;
    if (typeof size === "string") return end(Reason.ProtocolError, size);
    if (!size) break;
    if (size > here) incoming.skip_ = size - here;
    incoming.bytes_ = incoming.bytes_.substr(size);
    if (!takesData()) flush();
  }
  flush();
}

/** Nothing more comes in while more than a quarter of a send waits. */
function takesData(): boolean {
  return !out.length || (out.length < 2 && (out[0] as string).length < Limit.Segment / 4);
}

/** Handles one packet; returns what is wrong with it. See `Take`. */
function handle(first: number, id: number, topic: string, payload: string | undefined): string | undefined {
  if ((state === State.Connecting) !== (first === First.CONNACK)) return "order";
  const before = oldest();
  switch (first) {
    case First.CONNACK:
      if (id & Connack.Code) end(refusal(id & Connack.Code));
      else accepted();
      return;
    case First.PUBACK:
      acknowledged(id);
      break;
    case First.SUBACK:
      // A code for each filter [3.9.3].
      for (let i = 0; i < (payload as string).length; i++)
        if ((payload as string).charCodeAt(i) > 2) owner.last_error = words(Reason.SubscribeRefused);
      finish(Await.Request, 0, true);
      break;
    case First.PINGRESP:
      finish(Await.Request, 0, true);
      break;
    case First.PUBREL:
      send(packet(First.PUBCOMP, uint16(id)));
      break;
    case First.UNSUBACK:
      break;
    default:
      publishReceived(first, id, topic, payload);
  }
  // An answer to another one is none to the oldest.
  if (oldest() !== before) watch();
}

/** CONNACK's return code [3.2.2.3]. */
function refusal(code: number): Reason {
  switch (code) {
    case 1:
      return Reason.RefusedProtocol;
    case 2:
      return Reason.RefusedClientId;
    case 3:
      return Reason.RefusedBusy;
    default:
      return Reason.RefusedLogin;
  }
}

/** CONNACK 0: subscribes, and sends again what is without PUBACK. */
function accepted(): void {
  let subscribe = uint16(Limit.Identifier + 1);
  enter(State.Up, Reason.None);
  owner.filters_().forEach(function (filter) {
    subscribe += field(filter) + "\x01";
  });
  request(packet(First.SUBSCRIBE, subscribe));
  flight.forEach(function (waiting) {
    if (waiting.bytes_) send(PUBLISH_DUP + waiting.bytes_.substr(1));
  });
  finish(Await.Session, 0, true);
}

/** PUBACK. */
function acknowledged(id: number): void {
  const request_id = replyTaken(id);
  if (request_id) send(packet(First.PUBACK, uint16(request_id)));
  finish(Await.Acknowledgement, id, true);
}

/** PUBLISH: hands it over, then acknowledges it, whatever became of it: else it would come again for ever. */
function publishReceived(first: number, id: number, topic: string, payload: string | undefined): void {
  const exactly_once = first & PublishFlag.QOS_2;
  incoming.unacknowledged_ = exactly_once ? 0 : id;
  try {
    if (topic) owner.onMessage_(topic, payload);
  } catch (error) {
    owner.last_error = words(Reason.CallbackFailed, error);
  }
  if (state === State.Up) {
    // QoS 2, which we never subscribe to.
    if (exactly_once) send(packet(First.PUBREC, uint16(id)));
    else if (incoming.unacknowledged_) send(packet(First.PUBACK, uint16(id)));
  }
  incoming.unacknowledged_ = 0;
}

/** What the network calls. */
export const handlers: SocketHandlers = {
  onOpen: function () {
    const login = owner.config_;
    // A certificate may be all of the login; and there is no password without a user name [MQTT-3.1.2-22].
    const username = login.username || [];
    const password = (login.username && login.password) || [];
    if (state === State.Opening) {
      enter(State.Connecting, Reason.None);
      send(
        encodeConnect(
          ConnectFlag.CLEAN_SESSION |
            (username.length ? ConnectFlag.USERNAME : 0) |
            (password.length ? ConnectFlag.PASSWORD : 0),
          login.keep_alive as number,
          [login.client_id || ""].concat(username, password),
        ),
      );
    }
  },

  onWritable: function () {
    flush();
    if (state === State.Up) handleReceived();
  },

  takesData: takesData,

  onData: function (bytes) {
    if (state === State.Connecting || state === State.Up) {
      if (incoming.skip_) {
        const passed = Math.min(incoming.skip_, bytes.length);
        incoming.skip_ -= passed;
        bytes = bytes.substr(passed);
        // What is awaited can come only behind it.
        watch();
      }
      incoming.bytes_ += bytes;
      handleReceived();
    }
  },

  onClose: function (reason) {
    end(reason);
  },
};
