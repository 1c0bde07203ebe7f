import { createPublicKey, webcrypto } from "node:crypto";

import "reflect-metadata"; // x509 needs it to be loaded first
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as Crypto);

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 3600 * 1000;

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  /** Private key, PKCS #8. */
  readonly key: string;
}

/** Subject of a certificate. The API server reads user and groups, TLS clients hosts. */
export interface Subject {
  /** Common name; the user's name for the API server. */
  readonly user: string;
  /** Groups of the user. @default none */
  readonly groups?: readonly string[];
  /** DNS names and IPv4 addresses. @default none */
  readonly hosts?: readonly string[];
  /** End of TLS that the certificate is for. @default both */
  readonly end?: "server" | "client";
}

/** A certificate authority. */
export class Authority implements KeyPair {
  private constructor(
    readonly certificate: string,
    readonly key: string,
    private readonly issuer: string,
    private readonly keys: CryptoKeyPair,
  ) {}

  /** Makes a new authority that is valid for so many days. */
  static async create(name: string, days: number): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${name}`,
      ...validity(days),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return Authority.#ofKeys(certificate, await pem(keys.privateKey), keys);
  }

  /** Reads an authority that was made before. */
  static async from({ certificate, key }: KeyPair): Promise<Authority> {
    const read = new x509.X509Certificate(certificate);
    const privateKey = await webcrypto.subtle.importKey(
      "pkcs8",
      x509.PemConverter.decodeFirst(key),
      ALGORITHM,
      true,
      ["sign"],
    );
    return Authority.#ofKeys(read, key, { privateKey, publicKey: await read.publicKey.export() });
  }

  static #ofKeys(certificate: x509.X509Certificate, key: string, keys: CryptoKeyPair): Authority {
    return new Authority(certificate.toString("pem"), key, certificate.subject, keys);
  }

  /** Issues a certificate that is valid for so many days. */
  async issue({ user, groups = [], hosts = [], end }: Subject, days: number): Promise<KeyPair> {
    const keys = await newKeys();
    const names = hosts.map((value) => ({
      type: /^[0-9.]+$/.test(value) ? ("ip" as const) : ("dns" as const),
      value,
    }));
    const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
    const certificate = await x509.X509CertificateGenerator.create({
      subject: [...groups.map((group) => ({ O: [group] })), { CN: [user] }],
      issuer: this.issuer,
      ...validity(days),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([
          ...(end === "client" ? [] : [serverAuth]),
          ...(end === "server" ? [] : [clientAuth]),
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(this.keys.publicKey),
        ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ],
    });
    return { certificate: certificate.toString("pem"), key: await pem(keys.privateKey) };
  }
}

/** Makes a key pair for signing ServiceAccount tokens, both keys PEM. */
export async function tokenKeys(): Promise<{ privateKey: string; publicKey: string }> {
  const privateKey = await pem((await newKeys()).privateKey);
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" });
  return { privateKey, publicKey: publicKey.toString() };
}

/** Makes a key pair for signatures. */
function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** Writes a private key as PEM. */
async function pem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/** Validity from a day ago, because clocks differ. */
function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - DAY), notAfter: new Date(now + days * DAY) };
}
