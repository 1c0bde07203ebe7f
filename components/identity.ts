import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { NAMES } from "../contract/names.ts";
import { COMMAND } from "../contract/variables.ts";
import type { KeyPair } from "../kube/authority.ts";
import { runProgram } from "./commands/program.ts";
import { labels } from "./kubernetes.ts";

/** Arguments of {@link Identity}. */
export interface IdentityArgs {
  /** Namespace of all objects. */
  readonly namespace: pulumi.Input<string>;
  /** Public keys of the cluster's tokens, a JSON Web Key Set. */
  readonly signingKeys: pulumi.Input<string>;
  /** Whether the stream is encrypted. */
  readonly tls: boolean;
}

/** Objects with the server's certificate and its authority. */
interface Certificate {
  /** Secret with `tls.crt` and `tls.key`. */
  readonly secret: pulumi.Output<string>;
  /** ConfigMap with `ca.crt`. */
  readonly authority: pulumi.Output<string>;
}

const DAY = 24 * 3600 * 1000;
/** Days that certificates are good for. */
const LIFE = { authority: 3650, server: 365 } as const;

/**
 * Proofs of server and clients to each other: the server has a certificate, a client has a token of
 * its pod that the kubelet renews every few minutes. No client has a lasting secret.
 */
export class Identity extends pulumi.ComponentResource {
  /** Name of the clients' ServiceAccount. */
  readonly account: pulumi.Output<string>;
  /** ConfigMap with `jwks.json`, which verifies tokens. */
  readonly keys: pulumi.Output<string>;
  /** Objects with the certificate; undefined without TLS. */
  readonly certificate: Certificate | undefined;

  constructor(name: string, args: IdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Identity", name, {}, opts);
    const account = new k8s.core.v1.ServiceAccount(
      `${name}-account`,
      {
        metadata: {
          name: NAMES.client,
          namespace: args.namespace,
          labels: labels(NAMES.client),
        },
        automountServiceAccountToken: false,
      },
      { parent: this },
    );
    const keys = new k8s.core.v1.ConfigMap(
      `${name}-keys`,
      {
        metadata: { namespace: args.namespace, labels: labels(NAMES.server) },
        data: { "jwks.json": args.signingKeys },
        immutable: true,
      },
      { parent: this },
    );
    this.account = account.metadata.name;
    this.keys = keys.metadata.name;
    // A Pulumi program cannot read its previous outputs. The account's age bounds the certificate's.
    const since = account.metadata.creationTimestamp;
    this.certificate = args.tls ? this.#certify(name, args.namespace, since) : undefined;
    this.registerOutputs({ account: this.account, keys: this.keys });
  }

  #certify(
    name: string,
    namespace: pulumi.Input<string>,
    since: pulumi.Output<string>,
  ): Certificate {
    const hosts = ["", ".svc", ".svc.cluster.local"].map(
      (end) => pulumi.interpolate`${NAMES.service}.${namespace}${end}`,
    );
    const root = { name: "kubeflower" };
    const authority = this.#issue(`${name}-authority`, LIFE.authority, since, root);
    const server = this.#issue(
      `${name}-certificate`,
      LIFE.server,
      since,
      { name: NAMES.service, hosts: [NAMES.service, ...hosts] },
      authority,
    );
    const secret = this.#secret(`${name}-certificate`, namespace, server);
    const trusted = this.#trusted(`${name}-authority`, namespace, authority);
    return { secret: secret.metadata.name, authority: trusted.metadata.name };
  }

  #secret(
    name: string,
    namespace: pulumi.Input<string>,
    pair: pulumi.Output<KeyPair>,
  ): k8s.core.v1.Secret {
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: { namespace, labels: labels(NAMES.server) },
        type: "kubernetes.io/tls",
        stringData: {
          "tls.crt": pair.apply(({ certificate }) => certificate),
          "tls.key": pair.apply(({ key }) => key),
        },
        immutable: true,
      },
      { parent: this },
    );
  }

  #trusted(
    name: string,
    namespace: pulumi.Input<string>,
    authority: pulumi.Output<KeyPair>,
  ): k8s.core.v1.ConfigMap {
    return new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { namespace, labels: labels(NAMES.client) },
        data: { "ca.crt": pulumi.unsecret(authority.apply(({ certificate }) => certificate)) },
        immutable: true,
      },
      { parent: this },
    );
  }

  /** Makes a certificate, and a new one when it is due. Without an authority it is one itself. */
  #issue(
    name: string,
    days: number,
    since: pulumi.Output<string>,
    order: { readonly name: string; readonly hosts?: readonly pulumi.Input<string>[] },
    authority?: pulumi.Output<KeyPair>,
  ): pulumi.Output<KeyPair> {
    const made = runProgram(
      name,
      // A change of the path or the order would make a new certificate in every existing stack.
      {
        script: "components/certificate.ts",
        variable: COMMAND.certificate,
        order: { ...order, days },
      },
      {
        stdin: authority === undefined ? undefined : pulumi.jsonStringify(authority),
        triggers: [since.apply((time) => renewals(time, new Date(), days))],
        // Its output holds a private key.
        logging: "none",
      },
      {
        parent: this,
        additionalSecretOutputs: ["stdout", "stdin"],
        // Older stacks have another one, and a change would make a new certificate.
        ignoreChanges: ["interpreter"],
      },
    );
    return pulumi.secret(made.stdout).apply((pair) => JSON.parse(pair) as KeyPair);
  }
}

/**
 * Number of renewals that are due since a time (RFC 3339): one for each two thirds of the
 * certificate's life.
 * @param days life of the certificate
 */
export function renewals(since: string | undefined, now: Date, days: number): number {
  const age = now.getTime() - Date.parse(since ?? "");
  return age > 0 ? Math.floor(age / ((days * DAY * 2) / 3)) : 0;
}
