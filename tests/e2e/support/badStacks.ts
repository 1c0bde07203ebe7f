import type { Container, Pod } from "../../../policy/kubernetes.ts";

/** A stack that differs from ours in one thing. */
export interface BadStack {
  /** Settings of the stack. */
  readonly config?: Readonly<Record<string, string>>;
  /** Changes the specification of each object of a kind. */
  readonly spoil?: {
    readonly kind: string;
    readonly change: (spec: Record<string, unknown>) => void;
  };
  /** Sentences of the pack, each as: rule resource — what is wrong — what is allowed — what to do. */
  readonly refusals: readonly string[];
}

const CLIENTS = "kubernetes:apps/v1:StatefulSet federation-clients";
const SERVER = "kubernetes:apps/v1:Deployment federation-server";
const STACK = "pulumi:pulumi:Stack kubeflower-bad";

/** Spoils the pods of the clients by `change`. */
function clients(change: (pod: Pod, container: Container) => void): BadStack["spoil"] {
  return {
    kind: "StatefulSet",
    change: (spec) => {
      const pod = (spec.template as { spec: Pod }).spec;
      const [container] = pod.containers;
      if (container === undefined) throw new Error("the clients' pod has no container");
      change(pod, container);
    },
  };
}

export const BAD_STACKS: Readonly<Record<string, BadStack>> = {
  "images that move": {
    spoil: clients((pod, container) => {
      container.image = "registry.example/kubeflower:latest";
      const first = { name: "first", image: "registry.example/kubeflower", volumeMounts: [] };
      pod.initContainers = [{ ...container, ...first }];
    }),
    refusals: [
      `image ${CLIENTS} — container client: image registry.example/kubeflower:latest has the tag latest — allowed: a tag that stays, or a digest — write registry.example/kubeflower:<version> or registry.example/kubeflower@sha256:<digest>`,
      `image ${CLIENTS} — container first: image registry.example/kubeflower has neither tag nor digest, which means latest — allowed: a tag that stays, or a digest — write registry.example/kubeflower:<version> or registry.example/kubeflower@sha256:<digest>`,
    ],
  },
  "no limits": {
    spoil: clients((_, container) => delete container.resources),
    refusals: [
      `limits ${CLIENTS} — container client: resources.limits.memory is not set — allowed: a size — set it to what the container needs, as 1Gi`,
      `limits ${CLIENTS} — container client: resources.requests.cpu is not set — allowed: a number of CPUs — set it to what the container needs, as 250m`,
    ],
  },
  "a privileged container": {
    spoil: clients((_, container) => {
      container.securityContext = { ...container.securityContext, privileged: true };
    }),
    refusals: [
      `privileges ${CLIENTS} — container client: securityContext.privileged is true — allowed: false — remove it`,
    ],
  },
  "a capability": {
    spoil: clients((_, container) => {
      const capabilities = { drop: ["ALL"], add: ["NET_ADMIN"] };
      container.securityContext = { ...container.securityContext, capabilities };
    }),
    refusals: [
      `privileges ${CLIENTS} — container client: securityContext.capabilities.add is ["NET_ADMIN"] — allowed: none, or ["NET_BIND_SERVICE"] — remove NET_ADMIN`,
    ],
  },
  "the node's network and processes": {
    spoil: clients((pod) =>
      Object.assign(pod, { hostNetwork: true, hostPID: true, hostIPC: true }),
    ),
    refusals: ["hostNetwork", "hostPID", "hostIPC"].map(
      (field) => `host ${CLIENTS} — ${field} is true — allowed: false — remove it`,
    ),
  },
  "a folder of the node": {
    spoil: clients((pod) => pod.volumes?.push({ name: "data", hostPath: { path: "/srv/data" } })),
    refusals: [
      `host ${CLIENTS} — volume data: hostPath /srv/data is a folder of the node — allowed: any other kind of volume — use a persistentVolumeClaim to keep files, or an emptyDir`,
    ],
  },
  "a container that runs as root": {
    spoil: clients((pod) => {
      pod.securityContext = { ...pod.securityContext, runAsNonRoot: false, runAsUser: 0 };
    }),
    refusals: [
      `hardening ${CLIENTS} — container client: securityContext.runAsNonRoot is false — allowed: true — set it to true, on the pod or on the container`,
      `hardening ${CLIENTS} — container client: securityContext.runAsUser is 0, which is root — allowed: any other number — set it to the image's user`,
    ],
  },
  "a container without hardening": {
    spoil: clients((pod, container) => {
      delete pod.securityContext;
      delete container.securityContext;
    }),
    refusals: [
      `privileges ${CLIENTS} — container client: securityContext.allowPrivilegeEscalation is not set — allowed: false — set it to false`,
      `privileges ${CLIENTS} — container client: securityContext.capabilities.drop is [] — allowed: ["ALL"] — drop all of them`,
      `hardening ${CLIENTS} — container client: securityContext.runAsNonRoot is not set — allowed: true — set it to true, on the pod or on the container`,
      `hardening ${CLIENTS} — container client: securityContext.readOnlyRootFilesystem is not set — allowed: true — set it to true, and mount an emptyDir where the container writes`,
      `hardening ${CLIENTS} — container client: securityContext.seccompProfile.type is not set — allowed: RuntimeDefault, Localhost — set it to RuntimeDefault, on the pod or on the container`,
    ],
  },
  "a service account's token": {
    spoil: clients((pod) => delete pod.automountServiceAccountToken),
    refusals: [
      `token ${CLIENTS} — automountServiceAccountToken is not set — allowed: false — set it to false, and project a token with an audience and an expiry into the pod that needs one`,
    ],
  },
  "patches that undo protections": {
    config: {
      clientPod: '{"hostNetwork":true}',
      serverPod: '{"serviceAccountName":"mine","containers":[{"name":"server","command":["sh"]}]}',
    },
    refusals: [
      `host ${CLIENTS} — hostNetwork is true — allowed: false — remove it`,
      `own-pods ${SERVER} — serviceAccountName is mine — allowed: none, whose rights are known — remove it`,
      `own-pods ${SERVER} — container server: command and args are ["sh"] — allowed: ["kubeflower-server"] — remove them, and put what you start into a container of its own`,
    ],
  },
  "secrets in the environment": {
    spoil: clients((_, container) =>
      container.env?.push(
        { name: "KUBEFLOWER_KEY", value: ["-----BEGIN PRIVATE", "KEY-----\nMC4CAQ"].join(" ") },
        { name: "REGISTRY_PASSWORD", value: "open sesame" },
      ),
    ),
    refusals: [
      `environment-secrets ${CLIENTS} — container client: variable KUBEFLOWER_KEY holds a private key — allowed: valueFrom a Secret, or the path of a mounted one — put the value in a Secret and refer to it`,
      `environment-secrets ${CLIENTS} — container client: variable REGISTRY_PASSWORD is called like a secret and has its value here — allowed: valueFrom a Secret, or the path of a mounted one — put the value in a Secret and refer to it`,
    ],
  },
  "no default deny": {
    spoil: {
      kind: "NetworkPolicy",
      change: (spec) => (spec.podSelector = { matchLabels: { app: "flower-server" } }),
    },
    refusals: [
      `network-policy ${STACK} — namespace kubeflower has pods and no default deny of ingress and egress — allowed: pods under a NetworkPolicy that denies all, beside those that allow — add one with podSelector {} and policyTypes ["Ingress","Egress"], without rules`,
    ],
  },
  "an open status port": {
    config: { monitoring: "observability" },
    spoil: {
      kind: "NetworkPolicy",
      change: ({ ingress = [] }) => {
        for (const rule of ingress as { from?: object[] }[]) delete rule.from;
      },
    },
    refusals: [
      `status-port kubernetes:networking.k8s.io/v1:NetworkPolicy federation-monitoring — everybody may reach port 8081, where the metrics of runs are — allowed: a rule whose \`from\` names a namespace or pods by their labels — pulumi config set monitoring <namespace>`,
    ],
  },
  "a LoadBalancer without TLS": {
    config: { serviceType: "LoadBalancer" },
    spoil: {
      kind: "Deployment",
      change: (spec) => {
        for (const container of (spec.template as { spec: Pod }).spec.containers) {
          container.env = container.env?.filter(({ name }) => name !== "KUBEFLOWER_TLS_FOLDER");
        }
      },
    },
    refusals: [
      `load-balancer kubernetes:core/v1:Service federation-server-service — type is LoadBalancer, and Deployment federation-server behind it speaks plain text (no KUBEFLOWER_TLS_FOLDER) — allowed: LoadBalancer in front of TLS, or ClusterIP — pulumi config set serviceType ClusterIP`,
    ],
  },
};
