import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check } from "../../firmware/check.ts";
import { identityFields } from "../../firmware/thingsboard/identity-fields.ts";
import { serverFields } from "../../firmware/thingsboard/server-fault.ts";

function faultOf(server: { tls?: number; [name: string]: unknown }): string {
  const fields = serverFields(server.tls);
  identityFields(fields, server);
  return check(server, fields);
}

describe("a server that gives devices their login", () => {
  const required = "must be plain text of 1 to 255";
  const keys = { provision_key: "k", provision_secret: "s" };
  for (const [given, line] of [
    [{ host: "h", ...keys }, ""],
    [{ host: "h", username: "t" }, ""],
    [{ host: "h", username: "t", ...keys }, ""],
    [{ host: "h" }, `username: ${required}`],
    [{ host: "h", provision_secret: "s" }, `username: ${required}`],
    [{ host: "h", provision_key: "k" }, `provision_secret: ${required}`],
    [{ host: "h", ...keys, tls: 1 }, `ca: ${required}`],
    [{ host: "h", ...keys, device_name: "" }, "device_name: must be plain text of 1 to 64"],
    [{ host: "h", ...keys, credentials: 3 }, "credentials: must be whole, 0 to 2"],
  ] as const)
    test(`${JSON.stringify(given)}: ${line || "right"}`, () => assert.equal(faultOf({ ...given }), line));

  test("has a name for each board when none is given", () => {
    const server = { host: "h", ...keys };
    assert.equal(faultOf(server), "");
    assert.equal((server as { device_name?: string }).device_name, "tracker-{imei}");
  });
});
