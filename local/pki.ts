import { webcrypto } from "node:crypto";

import "reflect-metadata"; // x509 asks for it to be loaded first
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as Crypto);

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const YEARS = 10;

/** A certificate and its private key, both PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate names: a user and its groups to the API server, host names and addresses to a client. */
export interface Subject {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly hosts?: readonly string[];
}

/** A certificate authority that lives as long as its cluster. */
export class Authority {
  private constructor(
    readonly certificate: string,
    readonly key: string,
    private readonly issuer: string,
    private readonly keys: CryptoKeyPair,
  ) {}

  static async create(name: string): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      ...validity(),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return new Authority(
      certificate.toString("pem"),
      await pem(keys.privateKey),
      certificate.subject,
      keys,
    );
  }

  /** A certificate for both ends of TLS. */
  async issue({ user, groups = [], hosts = [] }: Subject): Promise<Identity> {
    const keys = await newKeys();
    const names = hosts.map((value) => ({
      type: /^[0-9.]+$/.test(value) ? ("ip" as const) : ("dns" as const),
      value,
    }));
    const certificate = await x509.X509CertificateGenerator.create({
      subject: [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
      issuer: this.issuer,
      ...validity(),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    });
    return { certificate: certificate.toString("pem"), key: await pem(keys.privateKey) };
  }
}

/** A key pair for signing service-account tokens, both PEM. */
export async function tokenKeys(): Promise<{ privateKey: string; publicKey: string }> {
  const keys = await newKeys();
  const publicKey = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey("spki", keys.publicKey),
    "PUBLIC KEY",
  );
  return { privateKey: await pem(keys.privateKey), publicKey };
}

function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

async function pem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  const day = 24 * 3600 * 1000;
  return { notBefore: new Date(now - day), notAfter: new Date(now + YEARS * 365 * day) };
}
