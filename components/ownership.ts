import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { OWNER, STACK } from "../contract/names.ts";

/** Name of the resource whose state keeps the id. */
export const OWNER_ID = "owner-id";

/**
 * Owner of the stack's objects: a random id that tells this stack from any other, also from one of
 * the same name on another machine. The state has it before the first object is made.
 */
export class Owner extends pulumi.ComponentResource {
  /** Random id of this stack. */
  readonly id: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Owner", name, {}, opts);
    const made = new local.Command(
      `${name}-id`,
      {
        interpreter: ["node", "--eval"],
        create: "process.stdout.write(crypto.randomUUID())",
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );
    this.id = made.stdout;
    this.registerOutputs({ id: this.id });
  }

  /**
   * Transformation that writes the owner on every Kubernetes object below a resource. It leaves
   * immutable objects alone: their names are random, so no other stack has them, and the provider
   * would replace a Secret of an older version, certificate included.
   */
  readonly mark: pulumi.ResourceTransformation = ({ type, props, opts }) => {
    const { metadata, ...rest } = props as Marked;
    if (!type.startsWith("kubernetes:") || rest.immutable === true) return { props, opts };
    const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const annotations = { ...metadata.annotations, [OWNER]: this.id, [STACK]: stack };
    return { props: { ...rest, metadata: { ...metadata, annotations } }, opts };
  };
}

/** Inputs of a Kubernetes object, as far as they are read here. */
interface Marked {
  readonly metadata: { readonly annotations?: object };
  readonly immutable?: boolean;
}
