import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check, misfits } from "../firmware/check.ts";
import {
  Afar,
  configFields,
  fromAfar,
  identityTable,
  orders,
  SETTINGS,
  serverTable,
} from "../firmware/settings.ts";
import { FEATURES } from "../scripts/build/features.ts";

const nameOf = (path: string): string => path.replace("server.", "");

describe("the table of settings", () => {
  test("has each once, by its name alone, too", () => {
    const names = SETTINGS.map(({ path }) => nameOf(path));
    assert.equal(new Set(names).size, names.length);
  });

  test("says in one line what each is for, and since which version", () => {
    for (const { path, about, since } of SETTINGS) {
      assert.match(about, /^\S[^\n|]*[^\s.]$/, path);
      assert.match(since, /^\d+\.\d+\.\d+$/, path);
    }
  });

  test("has a default that is right, or none", () => {
    for (const { path, limits, words } of SETTINGS) {
      assert.ok(!(limits && words), path);
      if (limits && path !== "server.host") assert.equal(check({}, { [path]: limits }), "", path);
      if (words) assert.ok(words.length > 1, path);
    }
  });

  test("what it gives a device has each setting once, but those of a board's own", () => {
    const given = [configFields(), serverTable(), identityTable()];
    assert.deepEqual(
      given
        .flatMap((fields) => Object.keys(fields))
        .filter((name) => name !== "server")
        .sort(),
      SETTINGS.filter(({ limits, words, json }) => limits || words || json)
        .map(({ path }) => nameOf(path))
        .sort(),
    );
    assert.deepEqual(configFields().interval_s, [60, 1, 86400]);
    assert.deepEqual(configFields().no_time, ["hold", "server", "drop"]);
    assert.equal(configFields().apn, 64, "a text that may be missing is its length alone");
    assert.deepEqual(configFields().remote_at, [0, 0, 1]);
  });

  test("no secret is told, no file, port or safeguard changed from afar", () => {
    const afar = fromAfar();
    for (const { path, secret } of SETTINGS)
      if (secret && nameOf(path) in afar) assert.equal(afar[nameOf(path)], Afar.SecretWay, path);
    for (const name of [
      "tls",
      "ca",
      "cert",
      "key",
      "username",
      "password",
      "qos",
      "pin",
      "remote_at",
      "modem_port",
    ])
      assert.ok(!(name in afar), name);
  });

  test("what touches the way to the server is tried", () => {
    const afar = fromAfar();
    const named = (least: Afar) => Object.keys(afar).filter((name) => (afar[name] ?? 0) >= least);
    assert.deepEqual(named(Afar.Way).sort(), [
      "apn",
      "apn_password",
      "apn_user",
      "edrx_s",
      "host",
      "keep_alive",
      "port",
      "topics",
    ]);
    for (const name of named(Afar.ServerWay)) assert.ok(name in serverTable(), name);
    const only = new Set(SETTINGS.filter(({ feature }) => feature).map(({ path }) => nameOf(path)));
    for (const [name, kind] of Object.entries(afar)) {
      if (kind < Afar.ServerWay) assert.ok(name in configFields() || only.has(name), name);
      if (only.has(name)) assert.ok(kind <= Afar.Way, `${name}: not each build knows it`);
    }
  });

  test("what only a feature knows holds at once from afar, unless the modem must be told, and is no secret", () => {
    for (const { path, feature, afar, secret } of SETTINGS)
      if (feature && afar)
        assert.deepEqual([afar, secret], [path === "edrx_s" ? Afar.Way : Afar.Plain, undefined], path);
  });

  test("what must fit each other are numbers, and their defaults do", () => {
    const limits = new Map(SETTINGS.map((setting) => [setting.path, setting.limits]));
    const defaults = Object.fromEntries([...limits].map(([path, its]) => [path, its?.[0]]));
    for (const [name, other] of Object.entries(orders()))
      for (const path of [name, other]) assert.equal(typeof limits.get(path)?.[0], "number", path);
    assert.deepEqual(misfits(defaults, orders()), {});
    assert.deepEqual(misfits({ interval_s: 60, heartbeat_s: 59 }, orders()), {
      heartbeat_s: "must be at least interval_s",
    });
    assert.deepEqual(misfits({ interval_s: 60, heartbeat_s: 60, watch_s: 61 }, orders()), {
      interval_s: "must be at least watch_s",
    });
  });

  test("asks for features that there are", () => {
    // Built by and by: a setting of one that is not there yet is refused by `flash`.
    for (const { path, feature } of SETTINGS) {
      const [name = "", way = ""] = (feature ?? "").split("=");
      assert.ok(!feature || way in (FEATURES[name] ?? {}), `${path}: ${feature}`);
    }
  });
});
