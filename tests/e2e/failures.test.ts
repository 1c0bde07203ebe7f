import { afterAll, beforeAll, expect, test } from "vitest";

import type { Checkout } from "../../dev/checkout.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";

const MINUTE = 60_000;
/** Minutes within which a failing `pulumi up` must end. */
const DEADLINE = 3;
const CASE = { timeout: (2 * DEADLINE + 1) * MINUTE };
let checkout: Checkout;

beforeAll(async () => {
  checkout = await sharedCheckout("failures");
  await checkout.set({ app: "tests/app/tiny", rounds: "1" });
  await typed("pulumi up --yes --skip-preview");
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Runs a command line as a user types it in the checkout's folder; it must succeed. */
async function typed(line: string): Promise<void> {
  const { code, said } = await checkout.ended("sh", ["-c", line], DEADLINE);
  expect(code, `${line}\n${said}`).toBe(0);
}

/** Runs `pulumi up`, which must fail in time; returns the last line that is printed of the failing resource. */
async function failure(): Promise<string> {
  const since = Date.now();
  const up = ["up", "--yes", "--skip-preview", "--non-interactive"];
  const { code, said } = await checkout.ended("pulumi", up, DEADLINE);
  expect(Date.now() - since, said).toBeLessThan(DEADLINE * MINUTE);
  expect(code, said).toBe(1);
  const [, diagnostics = ""] = /^Diagnostics:\n(.*?)\n\n(?:Outputs|Resources):$/ms.exec(said) ?? [];
  const told = diagnostics.split("\n\n").filter((part) => !part.endsWith("error: update failed"));
  expect(told, said).toHaveLength(1);
  return (told[0]?.split("\n").at(-1) ?? "").trim().replace(/^error: /, "");
}

/** Returns the command that a sentence ends with. */
function remedy(sentence: string): string {
  return sentence.split(" — ").at(-1) ?? "";
}

async function upCompletes(rounds: number): Promise<void> {
  await typed("pulumi up --yes --skip-preview");
  expect(await checkout.result()).toMatchObject({ state: "completed", rounds });
}

test("an app that raises in round 2 fails `up` with what it raised", CASE, async () => {
  await typed("pulumi config set rounds 2");
  await typed("pulumi config set --path runConfig.fail-round 2");
  expect(await failure()).toMatch(
    /^run [0-9a-f]{12} failed after 1 of 2 rounds: round 2: ValueError: the test set is gone — correct it and run `pulumi up`, or `pulumi config set runToken` to a new word to run the same again$/,
  );
  await typed("pulumi config rm runConfig");
  await upCompletes(2);
});

test("a wrong image fails `up` with the registry's answer", CASE, async () => {
  const image = `${await checkout.pulumi("config", "get", "registry")}/kubeflower:none`;
  await typed(`pulumi config set image ${image}`);
  const [what, ...rest] = (await failure()).split(/ \(pod flower-server-\w+-\w+\): /);
  expect(what).toBe(`image ${image} cannot be pulled`);
  expect(rest).toEqual([
    "not found — the cluster's nodes must be able to pull it — push it, or name another: pulumi config set image <name>@sha256:<digest>, or pulumi config set registry <host>",
  ]);
  await typed("pulumi config rm image");
  await upCompletes(2);
});

test("a missing StorageClass fails `up` with those there are", CASE, async () => {
  // This needs another stack: one that has run refuses to change the class of its volume.
  await typed("pulumi stack init second --copy-config-from local");
  await typed("pulumi config set namespace failures-second");
  await typed("pulumi config set storageClass fast");
  const sentence = await failure();
  // Other tests on this cluster may have their own classes.
  expect(sentence).toMatch(
    /^StorageClass fast does not exist \(PVC flower-server\) — there are: (?:[\w-]+, )*standard \(default\)(?:, [\w-]+)* — pulumi config set storageClass [\w-]+$/,
  );
  expect(remedy(sentence)).toBe("pulumi config set storageClass standard");
  await typed(remedy(sentence));
  await upCompletes(2);
  await typed("pulumi destroy --yes --skip-preview");
  await typed("pulumi stack rm --yes second && pulumi stack select local");
});

test(
  "clients that cannot all be scheduled fail `up` with the scheduler's words",
  CASE,
  async () => {
    await typed("pulumi config set spread required");
    await typed("pulumi config set runToken again");
    const sentence = await failure();
    // Both pods are made at once: no node takes the one or the other.
    expect(sentence).toMatch(
      /^1 of 2 clients run: no node takes pod flower-client-[01]: 0\/1 nodes are available: 1 node\(s\) didn't match pod anti-affinity rules — let clients share a node: pulumi config set spread preferred$/,
    );
    await typed(/pulumi config set spread preferred$/.exec(sentence)?.[0] ?? "");
    await upCompletes(2);
  },
);

test("an API server that refuses connections fails `up` with its context", CASE, async () => {
  const own = await checkout.pulumi("config", "get", "context");
  await typed("kubectl config set-cluster closed --server=https://127.0.0.1:1");
  await typed(`kubectl config set-context closed --cluster=closed --user=${own}`);
  await typed("pulumi config set context closed");
  expect(await failure()).toBe(
    "the cluster of context closed does not answer (nothing listens at 127.0.0.1:1, ECONNREFUSED) — `pulumi up` needs it — start it, or take another: pulumi config set context <name>",
  );
  await typed(`pulumi config set context ${own}`);
  await upCompletes(2);
});
