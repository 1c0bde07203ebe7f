import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { Authority, tokenKeys, type Subject } from "../../kube/authority.ts";
import { API_SERVICE_ADDRESS, type AddressPlan } from "./addressPlan.ts";

/** Validity of certificates in days: longer than any cluster lives. */
const DAYS = 3650;

/** Users of the cluster's programs and its owner, by the name of their kubeconfig file. */
const USERS: Readonly<Record<string, Subject>> = {
  admin: { user: "kubeflower-admin", groups: ["system:masters"] },
  "controller-manager": { user: "system:kube-controller-manager" },
  scheduler: { user: "system:kube-scheduler" },
  proxy: { user: "system:kube-proxy" },
  "kube-router": { user: "system:kube-router" },
  "volume-provisioner": { user: "system:volume-provisioner" },
};

/** Certificates, token keys and kubeconfig files of a cluster, in one folder. They are made once and read by its programs. */
export class Credentials {
  constructor(
    readonly folder: string,
    readonly plan: AddressPlan,
  ) {}

  /** Path of a file in the folder. */
  file(name: string): string {
    return join(this.folder, name);
  }

  /** Path of a user's kubeconfig file. */
  kubeconfig(user: string): string {
    return this.file(`${user}.kubeconfig`);
  }

  /** Name of node i's kubeconfig file. */
  nodeUser(i: number): string {
    return `node-${i}`;
  }

  /** Writes all files for `nodes` nodes into the folder, which must be empty. */
  async create(nodes: number): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const authority = await Authority.create("kubeflower", DAYS);
    const tokens = await tokenKeys();
    await this.#write("ca.crt", authority.certificate);
    await this.#write("tokens.key", tokens.privateKey);
    await this.#write("tokens.pub", tokens.publicKey);
    const api = ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "localhost"];
    await this.#pair(authority, "api-server", {
      user: "kube-apiserver",
      hosts: [...api, API_SERVICE_ADDRESS, "127.0.0.1", this.plan.node(0)],
    });
    await this.#pair(authority, "kubelet-client", {
      user: "kube-apiserver-kubelet-client",
      groups: ["system:masters"],
    });
    const users = { ...USERS };
    for (let i = 0; i < nodes; i++) {
      const name = nodeName(i);
      const subject = { user: `system:node:${name}`, groups: ["system:nodes"] };
      users[this.nodeUser(i)] = subject;
      await this.#pair(authority, `kubelet-${i}`, {
        ...subject,
        hosts: [name, this.plan.node(i)],
      });
    }
    for (const [name, subject] of Object.entries(users)) {
      await this.#kubeconfig(authority, name, subject);
    }
  }

  /** Entries for the owner's kubeconfig: cluster and user. */
  async owner(): Promise<{ cluster: object; user: object }> {
    const config = parse(await readFile(this.kubeconfig("admin"), "utf8")) as {
      clusters: [{ cluster: object }];
      users: [{ user: object }];
    };
    return { cluster: config.clusters[0].cluster, user: config.users[0].user };
  }

  async #pair(authority: Authority, name: string, subject: Subject): Promise<void> {
    const { certificate, key } = await authority.issue(subject, DAYS);
    await this.#write(`${name}.crt`, certificate);
    await this.#write(`${name}.key`, key);
  }

  async #kubeconfig(authority: Authority, name: string, subject: Subject): Promise<void> {
    const { certificate, key } = await authority.issue(subject, DAYS);
    const base64 = (text: string): string => Buffer.from(text).toString("base64");
    const cluster = {
      server: `https://${this.plan.node(0)}:6443`,
      "certificate-authority-data": base64(authority.certificate),
    };
    const user = {
      "client-certificate-data": base64(certificate),
      "client-key-data": base64(key),
    };
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "kubeflower", cluster }],
      users: [{ name, user }],
      contexts: [{ name, context: { cluster: "kubeflower", user: name } }],
      "current-context": name,
    };
    await this.#write(`${name}.kubeconfig`, stringify(config));
  }

  async #write(name: string, content: string): Promise<void> {
    await writeFile(this.file(name), content, { mode: 0o600 });
  }
}

/** The Kubernetes name of node i. */
export function nodeName(i: number): string {
  return `kubeflower-${i}`;
}
