/*
 * Rules for the pods of one namespace, as a cluster's administrators make them. They are named after the
 * namespace, as they belong to the whole cluster, which other tests use, too.
 */
const apiVersion = "admissionregistration.k8s.io/v1";
const RULE = {
  apiGroups: [""],
  apiVersions: ["v1"],
  operations: ["CREATE"],
  resources: ["pods"],
};

function only(namespace: string) {
  return { matchLabels: { "kubernetes.io/metadata.name": namespace } };
}

/** Policy that refuses pods without the label `team`, and its binding. */
export function admissionPolicy(namespace: string): object[] {
  const metadata = { name: namespace };
  const policy = {
    apiVersion,
    kind: "ValidatingAdmissionPolicy",
    metadata,
    spec: {
      matchConstraints: { resourceRules: [RULE] },
      validations: [
        { expression: "has(object.metadata.labels.team)", message: "each pod needs a team" },
      ],
    },
  };
  const binding = {
    apiVersion,
    kind: "ValidatingAdmissionPolicyBinding",
    metadata,
    spec: {
      policyName: namespace,
      validationActions: ["Deny"],
      matchResources: { namespaceSelector: only(namespace) },
    },
  };
  return [policy, binding];
}

/** Webhook that has to allow each pod, and whose Service does not exist. */
export function deadWebhook(namespace: string): object {
  return {
    apiVersion,
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: namespace },
    webhooks: [
      {
        name: "pods.example.org",
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        failurePolicy: "Fail",
        namespaceSelector: only(namespace),
        rules: [RULE],
        clientConfig: { service: { name: "nobody", namespace, path: "/" } },
      },
    ],
  };
}

/** Pod that Pod Security lets in, and that only such a rule refuses. */
export const TRY = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "try", labels: { app: "try" } },
  spec: {
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "try",
        image: "try",
        resources: { limits: { memory: "64Mi" } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
};
