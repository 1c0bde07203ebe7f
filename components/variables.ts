import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { commonLabels } from "./kubernetes.ts";
import { environment } from "./podSpec.ts";

/** Arguments of {@link Variables}. */
export interface VariablesArgs {
  /** Namespace of the Secret. */
  readonly namespace: pulumi.Input<string>;
  /** Values by name. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether one of them is secret; all are in a Secret then. */
  readonly areSecret: boolean;
}

/**
 * Environment variables of the user's. Secret ones are in a Secret, whose name changes with them, so
 * that the pods get the new values.
 */
export class Variables extends pulumi.ComponentResource {
  /** Variables as a container has them. */
  readonly env: k8s.types.input.core.v1.EnvVar[];

  constructor(name: string, args: VariablesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kubeflower:index:Variables", name, {}, opts);
    const { namespace, values, areSecret } = args;
    if (areSecret) {
      const secret = new k8s.core.v1.Secret(
        name,
        {
          metadata: { namespace, labels: commonLabels },
          stringData: pulumi.secret(values),
          immutable: true,
        },
        { parent: this },
      );
      this.env = Object.keys(values).map((key) => ({
        name: key,
        valueFrom: { secretKeyRef: { name: secret.metadata.name, key } },
      }));
    } else {
      this.env = environment(values);
    }
    this.registerOutputs({});
  }
}
