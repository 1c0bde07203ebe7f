import { createPrivateKey, X509Certificate } from "node:crypto";

import { expect, test } from "vitest";

import { Authority } from "../../kube/authority.ts";

test("a certificate is signed by its authority and names user, groups, hosts and addresses", async () => {
  const authority = await Authority.create("test", 10);
  const other = await Authority.create("test", 10);
  const subject = { user: "system:node:n0", groups: ["system:nodes"], hosts: ["n0", "10.90.1.10"] };
  const { certificate } = await authority.issue(subject, 3);
  const read = new X509Certificate(certificate);
  expect(read.subject).toBe("O=system:nodes\nCN=system:node:n0");
  expect(read.subjectAltName).toBe("DNS:n0, IP Address:10.90.1.10");
  expect(read.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(read.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
  expect(read.ca).toBe(false);
});

test("an authority signs on after it was written down and read again", async () => {
  const { certificate, key } = await Authority.create("test", 10);
  const again = await Authority.from({ certificate, key });
  const issued = await again.issue({ user: "server", hosts: ["server"], end: "server" }, 3);
  expect(again.certificate).toBe(certificate);
  const read = new X509Certificate(issued.certificate);
  expect(read.checkIssued(new X509Certificate(certificate))).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(issued.key))).toBe(true);
  // https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12: serverAuth
  expect(read.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  const days = (Date.parse(read.validTo) - Date.now()) / (24 * 3600 * 1000);
  expect(days).toBeGreaterThan(2.9);
  expect(days).toBeLessThanOrEqual(3);
});
