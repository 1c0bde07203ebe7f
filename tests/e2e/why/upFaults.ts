import type { Fault } from "./faults.ts";
import type { WhyStack } from "./whyStack.ts";

/** Sets settings of the stack, by path. */
function set(values: Readonly<Record<string, string>>): (stack: WhyStack) => Promise<unknown> {
  const lines = Object.entries(values).map(
    ([key, value]) => `pulumi config set --path ${key} '${value}'`,
  );
  return (stack) => stack.type(lines.join("\n"));
}

function remove(...keys: string[]): (stack: WhyStack) => Promise<unknown> {
  return (stack) => stack.type(keys.map((key) => `pulumi config rm ${key}`).join("\n"));
}

/** Words of a remedy that name an image. */
function image({ image }: WhyStack): Readonly<Record<string, string>> {
  const [name = "", digest = ""] = image.split("@sha256:");
  return { "<name>": name, "<digest>": digest };
}

const PULL =
  "the cluster's nodes must be able to pull it — push it, or name another: pulumi config set image <name>@sha256:<digest>, or pulumi config set registry <host>";

/** Adds a context whose API server refuses connections, and selects it. */
async function closedContext(stack: WhyStack): Promise<void> {
  const user = stack.checkout.context;
  await stack.type(
    [
      "kubectl config set-cluster closed --server=https://127.0.0.1:1",
      `kubectl config set-context closed --cluster=closed --user=${user}`,
      "pulumi config set context closed",
    ].join("\n"),
  );
}

const context = ({ checkout }: WhyStack) => ({ "<name>": checkout.context });

/** Faults of settings and apps, which `up` meets, or `doctor` before it. */
export const UP_FAULTS: readonly Fault[] = [
  {
    name: "an app that raises in round 2",
    by: "pulumi up",
    appFails: 0,
    seed: set({ rounds: "2", "runConfig.fail-round": "2" }),
    sentence:
      /run [0-9a-f]{12} failed after 1 of 2 rounds: round 2: ValueError: the test set is gone — correct it and run `pulumi up`, or `pulumi config set runToken` to a new word to run the same again$/m,
    ends: true,
    byHand: remove("runConfig"),
  },
  {
    name: "an app that raises on one client",
    by: "pulumi up",
    appFails: 0,
    seed: set({ "runConfig.fail-partition": "1" }),
    sentence:
      /run \w+ failed after 0 of \d rounds: .*client 1: RuntimeError: no data here — correct it/,
    byHand: remove("runConfig"),
  },
  {
    name: "a model that is not a number",
    by: "pulumi up",
    appFails: 0,
    seed: set({ "runConfig.fail-partition": "1", "runConfig.fail-how": "nan" }),
    sentence: /run \w+ failed after 0 of \d rounds: .*the model has NaN .* — correct it/,
    byHand: remove("runConfig"),
  },
  {
    name: "a round that takes longer than roundTimeout",
    by: "pulumi up",
    appFails: 4,
    seed: set({ "runConfig.pause": "4.5", roundTimeout: "4" }),
    sentence:
      /run \w+ was interrupted after 0 of \d rounds: .*within 4 s .*— give a round more time: pulumi config set roundTimeout 8, then `pulumi up`/,
    after: remove("runConfig", "roundTimeout"),
  },
  {
    name: "an image tag that the registry lacks",
    by: "pulumi up",
    seed: (stack) => set({ image: `${stack.checkout.registry}/kubeflower:none` })(stack),
    sentence: new RegExp(
      `image localhost:\\d+/kubeflower:none cannot be pulled \\(pod flower-\\S+\\): not found — ${PULL}$`,
      "m",
    ),
    ends: true,
    values: image,
  },
  {
    name: "more CPU than any node has",
    by: "pulumi up",
    seed: set({ "clientResources.cpu": "1000" }),
    sentence:
      /\d of 2 clients run: no node takes pod flower-client-\d: 0\/\d nodes are available: \d Insufficient cpu — ask for less: pulumi config set --path clientResources.cpu 100m/,
    after: set({ "clientResources.cpu": "25m" }),
  },
  {
    name: "a PriorityClass that does not exist",
    by: "pulumi up",
    seed: set({ priorityClass: "nope" }),
    sentence:
      /(?:the server|a client)'s pod is refused: no PriorityClass with name nope was found — take the cluster's: pulumi config rm priorityClass/,
  },
  {
    name: "a quota of Secrets that is used up",
    by: "pulumi up",
    prepare: async ({ checkout, namespace }) => {
      await checkout.kubectl("-n", namespace, "create", "quota", "few", "--hard=secrets=1");
      const used = "--for=jsonpath={.status.used.secrets}";
      await checkout.kubectl("-n", namespace, "wait", used, "quota/few", "--timeout=60s");
    },
    seed: (stack) => stack.type("pulumi config set --secret --path env.WHY secret-word"),
    sentence:
      /secrets "\S+" is forbidden: exceeded quota: few, requested: secrets=1, used: secrets=\d+, limited: secrets=1 — raise it: kubectl -n \S+ patch resourcequota few --type merge -p '\{"spec":\{"hard":\{"secrets":"\d+"\}\}\}' && pulumi up$/m,
    after: async (stack) => {
      await stack.type(`kubectl -n ${stack.namespace} delete quota few\npulumi config rm env`);
      await stack.up();
    },
  },
  {
    name: "clients that each want a node of their own, and one node",
    by: "pulumi up",
    seed: set({ spread: "required" }),
    // Both pods are made at once: no node takes the one or the other.
    sentence:
      /1 of 2 clients run: no node takes pod flower-client-[01]: 0\/1 nodes are available: 1 node\(s\) didn't match pod anti-affinity rules — let clients share a node: pulumi config set spread preferred$/m,
    ends: true,
  },
  {
    name: "an API server that refuses connections",
    by: "pulumi up",
    seed: closedContext,
    sentence:
      /the cluster of context closed does not answer \(nothing listens at 127\.0\.0\.1:1, ECONNREFUSED\) — `pulumi up` needs it — start it, or take another: pulumi config set context <name>$/m,
    ends: true,
    values: context,
  },
  {
    name: "a context that the kubeconfig lacks",
    by: "kubeflower doctor",
    seed: set({ context: "nowhere" }),
    sentence:
      /context nowhere is not in the kubeconfig\n\s*→ there are: .* — pulumi config set context <name>/,
    values: context,
  },
  {
    name: "a StorageClass that does not exist",
    by: "pulumi up",
    // Another stack: one that has run refuses to change the class of its volume.
    seed: (stack) =>
      stack.type(
        `pulumi stack init second --copy-config-from local\npulumi config set namespace ${stack.namespace}-second\npulumi config set storageClass fast`,
      ),
    // Other tests on this cluster may have their own classes.
    sentence:
      /StorageClass fast does not exist \(PVC flower-server\) — there are: (?:[\w-]+, )*standard \(default\)(?:, [\w-]+)* — pulumi config set storageClass standard$/m,
    ends: true,
    after: (stack) =>
      stack.type(
        "pulumi destroy --yes --skip-preview\npulumi stack rm --yes second\npulumi stack select local",
      ),
  },
];
