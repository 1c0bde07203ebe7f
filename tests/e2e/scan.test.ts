import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Checkout } from "../../dev/checkout.ts";

const MINUTE = 60_000;
const REPORT = "docs/scan/README.md";
let checkout: Checkout;

beforeAll(async () => {
  checkout = await Checkout.withoutCluster();
  const kubeconfig = join(checkout.folder, "empty");
  await writeFile(kubeconfig, "");
  Object.assign(checkout.env, {
    KUBECONFIG: kubeconfig,
    DOCKER_HOST: "unix:///nowhere/docker.sock",
    PULUMI_ACCESS_TOKEN: undefined,
  });
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Reads the failures of each scanner from the last row of the table with this head. */
function failures(page: string, head: string): Record<string, number> {
  const [table = ""] = page.slice(page.indexOf(`| ${head} |`)).split("\n\n");
  const rows = table.split("\n").map((line) => line.split("|").slice(2, -1));
  const all = rows.at(-1)?.map((cell) => parseInt(cell, 10)) ?? [];
  return Object.fromEntries((rows[0] ?? []).map((name, i) => [name.trim(), all[i] ?? NaN]));
}

test("the workflow scans with the Pulumi of the previews", async () => {
  const [scan = "", preview = ""] = await Promise.all(
    ["scan", "preview"].map((name) => readFile(`.github/workflows/${name}.yml`, "utf8")),
  );
  const version = /pulumi-version: .+/.exec(preview)?.[0];
  expect(scan).toContain(`          ${version}\n`);
  expect(scan).toContain("- run: npm run scan\n");
});

test("`npm run scan` writes the page of docs/scan, and finds no fault with us", async () => {
  await rm(join(checkout.sources, REPORT));
  const said = await checkout.type(["npm run scan"]);
  expect(said).toContain(`14 objects, 0 faults; ${REPORT} is written`);
  const page = await readFile(join(checkout.sources, REPORT), "utf8");
  expect(page).toBe(await readFile(REPORT, "utf8"));
  const none = { "Pod Security": 0, kubeconform: 0, "kube-score": 0, checkov: 0 };
  expect(failures(page, "ours")).toEqual(none);
  // The first kubeFlower passes kubeconform only.
  expect(failures(page, "the first kubeFlower's")).toEqual({
    ...none,
    "Pod Security": 8,
    "kube-score": 26,
    checkov: 43,
  });
});

test("a stack of ours that was spoilt fails by every scanner", async () => {
  await writeFile(
    join(checkout.sources, "spoilt.mjs"),
    `import { runtime } from "@pulumi/pulumi";
    runtime.registerStackTransformation(({ type, props, opts }) => {
      if (type === "kubernetes:apps/v1:StatefulSet")
        props.spec.template.spec.containers[0].securityContext = { privileged: true };
      if (type === "kubernetes:core/v1:PersistentVolumeClaim") props.spec.accessModes = "ReadWriteOnce";
      return { props, opts };
    });
    await import("./cli/stack.mjs");`,
  );
  await appendFile(join(checkout.sources, "Pulumi.yaml"), "main: spoilt.mjs\n");
  const { code, said } = await checkout.ended("npm", ["run", "-s", "scan"], 5);
  expect(code, said).toBe(1);
  const clients = "StatefulSet flower-client: ";
  expect(said.split("\n").map((line) => line.replace(/ Check JSON.* at /, " … "))).toEqual(
    expect.arrayContaining([
      `${clients}Pod Security: privileged: container "client" must not set securityContext.privileged=true`,
      `${clients}kube-score: container-security-context-privileged: The container is privileged`,
      `${clients}checkov: CKV_K8S_16 Container should not be privileged`,
      "PersistentVolumeClaim flower-server: kubeconform: schema: problem validating schema. … '/spec/accessModes': got string, want array",
    ]),
  );
});
