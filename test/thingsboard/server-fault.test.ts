import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { serverFault } from "../../firmware/thingsboard/server-fault.ts";

describe("serverFault", () => {
  const required = "must be plain text of 1 to 255";
  const server = { host: "h", username: "t" };
  const files = { ca: "a.pem,9", cert: "b.pem,9", key: "c.pem,9" };
  for (const [given, line] of [
    [server, ""],
    [{ ...server, tls: 0 }, ""],
    [{ host: "h" }, `username: ${required}`],
    [{ ...server, tls: 1 }, `ca: ${required}`],
    [{ ...server, tls: 1, ca: files.ca }, ""],
    [{ host: "h", tls: 1, ca: files.ca }, `username: ${required}`],
    [{ ...server, tls: 2, ...files, ca: "" }, `ca: ${required}`],
    [{ ...server, tls: 2, ...files, cert: undefined }, `cert: ${required}`],
    [{ ...server, tls: 2, ...files, key: undefined }, `key: ${required}`],
    [{ host: "h", tls: 2, ...files }, ""],
    [{ ...server, tls: 2, ...files }, ""],
    [{ ...server, ...files }, ""],
    [{ ...server, tls: 3 }, "tls: must be whole, 0 to 2"],
    [{ ...server, tls: "1" }, "tls: must be whole, 0 to 2"],
    [{ ...server, tls: true }, "tls: must be whole, 0 to 2"],
    [{ ...server, tls: 1, ca: 'a"b' }, `ca: ${required}`],
    [{ ...server, ca: "x".repeat(256) }, "ca: must be plain text of 0 to 255"],
    [null, "must be an object"],
    [undefined, "must be an object"],
    ["text", "must be an object"],
  ] as const)
    test(`${JSON.stringify(given)}: ${line || "right"}`, () => assert.equal(serverFault(given), line));
});
