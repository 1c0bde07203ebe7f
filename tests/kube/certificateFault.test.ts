import { generateKeyPairSync } from "node:crypto";
import { tmpdir } from "node:os";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Hopeless } from "../../kube/errors.ts";
import type { Entry } from "../../kube/kubeconfig.ts";
import { base64, TlsApi } from "./support/tlsApi.ts";

let api: TlsApi;
let pair: { readonly certificate: string; readonly key: string };

beforeAll(async () => {
  api = await TlsApi.start();
  pair = await api.authority.issue({ user: "jane", end: "client" }, 1);
});

afterAll(() => {
  api.stop();
});

/** Asks with these entries of a kubeconfig; returns the sentence of its failure. */
async function told(user: Entry, cluster: Entry = {}): Promise<string> {
  const fault: unknown = await api
    .client(user, cluster)
    .get("/")
    .catch((thrown: unknown) => thrown);
  expect(fault).toBeInstanceOf(Hopeless);
  return (fault as Error).message;
}

const REST =
  "in the kubeconfig of context lab — certificates and keys must be PEM, in base64 where it is data, and belong together — get the kubeconfig anew from whoever runs the cluster";

function login(certificate: string, key: string): Entry {
  return { "client-certificate-data": base64(certificate), "client-key-data": base64(key) };
}

/** A private key that is none of the certificate's. */
function otherKey(passphrase?: string): string {
  const cipher = passphrase === undefined ? {} : { cipher: "aes256", passphrase };
  const privateKeyEncoding = { type: "pkcs8", format: "pem", ...cipher } as const;
  const publicKeyEncoding = { type: "spki", format: "pem" } as const;
  const curve = { namedCurve: "P-256", publicKeyEncoding, privateKeyEncoding };
  return generateKeyPairSync("ec", curve).privateKey;
}

test("parts of a login that are no certificate or no key are named", async () => {
  expect(await told(login("hello", pair.key))).toMatch(
    /^client-certificate-data cannot be used \(.+\) in the kubeconfig of context lab — /,
  );
  expect(await told(login(pair.certificate, "hello"))).toMatch(/^client-key-data cannot be used/);
  const encrypted = login(pair.certificate, otherKey("secret"));
  expect(await told(encrypted)).toMatch(/^client-key-data cannot be used/);
  const folder = { "client-certificate": tmpdir(), "client-key-data": base64(pair.key) };
  expect(await told(folder)).toMatch(/^client-certificate cannot be used \(EISDIR/);
});

test("a key that is not the certificate's is told", async () => {
  expect(await told(login(pair.certificate, otherKey()))).toBe(
    `client-key is not the key of client-certificate ${REST}`,
  );
});

test("an authority that is no certificate is told, and not that another server may answer", async () => {
  for (const data of ["!!!", base64("hello")]) {
    expect(await told({}, { "certificate-authority-data": data })).toMatch(
      /^certificate-authority-data cannot be used \(.+\) in the kubeconfig of context lab — /,
    );
  }
});
