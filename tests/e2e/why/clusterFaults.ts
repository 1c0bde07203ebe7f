import { until } from "../support/until.ts";
import { admissionPolicy, deadWebhook, TRY } from "./adminRules.ts";
import type { Fault } from "./faults.ts";
import type { WhyStack } from "./whyStack.ts";

/** Types kubectl lines in the stack's namespace. */
function kubectl(...lines: string[]): (stack: WhyStack) => Promise<unknown> {
  return (stack) =>
    stack.type(lines.map((line) => `kubectl -n ${stack.namespace} ${line}`).join("\n"));
}

/** Patches the template of a workload's pods. */
function patched(workload: string, spec: object): (stack: WhyStack) => Promise<unknown> {
  const patch = JSON.stringify({ spec: { template: { spec } } });
  return kubectl(`patch ${workload} --type strategic -p '${patch}'`);
}

/** Deletes the objects of a kind whose name begins so, and what is named after them. */
function deleted(kind: string, beginning: string, ...more: string[]) {
  return async (stack: WhyStack): Promise<void> => {
    const names = await stack.checkout.kubectl("get", kind, "-o", "name");
    const found = names.split("\n").filter((name) => name.includes(`/${beginning}`));
    await kubectl(`delete ${found.join(" ")}`, ...more)(stack);
  };
}

const CLIENT = "delete pod flower-client-0 --wait=false --ignore-not-found";
/**
 * Has a client refused until Kubernetes takes no more events of the StatefulSet: after some 25 of one
 * object it takes one in five minutes.
 */
async function exhaustEvents(stack: WhyStack): Promise<void> {
  await kubectl("create quota none --hard=pods=0", CLIENT)(stack);
  const wake = `kubectl -n ${stack.namespace} annotate statefulset flower-client`;
  await stack.type(`for try in $(seq 40); do ${wake} try=$try --overwrite; done`);
  await kubectl("delete quota none", "annotate statefulset flower-client try-")(stack);
  await kubectl("rollout status statefulset flower-client --timeout=180s")(stack);
}

const SERVER = "delete pod -l app=flower-server --wait=false";
const AGAIN = "make it again: pulumi up --refresh";

/** Waits until the cluster refuses pods with these words: a new rule takes a moment. */
async function refuses(stack: WhyStack, words: string): Promise<void> {
  const line = `echo '${JSON.stringify(TRY)}' | kubectl -n ${stack.namespace} create --dry-run=server -f -`;
  await until(`refusal with ${words}`, async () => {
    const { said } = await stack.checkout.ended("bash", ["-c", line], 1);
    return said.includes(words) || undefined;
  });
}

/** Faults of the cluster's objects, which `status` and `doctor` show on a stack that was well. */
export const CLUSTER_FAULTS: readonly Fault[] = [
  {
    name: "a quota of pods that is used up",
    by: "kubeflower status",
    prepare: kubectl("create quota small --hard=pods=3"),
    seed: kubectl(`patch quota small --type merge -p '{"spec":{"hard":{"pods":"2"}}}'`, CLIENT),
    sentence:
      /a client's pod is refused by the namespace's quota: exceeded quota: small, requested: pods=1, used: pods=\d, limited: pods=2 — raise it: kubectl -n \S+ patch resourcequota small/,
    after: kubectl("delete quota small"),
  },
  {
    name: "a quota of memory that is used up",
    by: "kubeflower status",
    seed: kubectl("create quota small --hard=memory=2Gi", CLIENT),
    sentence:
      /a client's pod is refused by the namespace's quota: exceeded quota: small, requested: memory=\S+, used: memory=\S+, limited: memory=2Gi — raise it: kubectl -n \S+ patch resourcequota small/,
    after: kubectl("delete quota small"),
  },
  {
    name: "a LimitRange below what a client asks for",
    by: "kubeflower status",
    prepare: (stack) =>
      stack.checkout.apply({
        apiVersion: "v1",
        kind: "LimitRange",
        metadata: { name: "small", namespace: stack.namespace },
        spec: { limits: [{ type: "Container", max: { memory: "512Mi" } }] },
      }),
    seed: kubectl(CLIENT),
    sentence:
      /a client's pod is refused: maximum memory usage per Container is 512Mi, but limit is 768Mi — ask for what it allows: pulumi config set --path clientResources.memory 512Mi/,
    after: (stack) =>
      stack.type(
        `kubectl -n ${stack.namespace} delete limitrange small\npulumi config set --path clientResources.memory 768Mi`,
      ),
  },
  {
    name: "an admission policy that refuses pods",
    by: "kubeflower status",
    prepare: async (stack) => {
      await stack.checkout.apply(...admissionPolicy(stack.namespace));
      await refuses(stack, "each pod needs a team");
    },
    seed: kubectl(SERVER),
    sentence:
      /the server's pod is refused: ValidatingAdmissionPolicy '\S+' with binding '\S+' denied request: each pod needs a team — the cluster's administrators made that rule: have them exempt namespace \S+, see: kubectl get validatingadmissionpolicy \S+ -o yaml/,
    byHand: (stack) =>
      stack.checkout.kubectl("delete", "validatingadmissionpolicybinding", stack.namespace),
    after: (stack) =>
      stack.checkout.kubectl("delete", "validatingadmissionpolicy", stack.namespace),
  },
  {
    name: "an admission webhook that nobody answers",
    by: "kubeflower status",
    prepare: async (stack) => {
      await stack.checkout.apply(deadWebhook(stack.namespace));
      await refuses(stack, "pods.example.org");
    },
    seed: kubectl(SERVER),
    sentence:
      /the server's pod is refused: .*failed calling webhook "pods.example.org": .*service "nobody" not found — it can be made once that program of the cluster answers/,
    byHand: (stack) =>
      stack.checkout.kubectl("delete", "validatingwebhookconfiguration", stack.namespace),
  },
  {
    name: "a ServiceAccount that is gone, of which Kubernetes takes no more events",
    by: "kubeflower status",
    prepare: exhaustEvents,
    seed: kubectl("delete serviceaccount flower-client", CLIENT),
    sentence: new RegExp(
      `a client's pod is refused: .*serviceaccount "flower-client" not found — ${AGAIN}`,
    ),
  },
  {
    name: "the Service that is gone",
    by: "kubeflower status",
    seed: kubectl("delete service service-server", CLIENT),
    sentence: new RegExp(
      `Service service-server is gone, so clients do not find the server — ${AGAIN}`,
    ),
  },
  {
    name: "a Service that leads elsewhere",
    by: "kubeflower status",
    seed: kubectl(
      `patch service service-server --type merge -p '{"spec":{"selector":{"app":"other"}}}'`,
      CLIENT,
    ),
    sentence:
      /Service service-server leads to pods with app=other, which the server's pod does not have, so clients do not find the server — give it back what the stack declares: pulumi up --refresh/,
  },
  {
    name: "the NetworkPolicy of the server that is gone",
    by: "kubeflower status",
    seed: deleted("networkpolicy", "federation-network-server", CLIENT),
    sentence: new RegExp(
      `the NetworkPolicy that opens the pods of flower-server is gone, so clients do not reach the server — ${AGAIN}`,
    ),
  },
  {
    name: "a server that is scaled to 0",
    by: "kubeflower status",
    seed: kubectl("scale deployment flower-server --replicas 0"),
    sentence:
      /Deployment flower-server is scaled to 0 pods, so the server does not run — it needs 1 — kubectl -n \S+ scale deployment flower-server --replicas 1/,
  },
  {
    name: "clients that are scaled to 0",
    by: "kubeflower status",
    seed: kubectl("scale statefulset flower-client --replicas 0"),
    sentence:
      /StatefulSet flower-client is scaled to 0 of 2 clients — the run needs 2 — kubectl -n \S+ scale statefulset flower-client --replicas 2/,
  },
  {
    name: "a StatefulSet that is gone",
    by: "kubeflower status",
    seed: kubectl("delete statefulset flower-client"),
    sentence: new RegExp(`StatefulSet flower-client is gone, so no client runs — ${AGAIN}`),
  },
  {
    name: "a Deployment that is gone",
    by: "kubeflower status",
    seed: kubectl("delete deployment flower-server"),
    sentence:
      /no flower-server is in namespace \S+, and volume flower-server with the runs is still there — start it again with `pulumi up --refresh`/,
  },
  {
    name: "a volume claim that is being deleted",
    by: "kubeflower status",
    seed: kubectl("delete pvc flower-server --wait=false"),
    sentence:
      /PVC flower-server is being deleted, and goes with all its runs when the server's pod ends — fetch them first: kubeflower results — then kubectl -n \S+ delete pod -l app=flower-server && pulumi up --refresh/,
  },
  {
    name: "a node label that no node has",
    by: "kubeflower status",
    seed: patched("statefulset flower-client", { nodeSelector: { why: "yes" } }),
    sentence:
      /1 of 2 clients run: no node takes pod flower-client-1: 0\/1 nodes are available: 1 node\(s\) didn't match Pod's node affinity\/selector — add a node with these labels, or give them to one: kubectl label node kubeflower-0 why=yes/,
    after: async (stack) => {
      await patched("statefulset flower-client", { nodeSelector: { why: null } })(stack);
      await kubectl("rollout status statefulset flower-client --timeout=180s")(stack);
      await stack.checkout.kubectl("label", "node", "kubeflower-0", "why-");
    },
  },
  {
    name: "an image name that is none",
    by: "kubeflower status",
    seed: kubectl("set image statefulset/flower-client client=No::image"),
    sentence:
      /container client of pod flower-client-1 has an image name that is none: .* — give the pods the stack's image back: pulumi up --refresh/,
  },
  {
    name: "a program that the image lacks",
    by: "kubeflower status",
    seed: patched("deployment flower-server", {
      containers: [{ name: "server", command: ["kubeflower-nothing"] }],
    }),
    sentence:
      /container server of pod flower-server-\S+ cannot be started: exec: "kubeflower-nothing": executable file not found in \$PATH — its image must have that program — give it back what the stack declares: pulumi up --refresh/,
  },
  {
    name: "a security profile that no node has",
    by: "kubeflower status",
    seed: patched("statefulset flower-client", {
      securityContext: { appArmorProfile: { type: "Localhost", localhostProfile: "none" } },
    }),
    sentence:
      /pod flower-client-1 was refused by node kubeflower-0 \(AppArmor\): .* — take it out of the setting clientPod, or, where somebody else gave it to the pods: pulumi up --refresh/,
  },
  {
    name: "a server that needs more memory than its limit",
    by: "kubeflower status",
    seed: patched("deployment flower-server", {
      containers: [{ name: "server", command: ["python3", "-c", 'b"x" * (3 << 30)'] }],
    }),
    sentence:
      /pod flower-server-\S+ was killed (?:once|\d times) as it needs more memory than its limit 1Gi — raise it: pulumi config set --path serverResources.memory 2Gi/,
    after: (stack) => stack.type("pulumi config set --path serverResources.memory 1Gi"),
  },
  {
    name: "a state that no rule knows",
    by: "kubeflower status",
    seed: patched("deployment flower-server", {
      containers: [{ name: "server", readinessProbe: { httpGet: { path: "/nothing" } } }],
    }),
    sentence:
      /pod flower-server-\S+: Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 404 — these are Kubernetes' own words — see: kubectl -n \S+ describe pod flower-server-/,
    byHand: (stack) => stack.type("pulumi up --yes --skip-preview --refresh"),
  },
  {
    name: "a namespace that is being deleted",
    by: "kubeflower status",
    prepare: (stack) =>
      stack.checkout.apply({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: {
          name: "held",
          namespace: stack.namespace,
          finalizers: ["example.org/held"],
        },
      }),
    seed: (stack) => stack.checkout.kubectl("delete", "namespace", stack.namespace, "--wait=false"),
    sentence:
      /namespace \S+ is being deleted, with everything in it.* — nothing can be made there before it is gone — kubectl wait --for=delete namespace\/\S+ --timeout=5m && pulumi up --refresh/,
    byHand: kubectl(`patch configmap held --type merge -p '{"metadata":{"finalizers":null}}'`),
  },
];
