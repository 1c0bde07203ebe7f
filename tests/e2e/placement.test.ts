import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { strategicMerge } from "../../components/strategicMerge.ts";
import type { Checkout, Ended } from "../../dev/checkout.ts";
import { PAUSE_IMAGE } from "../../local/cluster/nodeServices.ts";
import { PATCHES, POD, somePatch } from "../support/podPatches.ts";
import { LOGIN, LoginRegistry } from "./support/loginRegistry.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";
import { commandIn } from "./why/remedy.ts";

const MINUTE = 60_000;
const CASE = { timeout: 5 * MINUTE };
const PLACE = "placement";
const TAINT = "kubeflower-placement";
/** Port of the registry that asks for a login. */
const PORT = 5999;
let checkout: Checkout;

beforeAll(async () => {
  checkout = await sharedCheckout(PLACE);
  await checkout.set({
    app: "tests/app/tiny",
    rounds: "1",
    clients: "1",
    createNamespace: "false",
  });
  await checkout.apply(...strictNamespace());
}, 45 * MINUTE);

afterAll(async () => {
  const policies = "validatingadmissionpolicy,validatingadmissionpolicybinding";
  await checkout.kubectl("delete", policies, PLACE, "--ignore-not-found");
  await checkout.remove();
}, 5 * MINUTE);

/** A namespace as OpenShift's are, which gives users itself, with a quota of CPU limits. */
function strictNamespace(): object[] {
  const metadata = { name: PLACE };
  const admission = { apiVersion: "admissionregistration.k8s.io/v1", metadata };
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { ...metadata, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    {
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata: { name: "small", namespace: PLACE },
      spec: { hard: { "limits.cpu": "8" } },
    },
    {
      ...admission,
      kind: "ValidatingAdmissionPolicy",
      spec: {
        matchConstraints: {
          resourceRules: [
            { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
          ],
        },
        validations: [
          {
            expression: "!has(object.spec.securityContext.runAsUser)",
            message: "runAsUser: must be in the ranges: [1000680000, 1000689999]",
          },
        ],
      },
    },
    {
      ...admission,
      kind: "ValidatingAdmissionPolicyBinding",
      spec: {
        policyName: PLACE,
        validationActions: ["Deny"],
        matchResources: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": PLACE } },
        },
      },
    },
  ];
}

function pulumi(...args: string[]): Promise<Ended> {
  return checkout.ended("pulumi", [...args, "--non-interactive"], 5);
}

function up(): Promise<Ended> {
  return pulumi("up", "--yes", "--skip-preview");
}

/** Types a command as a person does who has read it. */
async function type(command: string): Promise<void> {
  await checkout.type([`${command} -s local`]);
}

/** The sentence that begins with these words. */
function sentence(said: string, words: string): string {
  const line = said.split("\n").find((one) => one.includes(words)) ?? "";
  expect(line, said).not.toBe("");
  return line.slice(line.indexOf(words)).trim();
}

/** What kubectl makes of {@link POD} and a patch, without null and directives, which the API server drops. */
async function kubectlMerge(patch: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { metadata, ...spec } = patch;
  const given = JSON.stringify({ metadata, spec });
  const pod = JSON.stringify({ apiVersion: "v1", kind: "Pod", ...POD });
  const kubectl = `kubectl patch --local --type strategic -o json -f - -p "$PATCH" <<'END'\n${pod}\nEND`;
  const { code, said } = await checkout.ended("env", [`PATCH=${given}`, "bash", "-ec", kubectl]);
  expect(code, said).toBe(0);
  const merged = JSON.parse(said, (key, value: unknown) =>
    key.startsWith("$") ? undefined : (value ?? undefined),
  ) as typeof POD;
  return { metadata: merged.metadata, ...merged.spec };
}

test("patches are merged as kubectl merges them", CASE, async () => {
  const original = { metadata: POD.metadata, ...POD.spec };
  const random = fc.sample(somePatch(), { seed: 7, numRuns: 20 });
  const patches = [...Object.values(PATCHES), ...random];
  await Promise.all(
    [0, 1, 2, 3].map(async (lane) => {
      for (const patch of patches.filter((_, index) => index % 4 === lane)) {
        const merged = strategicMerge(original, patch, { object: "PodSpec" });
        expect(merged, JSON.stringify(patch)).toEqual(await kubectlMerge(patch));
      }
    }),
  );
});

test(
  "a cluster that gives users itself is told with the setting that leaves them to it",
  CASE,
  async () => {
    const { code, said } = await up();
    expect(code).not.toBe(0);
    const told = sentence(said, "pod is refused: ");
    expect(told).toContain(
      "denied request: runAsUser: must be in the ranges: [1000680000, 1000689999] — leave user and group to the cluster: pulumi config set runAs cluster",
    );
    await type(commandIn(told));
  },
);

test("a quota of CPU limits, taints and a container beside ours have settings", CASE, async () => {
  await type("pulumi config set --path serverResources.cpuLimit 2");
  await type("pulumi config set --path clientResources.cpuLimit 1");
  await type(`pulumi config set --path 'clientPod.tolerations[0].key' ${TAINT}`);
  await type("pulumi config set --path 'clientPod.tolerations[0].operator' Exists");
  const agent = {
    name: "agent",
    image: PAUSE_IMAGE,
    imagePullPolicy: "Never",
    // runc's own start needs some 12 MiB of it.
    resources: { limits: { cpu: "100m", memory: "64Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
  const server = { containers: [agent], metadata: { labels: { team: "vision" } } };
  await checkout.set({ serverPod: JSON.stringify(server) });
  const ended = await up();
  expect(ended.code, ended.said).toBe(0);
  const own = ["get", "pods", "-l", "team=vision", "-o"];
  const names = await checkout.kubectl(...own, "jsonpath={.items[*].spec.containers[*].name}");
  expect(names).toBe("server agent");
  expect(await checkout.kubectl("exec", "deploy/flower-server", "--", "id", "-u")).toBe("65532");
  const logs = await checkout.ended(process.execPath, ["cli/kubeflower.mjs", "logs", "server"], 1);
  expect([logs.code, logs.said.length > 20], logs.said).toEqual([0, true]);
});

test("a client comes to a node whose taint it tolerates", CASE, async () => {
  const nodes = ["taint", "nodes", "--all"];
  await checkout.kubectl(...nodes, `${TAINT}=yes:NoSchedule`);
  try {
    const pod = "pod/flower-client-0";
    await checkout.kubectl("delete", pod, "--grace-period=1");
    for (const state of ["create", "condition=PodScheduled"]) {
      await checkout.kubectl("wait", `--for=${state}`, pod, "--timeout=1m");
    }
  } finally {
    await checkout.kubectl(...nodes, `${TAINT}-`);
  }
});

test("a registry's login is asked for, and taken from the Secret that is named", CASE, async () => {
  const behind = Number(checkout.registry.split(":")[1]);
  const registry = await LoginRegistry.start(checkout.nodeName, PORT, behind);
  try {
    const image = await checkout.pulumi("stack", "output", "image");
    const there = image.replace(checkout.registry, `localhost:${String(PORT)}`);
    await checkout.set({ image: there });
    const refused = await up();
    expect(refused.code).not.toBe(0);
    const told = sentence(refused.said, `image ${there} cannot be pulled`);
    const [, make = ""] = /make one and name it: (.*), then pulumi /.exec(told) ?? [];
    const create = make.replace("<name>", LOGIN.name).replace("<token>", LOGIN.password);
    await checkout.type([create]);
    await type(/pulumi config set pullSecret \S+/.exec(told)?.[0] ?? "");
    const ended = await up();
    expect(ended.code, ended.said).toBe(0);
  } finally {
    registry.stop();
  }
});
