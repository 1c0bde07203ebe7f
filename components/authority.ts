import { webcrypto } from "node:crypto";

import "reflect-metadata"; // x509 asks for it to be loaded first
import * as x509 from "@peculiar/x509";

x509.cryptoProvider.set(webcrypto as Crypto);

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 24 * 3600 * 1000;

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate names: a user and its groups to the API server, host names and addresses to a client. */
export interface Subject {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly hosts?: readonly string[];
  /** Which end of TLS it is for. @default both */
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

  /** A new one, for so many days. */
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
    return Authority.#of(certificate, await pem(keys.privateKey), keys);
  }

  /** One that was made before. */
  static async from({ certificate, key }: KeyPair): Promise<Authority> {
    const read = new x509.X509Certificate(certificate);
    const privateKey = await webcrypto.subtle.importKey(
      "pkcs8",
      x509.PemConverter.decodeFirst(key),
      ALGORITHM,
      true,
      ["sign"],
    );
    return Authority.#of(read, key, { privateKey, publicKey: await read.publicKey.export() });
  }

  static #of(certificate: x509.X509Certificate, key: string, keys: CryptoKeyPair): Authority {
    return new Authority(certificate.toString("pem"), key, certificate.subject, keys);
  }

  /** A certificate of it, for so many days. */
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

/** A key pair that signs. */
export function newKeys(): Promise<CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** A private key, PEM. */
export async function pem(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/** From a day ago: clocks differ. */
function validity(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - DAY), notAfter: new Date(now + days * DAY) };
}
