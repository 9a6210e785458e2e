/**
 * Who a board is that has a provisioning key in place of a login: it asks the server for credentials of its own, once.
 *
 *   nothing kept ──a login is made up, and kept──► ask ──SUCCESS──► what was given is kept, Sure ──► log in
 *                                                  ▲ │ FAILURE: the device exists already
 *   kept, and not Sure: it may never have been ────┘ └──────► log in ──accepted──► Sure
 *   asked for, or the answer was lost                               └─refused──► somebody else's
 *
 *   kept, Sure ──► log in ──refused: the device was deleted, or has other credentials──► ask
 *
 * The server never repeats its answer. So the board asks for a login that it made up itself and kept before: if the answer is
 * lost, or the power goes, that is the one which the device has. Only where the settings want a token of the server's own is
 * a lost answer for a person: the device is to be deleted. A device that was made beforehand keeps its credentials, whatever
 * is asked for; those are answered each time.
 *
 * A login that is sure is given up for that of another key only once the server gave that one: a wrong key costs no device.
 */
import type { Board } from "../../board/board.ts";
import { check, type Fields } from "../check.ts";
import type { Done } from "../mqtt/owner.ts";
import { Reason } from "../reason.ts";
import type { Client, Provisioning } from "../thingsboard/api.ts";
import { provision } from "../thingsboard/provision.ts";
import { words } from "../words.ts";
import { keep, keptOf } from "./kept-text.ts";

/** Espruino's. */
declare const E: { CRC32(text: string): number };

/** `server.credentials`: what is asked for. */
const enum Kind {
  OwnToken,
  ServersToken,
  /** User name and password. */
  Basic,
}

const enum Limit {
  /** Of a device's name. */
  Name = 255,
  /** Parts of a secret, of 32 bits: as many as a token of 32 characters has room for, and more than can be guessed. */
  Parts = 4,
}

/** As it is kept. */
interface Login {
  /** CRC-32 of the provisioning key it was asked for with: another one asks anew. */
  key: number;
  /** Or the token. */
  username: string;
  password?: string;
  client_id?: string;
  /** 1: the server said that this is it. */
  sure?: 1;
}

/** A secret of up to 28 letters and digits, that no other board makes up. */
function madeUp(imei: string | undefined, noise: Board["noise"]): string {
  let secret = "";
  let mark: number | string = getSerial() + imei + Date.now();
  for (let part = 0; part < Limit.Parts; part++) {
    mark = E.CRC32(mark + " " + noise()) >>> 0;
    secret += mark.toString(36);
  }
  return secret;
}

/** The device's name; "": the modem did not tell what is in it. */
function nameOf(pattern: string, imei: string | undefined): string {
  const parts = pattern.split("{imei}");
  if (parts.length > 1 && !imei) return "";
  return parts.join(imei).split("{chip}").join(getSerial()).substr(0, Limit.Name);
}

/**
 * Connects as who the board is, and finds that out before if need be. `imei`: undefined while the modem did not tell.
 *
 * @seldom callbacks
 */
export function logIn(server: Client, imei: string | undefined, noise: Board["noise"], done: Done): void {
  const settings = server.config_;
  const key = E.CRC32(settings.provision_key as string) | 0;
  const kept: Login | undefined = keptOf("id");
  // While another key's is not sure.
  const former: Login | undefined = keptOf("was");
  let login = kept && kept.key === key ? kept : former && former.key === key ? former : undefined;
  // A login that is refused is not the end of the try: nobody else is told of it.
  const told = server.onClose_;
  delete server.onClose_;

  function end(ok: boolean): void {
    server.onClose_ = told;
    done(ok);
  }

  function failed(why: Reason, detail?: string): void {
    server.last_error = words(why, detail);
    server.last_reason_ = why;
    end(false);
  }

  /** The server said that this is it. Flash that does not take it does not matter now: this start has it. */
  function settle(its: Login): void {
    keep("id", its);
    keep("was", undefined);
  }

  /** `refused`: what then. */
  function enter(its: Login, refused: () => void): void {
    settings.username = its.username;
    settings.password = its.password || "";
    if (its.client_id) settings.client_id = its.client_id;
    server.connect(function (ok) {
      if (!ok && server.last_reason_ === Reason.RefusedLogin) return refused();
      if (ok && !its.sure) {
        its.sure = 1;
        settle(its);
      }
      end(ok);
    });
  }

  /** `tried`: what is kept was refused just now. */
  function ask(tried: boolean): void {
    const name = nameOf(settings.device_name as string, imei);
    const wanted: Provisioning = {
      provision_device_key: settings.provision_key as string,
      provision_device_secret: settings.provision_secret as string,
      device_name: name,
    };
    if (!name) return failed(Reason.NoAnswer);
    if (!login && settings.credentials !== Kind.ServersToken) {
      const secret = madeUp(imei, noise);
      login =
        settings.credentials === Kind.Basic
          ? { key: key, username: name, password: secret }
          : { key: key, username: secret };
      if (kept && kept.sure) keep("was", kept);
      if (!keep("id", login)) return failed(Reason.FlashWorn);
    }
    const asked = login;
    if (asked && (asked.password || asked.client_id)) {
      wanted.username = asked.username;
      wanted.password = asked.password;
      wanted.client_id = asked.client_id;
    } else if (asked) wanted.access_token = asked.username;
    provision.call(server, wanted, function (ok, answer) {
      const said = answer && answer.errorMsg;
      if (ok) take(answer.credentialsValue);
      // Why is known already.
      else if (!answer) end(false);
      else if (answer.status !== "FAILURE")
        failed(Reason.ServerSays, said + " check provision_key, provision_secret");
      else if (asked && !tried)
        enter(asked, function () {
          failed(Reason.ServerSays, said + " is the name taken, or no room?");
        });
      else failed(Reason.ServerSays, said + " is the name taken, or no room?");
    });
  }

  /** The server's answer: a token, or user name and password. */
  function take(value: any): void {
    const given: Login =
      typeof value === "string"
        ? { key: key, username: value, sure: 1 }
        : {
            key: key,
            username: value && value.userName,
            password: value && value.password,
            client_id: value && value.clientId,
            sure: 1,
          };
    // A certificate is longer.
    const fault = check(given, {
      key: 0,
      username: given.client_id ? 255 : ["", 1, 255],
      password: 255,
      client_id: 255,
      sure: 0,
    } as Fields);
    if (fault) return failed(Reason.ServerSays, fault);
    settle(given);
    enter(given, function () {
      end(false);
    });
  }

  if (login && login.sure)
    enter(login, function () {
      ask(true);
    });
  else ask(false);
}
