import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { misfits } from "../cli/support/schema.ts";
import { KeptStack } from "./kept/support/keptStack.ts";
import { until } from "./support/until.ts";

const MINUTE = 60_000;
const CASE = { timeout: 5 * MINUTE };
const PROGRAM = ["cli/kubeflower.mjs"];
let kept: KeptStack;

beforeAll(async () => {
  kept = await KeptStack.make("doctor");
}, 45 * MINUTE);

afterAll(() => kept.checkout.remove(), 5 * MINUTE);

interface Check {
  readonly name: string;
  readonly state: string;
  readonly text: string;
  readonly remedy: string | null;
}

/** Runs `kubeflower doctor`, whose document fits its schema; returns the exit code and its checks by name. */
async function doctor(
  ...args: string[]
): Promise<{ code: number; checks: Readonly<Record<string, Check>> }> {
  const all = [...PROGRAM, "doctor", ...args, "--json"];
  const { code, said } = await kept.checkout.ended(process.execPath, all, 3);
  const found = JSON.parse(said.split("\n").find((line) => line.startsWith("{")) ?? said) as {
    checks: Check[];
  };
  expect(misfits("doctor", found)).toEqual([]);
  return { code, checks: Object.fromEntries(found.checks.map((one) => [one.name, one])) };
}

/** Names of the namespaces that probes have made. */
function probes(): Promise<string> {
  return kept.checkout.kubectl("get", "namespaces", "-l", "kubeflower.io/doctor", "-o", "name");
}

/** Waits until no namespace of a probe is left: it takes some seconds to be gone. */
async function probesAreGone(): Promise<void> {
  await until("end of the probe's namespace", async () => (await probes()) === "" || undefined);
}

test(
  "a healthy stack is found so, within seconds, and nothing is made without --probe",
  CASE,
  async () => {
    const { code, checks } = await doctor();
    const ill = Object.values(checks).filter(({ state }) => state !== "ok");
    expect(ill.map(({ name, remedy }) => [name, remedy])).toEqual([]);
    expect(code).toBe(0);
    expect(await probes()).toBe("");
  },
);

test(
  "the probe finds that policies are enforced, and when another one lets it in",
  CASE,
  async () => {
    const enforced = (await doctor("--probe")).checks["network policies"];
    expect(enforced?.text).toBe(
      "a pod of another namespace does not reach the server: policies are enforced",
    );
    await kept.checkout.apply({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "all-in", namespace: kept.checkout.namespace },
      spec: { podSelector: {}, ingress: [{}] },
    });
    const open = await doctor("--probe");
    await kept.checkout.kubectl("delete", "networkpolicy", "all-in");
    expect(open.checks["network policies"]?.state).toBe("fault");
    expect(open.code).toBe(1);
    await probesAreGone();
  },
);

test("Ctrl-C leaves nothing of the probe", CASE, async () => {
  const { code, said } = await kept.checkout.interrupt(
    [`exec node ${PROGRAM.join(" ")} doctor --probe`],
    "the probe runs in namespace kubeflower-doctor-",
  );
  expect(code, said).toBe(130);
  expect(said).toContain("the probe was stopped, and what it had made is removed");
  await probesAreGone();
});

test(
  "a user who may only look is told which rights are lacking, and what is not known",
  CASE,
  async () => {
    const { checkout } = kept;
    await checkout.kubectl("create", "serviceaccount", "looker");
    await checkout.kubectl(
      ...["create", "rolebinding", "looker", "--clusterrole", "view"],
      ...["--serviceaccount", `${checkout.namespace}:looker`],
    );
    const token = await checkout.kubectl("create", "token", "looker");
    const config = JSON.parse(await checkout.kubectl("config", "view", "--raw", "-o", "json")) as {
      contexts: { name: string; context: object }[];
      users: object[];
    };
    const [own] = config.contexts.filter(({ name }) => name === checkout.context);
    const looker = { name: "looker", context: { ...own?.context, user: "looker" } };
    const expired = { name: "expired", context: { ...own?.context, user: "expired" } };
    const kubeconfig = join(checkout.folder, "lookers");
    await writeFile(
      kubeconfig,
      JSON.stringify({
        ...config,
        contexts: [...config.contexts, looker, expired],
        users: [
          ...config.users,
          { name: "looker", user: { token } },
          { name: "expired", user: { token: `${token.slice(0, -9)}AAAAAAAAA` } },
        ],
      }),
    );
    const previous = checkout.env.KUBECONFIG;
    checkout.env.KUBECONFIG = kubeconfig;
    try {
      const seen = await doctor("--context", "looker", "--namespace", checkout.namespace);
      expect(seen.code).toBe(1);
      const { rights, nodes, context } = seen.checks;
      expect(context?.text).toContain(`as system:serviceaccount:${checkout.namespace}:looker`);
      expect(rights?.text).toContain("create, patch, delete deployments.apps");
      expect(nodes?.state).toBe("unchecked");
      const out = await doctor("--context", "expired");
      expect([out.code, out.checks.context?.text]).toEqual([
        2,
        "context expired is not let in (401): its login has expired, or is not one of this cluster's",
      ]);
      expect((await doctor("--context", "nowhere")).code).toBe(2);
    } finally {
      checkout.env.KUBECONFIG = previous;
    }
  },
);
