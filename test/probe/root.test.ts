import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { type Identity, makeCertificate } from "../../scripts/certificate/make.ts";
import { chainLines, nameWords } from "../../scripts/probe/describe.ts";
import { rootOf } from "../../scripts/probe/root.ts";

const root = await makeCertificate({ name: "Root", authority: true });
/** Another one that calls itself the same. */
const impostor = await makeCertificate({ name: "Root", authority: true });
const middle = await makeCertificate({ name: "Middle", authority: true, by: root });
const own = await makeCertificate({ name: "h", hosts: ["h"], by: middle });
const chain = (...of: Identity[]): X509Certificate[] => of.map((one) => new X509Certificate(one.certificate));
const found = (sent: Identity[], list: Identity[] = []) => {
  const one = rootOf(
    chain(...sent),
    list.map(({ certificate }) => certificate),
  );
  return one && [one.certificate.toString().trim(), one.isPublic];
};
const pem = ({ certificate }: Identity): string => certificate.trim();

test("a root of the list is found by who issued what the server sent, whether it sends the root or not", () => {
  assert.deepEqual(found([own, middle], [impostor, root]), [pem(root), true]);
  assert.deepEqual(found([own, middle, root], [root]), [pem(root), true]);
  assert.deepEqual(found([own, middle, root], [middle]), [pem(middle), true], "it may be one in the middle");
});

test("what no list has is the server's own, if it sends that", () => {
  assert.deepEqual(found([own, middle, root]), [pem(root), false]);
  assert.deepEqual(found([own, middle, root], [impostor]), [pem(root), false], "a name alone is none");
  assert.equal(found([own, middle]), undefined);
  assert.equal(found([own]), undefined);
  assert.equal(found([]), undefined);
});

test("Node's own list is the one that is looked into", () => {
  const [first = ""] = rootCertificates;
  assert.equal(rootOf([new X509Certificate(first)])?.isPublic, true);
});

test("a certificate in words: whose, from whom, until when, which key", () => {
  assert.match(
    chainLines(chain(own))[0] as string,
    /^h: issued by Middle, valid until \d{4}-\d\d-\d\d, RSA 2048$/,
  );
  assert.equal(nameWords("C=US\nO=Let's Encrypt\nCN=R11"), "R11, Let's Encrypt");
  assert.equal(nameWords("C=US\nOU=Only"), "C=US, OU=Only");
});
