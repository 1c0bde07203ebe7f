import { local } from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KeyPair } from "./authority.ts";
import { labels, NAMES } from "./kubernetes.ts";

export interface IdentityArgs {
  readonly namespace: pulumi.Input<string>;
  /** The public keys of the cluster's tokens, a JSON Web Key Set. */
  readonly signingKeys: pulumi.Input<string>;
  /** Whether the stream is encrypted. */
  readonly tls: boolean;
}

/** What a server's certificate is made of and proven by. */
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
 * What server and clients know each other by: the server has a certificate, a client a token of its
 * pod that the kubelet renews every few minutes. No client has a secret that lasts.
 */
export class Identity extends pulumi.ComponentResource {
  /** The clients' ServiceAccount. */
  readonly account: pulumi.Output<string>;
  /** ConfigMap with `jwks.json`, which proves tokens. */
  readonly keys: pulumi.Output<string>;
  /** Undefined without TLS. */
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
    // A program is not told what it made last time; this says how old a certificate can be by now.
    const since = account.metadata.creationTimestamp;
    this.certificate = args.tls ? this.certify(name, args.namespace, since) : undefined;
    this.registerOutputs({ account: this.account, keys: this.keys });
  }

  private certify(
    name: string,
    namespace: pulumi.Input<string>,
    since: pulumi.Output<string>,
  ): Certificate {
    const hosts = ["", ".svc", ".svc.cluster.local"].map(
      (end) => pulumi.interpolate`${NAMES.service}.${namespace}${end}`,
    );
    const authority = this.issue(`${name}-authority`, LIFE.authority, since, {
      name: "kubeflower",
    });
    const server = this.issue(
      `${name}-certificate`,
      LIFE.server,
      since,
      { name: NAMES.service, hosts: [NAMES.service, ...hosts] },
      authority,
    );
    const secret = new k8s.core.v1.Secret(
      `${name}-certificate`,
      {
        metadata: { namespace, labels: labels(NAMES.server) },
        type: "kubernetes.io/tls",
        stringData: {
          "tls.crt": server.apply(({ certificate }) => certificate),
          "tls.key": server.apply(({ key }) => key),
        },
        immutable: true,
      },
      { parent: this },
    );
    const trusted = new k8s.core.v1.ConfigMap(
      `${name}-authority`,
      {
        metadata: { namespace, labels: labels(NAMES.client) },
        data: { "ca.crt": pulumi.unsecret(authority.apply(({ certificate }) => certificate)) },
        immutable: true,
      },
      { parent: this },
    );
    return { secret: secret.metadata.name, authority: trusted.metadata.name };
  }

  /** Makes a certificate, once and again when it is due; by an authority, or as one. */
  private issue(
    name: string,
    days: number,
    since: pulumi.Output<string>,
    order: { readonly name: string; readonly hosts?: readonly pulumi.Input<string>[] },
    authority?: pulumi.Output<KeyPair>,
  ): pulumi.Output<KeyPair> {
    const made = new local.Command(
      name,
      {
        interpreter: ["node", "--import", "tsx"],
        create: "components/certificate.ts",
        environment: { KUBEFLOWER_CERTIFICATE: pulumi.jsonStringify({ ...order, days }) },
        ...(authority === undefined ? {} : { stdin: pulumi.jsonStringify(authority) }),
        triggers: [since.apply((time) => renewals(time, new Date(), days))],
        // What it prints has a private key in it.
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      { parent: this, additionalSecretOutputs: ["stdout", "stdin"] },
    );
    return pulumi.secret(made.stdout).apply((pair) => JSON.parse(pair) as KeyPair);
  }
}

/**
 * How often a certificate good for so many days has been due since a moment (RFC 3339): each time
 * that the one before would have had a third of its days left.
 */
export function renewals(since: string | undefined, now: Date, days: number): number {
  const age = now.getTime() - Date.parse(since ?? "");
  return age > 0 ? Math.floor(age / ((days * DAY * 2) / 3)) : 0;
}
