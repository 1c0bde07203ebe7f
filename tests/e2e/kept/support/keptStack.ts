import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "vitest";
import { parse, stringify } from "yaml";

import type { Checkout, Ended } from "../../../../dev/checkout.ts";
import { sharedCheckout } from "../../support/sharedCheckout.ts";

/** Content of the stack's file. */
export interface StackFile {
  readonly config: Readonly<Record<string, string>>;
}

/** A stack that has run once, and the model of that run. */
export class KeptStack {
  private constructor(
    readonly checkout: Checkout,
    /** The first run, and the digest of its model's file. */
    readonly first: { readonly id: string; readonly sha256: string },
  ) {}

  /** Runs the smallest app for one round with one client, in that namespace of the shared cluster. */
  static async make(namespace: string): Promise<KeptStack> {
    const checkout = await sharedCheckout(namespace);
    await checkout.set({ app: "tests/app/tiny", rounds: "1", clients: "1" });
    await checkout.pulumi("up", "--yes", "--skip-preview");
    const { id, modelSha256 } = await checkout.result();
    const stack = new KeptStack(checkout, { id, sha256: modelSha256 });
    expect(await stack.digest()).toBe(modelSha256);
    return stack;
  }

  /** Runs `pulumi up`, which may fail. */
  up(...more: string[]): Promise<Ended> {
    const args = ["up", "--yes", "--skip-preview", "--non-interactive", ...more];
    return this.checkout.ended("pulumi", args, 5);
  }

  /** Sets one entry of `runConfig`. */
  async setRunConfig(key: string, value: string): Promise<void> {
    await this.checkout.pulumi("config", "set", "--path", `runConfig.${key}`, value);
  }

  /** Computes the digest of the first run's model on the cluster's volume; empty when the file is gone. */
  async digest(): Promise<string> {
    for (const volume of await this.checkout.volumes()) {
      const file = join(volume, "runs", this.first.id, "model.safetensors");
      const data = await readFile(file).catch(() => undefined);
      if (data !== undefined) return createHash("sha256").update(data).digest("hex");
    }
    return "";
  }

  /** Reads the stack's image, named by its digest. */
  async image(): Promise<string> {
    const outputs = await this.checkout.pulumi("stack", "output", "--json");
    return (JSON.parse(outputs) as { image: string }).image;
  }

  /** Reads the public keys of the cluster's tokens. */
  keys(): Promise<string> {
    return this.checkout.kubectl("get", "--raw", "/openid/v1/jwks");
  }

  async readFile(): Promise<StackFile> {
    return parse(await readFile(this.#file, "utf8")) as StackFile;
  }

  /** Writes settings over those of the stack's file: faster than `pulumi config set`, with the same result. */
  async writeFile(values: Readonly<Record<string, string>>, over: StackFile): Promise<void> {
    const entries = Object.entries(values).map(([key, value]) => [`kubeflower:${key}`, value]);
    const config = { ...over.config, ...(Object.fromEntries(entries) as Record<string, string>) };
    await writeFile(this.#file, stringify({ ...over, config }));
  }

  get #file(): string {
    return join(this.checkout.sources, "Pulumi.local.yaml");
  }
}

/**
 * Returns the last sentence of each resource that has failed, a line each, in no order: Pulumi's
 * diagnostics have none. Empty when the update succeeded.
 */
export function reason(said: string): string {
  const [, diagnostics = ""] = /^Diagnostics:\n(.*?)\n\n(?:Outputs|Resources):$/ms.exec(said) ?? [];
  const told = diagnostics
    .split("\n\n")
    .filter((part) => part.includes("error: ") && !part.endsWith("error: update failed"));
  return told
    .map((part) => (part.split("\n").at(-1) ?? "").trim().replace(/^error: /, ""))
    .join("\n");
}

/** Describes a StorageClass of this name that makes volumes as `standard` does. */
export async function secondClass(checkout: Checkout, name: string): Promise<object> {
  const standard = await checkout.kubectl("get", "storageclass", "standard", "-o", "json");
  const { provisioner } = JSON.parse(standard) as { provisioner: string };
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name },
    provisioner,
    volumeBindingMode: "WaitForFirstConsumer",
  };
}
