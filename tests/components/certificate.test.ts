import { spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";

import { expect, it } from "vitest";

import type { KeyPair } from "../../kube/authority.ts";

/** Runs the script as the identity component does. */
function make(order: object, authority?: KeyPair): KeyPair {
  const args = ["cli/start.mjs", "components/certificate.ts"];
  const env = { ...process.env, KUBEFLOWER_CERTIFICATE: JSON.stringify(order) };
  const input = authority === undefined ? "" : JSON.stringify(authority);
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, input });
  expect(stderr.toString()).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout.toString()) as KeyPair;
}

it("makes an authority, and of that a server's certificate for its names", () => {
  const authority = make({ name: "kubeflower", days: 10 });
  const hosts = ["service-server", "service-server.lab"];
  const server = make({ name: "service-server", days: 3, hosts }, authority);
  const read = new X509Certificate(server.certificate);
  expect(read.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
  expect(read.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
  expect(read.subjectAltName).toBe("DNS:service-server, DNS:service-server.lab");
});
