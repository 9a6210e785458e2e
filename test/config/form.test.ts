import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SETTINGS } from "../../firmware/settings.ts";
import { BOARDS } from "../../scripts/boards.ts";
import { faultOf, fieldOf } from "../../scripts/config/fields.ts";
import { type FormField, form } from "../../scripts/config/form.ts";
import { runConfig } from "./person.ts";

const named = (path: string, fields = form()) => fields.find((field) => field.path === path) as FormField;

describe("the form", () => {
  test("is printed as JSON; with a board that board's", async () => {
    const { code, said } = await runConfig(["--form"]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(said), form());
    const its = JSON.parse((await runConfig(["--form", "--board", "rak8212"])).said);
    assert.deepEqual(its, form("rak8212"));
    assert.equal(named("modem_port", its), undefined);
    assert.equal(named("outbox_bytes", its).default, 8192);
  });

  test("has every setting of the table, in its order, with its unit, version and words", () => {
    assert.deepEqual(
      form().map(({ path, since, about }) => ({ path, since, about })),
      SETTINGS.flatMap(({ path, since, about, json }) => (json ? [] : { path, since, about })),
    );
    assert.deepEqual(named("interval_s"), {
      path: "interval_s",
      attribute: "interval_s",
      input: "number",
      unit: "s",
      default: 60,
      least: 1,
      most: 86400,
      since: "0.1.0",
      about: SETTINGS.find(({ path }) => path === "interval_s")?.about,
    });
  });

  test("names as an attribute what the firmware takes from afar, and says what is tried", () => {
    const attributes = form().flatMap(({ attribute }) => attribute ?? []);
    assert.deepEqual(
      attributes,
      SETTINGS.flatMap(({ path, afar, json }) => (afar && !json ? path.replace("server.", "") : [])),
    );
    assert.equal(named("server.host").attribute, "host");
    assert.ok(named("server.host").tried && named("apn").tried && !named("keys").tried);
  });

  test("says how each is put in", () => {
    const inputs = ["keys", "no_time", "debug", "interval_s"].map((path) => named(path).input);
    assert.deepEqual(inputs, ["text", "choice", "switch", "number"]);
    assert.deepEqual(named("no_time").choices, ["hold", "server", "drop"]);
  });

  test("gives no default where there is none, or where boards differ", () => {
    assert.ok(named("server.host").required && !("default" in named("server.host")));
    assert.ok(!("default" in named("outbox_bytes")));
    assert.deepEqual(named("gnss_baud").boards, ["rak5010", "linux"]);
  });

  test("shows no secret", () =>
    assert.deepEqual(
      form().flatMap(({ path, secret }) => (secret ? path : [])),
      ["server.username", "server.password", "server.provision_secret", "apn_password", "pin"],
    ));

  for (const board of BOARDS)
    test(`${board}: what it takes the check takes, at both ends`, () => {
      for (const { path, input, least, most, choices = [], default: initial } of form(board)) {
        const field = fieldOf(path, board);
        assert.ok(field);
        const ends = input === "number" || input === "switch" ? [least, most] : choices;
        for (const value of [...ends, ...(initial === undefined ? [] : [initial])])
          assert.equal(faultOf(field, value), "", path);
      }
    });
});
