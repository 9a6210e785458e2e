/**
 * A device asks for credentials of its own. That takes a connection of its own, with the user name "provision", in which the
 * server answers once and takes nothing else. It happens once in a device's life.
 */
import { check, type Fields } from "../check.ts";
import type { Session } from "../mqtt/owner.ts";
import { connect, disconnect, publish, Role } from "../mqtt/session.ts";
import { json, toText } from "../mqtt/text.ts";
import { Reason } from "../reason.ts";
import { words } from "../words.ts";
import type { Client, Provisioning } from "./api.ts";
import type { Answered } from "./requests.ts";

const enum Limit {
  /** For the answer, once the server was asked, ms. */
  Answer = 40000,
}

/** What the server is to be asked; throws on what it would not understand. */
function provisioningJson(wanted: Provisioning): string {
  const text = 255;
  const fault = check(wanted, {
    provision_device_key: ["", 1, text],
    provision_device_secret: ["", 1, text],
    device_name: text,
    access_token: text,
    client_id: text,
    username: text,
    password: text,
    // It has line ends.
    hash: 0,
    gateway: [0, 0, 1],
  } as Fields);
  if (fault) throw Error("provision: " + fault);
  if (wanted.hash !== undefined && typeof wanted.hash !== "string")
    throw Error("provision: hash: must be text");
  const basic = wanted.client_id || wanted.username || wanted.password;
  const type = wanted.hash ? "X509_CERTIFICATE" : basic ? "MQTT_BASIC" : "ACCESS_TOKEN";
  // Members that are undefined are left out.
  return json({
    deviceName: wanted.device_name,
    provisionDeviceKey: wanted.provision_device_key,
    provisionDeviceSecret: wanted.provision_device_secret,
    credentialsType: type,
    token: wanted.access_token,
    clientId: wanted.client_id,
    username: wanted.username,
    password: wanted.password,
    hash: wanted.hash,
    gateway: wanted.gateway ? true : undefined,
  });
}

/** The client's method; see api.ts. A server that says no gives `done` that answer, too. @seldom callbacks */
export function provision(this: Client, wanted: Provisioning, done?: Answered): any {
  // Before all else, as it may throw.
  const payload = provisioningJson(wanted);
  const client = this;
  if (done) return ask(client, payload, done);
  return new Promise(function (resolve) {
    ask(client, payload, function (ok, answer) {
      resolve(ok ? answer : undefined);
    });
  });
}

/** Connects, asks, hears the answer, and leaves; whatever ends that, `done` is told once. */
function ask(client: Client, payload: string, done: Answered): void {
  let over = false;
  let deadline: ReturnType<typeof setTimeout> | 0 = 0;
  // The same server, for one who has no login yet.
  const login: any = {};
  for (const name in client.config_) login[name] = (client.config_ as any)[name];
  login.username = "provision";
  login.client_id = login.password = "";

  function finish(reason: Reason, error: string, answer?: any): void {
    if (over) return;
    over = true;
    if (deadline) clearTimeout(deadline);
    disconnect.call(session, function () {
      client.last_error = error;
      client.last_reason_ = reason;
      try {
        done(!error, answer);
      } catch (thrown) {
        client.last_error = words(Reason.CallbackFailed, thrown);
      }
    });
  }

  function failed(): void {
    finish(session.last_reason_ || Reason.NotConnected, session.last_error);
  }

  const session: Session = {
    status: false,
    last_error: "",
    last_reason_: Reason.None,
    config_: login,
    filters_: function () {
      return ["/provision/response"];
    },
    onMessage_: function (_topic, text) {
      const answer = JSON.parse(toText(text as string));
      if (answer.status === "SUCCESS") finish(Reason.None, "", answer);
      else finish(Reason.ServerSays, words(Reason.ServerSays, answer.errorMsg), answer);
    },
    onEnd_: failed,
  };

  connect.call(session, function (ok: boolean) {
    if (!ok) return failed();
    deadline = setTimeout(finish, Limit.Answer, Reason.AnswerMissing, words(Reason.AnswerMissing));
    // At QoS 0, as the answer is the acknowledgement.
    publish(
      session,
      "/provision/request",
      payload,
      function (sent) {
        if (!sent) failed();
      },
      0,
      Role.Once,
    );
  });
}
