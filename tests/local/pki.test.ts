import { X509Certificate } from "node:crypto";

import { expect, test } from "vitest";

import { Authority } from "../../local/pki.ts";

test("a certificate is signed by its authority and names user, groups, hosts and addresses", async () => {
  const authority = await Authority.create("test");
  const other = await Authority.create("test");
  const { certificate } = await authority.issue({
    user: "system:node:n0",
    groups: ["system:nodes"],
    hosts: ["n0", "10.90.1.10"],
  });
  const read = new X509Certificate(certificate);
  expect(read.subject).toBe("O=system:nodes\nCN=system:node:n0");
  expect(read.subjectAltName).toBe("DNS:n0, IP Address:10.90.1.10");
  expect(read.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(read.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
  expect(read.ca).toBe(false);
});
