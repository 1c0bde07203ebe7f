import { readdirSync, readFileSync } from "node:fs";

import { parse } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";

import { IN_NAMESPACE, MADE, rights } from "../../../../cli/doctor/checks/rights.ts";
import { FakeApi, type Asked } from "../../support/fakeApi.ts";

let api: FakeApi;
const ACCESS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

interface Attributes {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verb: string;
  readonly namespace?: string;
}

beforeAll(async () => {
  api = await FakeApi.start();
});

afterAll(() => {
  api.stop();
});

/** Lets a user do what `allows` says. */
function user(allows: (wanted: Attributes) => boolean): void {
  api.asked.length = 0;
  api.answers = {
    [ACCESS]: ({ object }: Asked) => {
      const { spec } = object as { spec: { resourceAttributes: Attributes } };
      return { status: { allowed: allows(spec.resourceAttributes) } };
    },
    "/apis/authentication.k8s.io/v1/selfsubjectreviews": {
      status: { userInfo: { username: "jane" } },
    },
  };
}

test("who may do everything is asked once", async () => {
  user(() => true);
  expect(await rights.run(api.patient())).toMatchObject({
    state: "ok",
    text: "you may do all that the stack does",
  });
  expect(api.asked).toHaveLength(1);
});

test("who may do all of it in the namespace needs no other right", async () => {
  user(({ namespace }) => namespace === "flower");
  const found = await rights.run(api.patient({ settings: { createNamespace: "false" } }));
  expect(found.state).toBe("ok");
});

test("lacking rights are listed by object, with the binding that gives them", async () => {
  user(({ verb, resource, subresource, group }) => {
    if (verb === "*" || subresource === "portforward") return false;
    return !(group === "apps" && ["create", "patch"].includes(verb) && resource === "deployments");
  });
  expect(await rights.run(api.patient())).toEqual({
    state: "fault",
    text: "you may not create, patch deployments.apps; get, create pods/portforward (namespace flower)",
    remedy:
      "have an administrator type: kubectl -n flower create rolebinding kubeflower --clusterrole admin --user jane",
  });
});

test("who may not make namespaces can be given one", async () => {
  user(({ verb, resource }) => verb !== "*" && resource !== "namespaces");
  expect(await rights.run(api.patient())).toEqual({
    state: "fault",
    text: "you may not get, create, patch, delete namespaces (namespace flower)",
    remedy:
      "kubectl create namespace flower (an administrator), then: pulumi config set createNamespace false",
  });
});

test.each([{ hostPath: "/data" }, { nfs: { server: "nas", path: "/" } }])(
  "who may not make volumes for %o has them made",
  async (source) => {
    user(({ verb, resource }) => verb !== "*" && resource !== "persistentvolumes");
    const data = [{ path: "/data", ...source }];
    for (const given of [data, JSON.stringify(data)]) {
      expect(await rights.run(api.patient({ settings: { data: given } }))).toEqual({
        state: "fault",
        text: "you may not get, list, watch, create, patch, delete persistentvolumes (namespace flower)",
        remedy:
          "have an administrator make volumes and claims of your folders, and name these in data: claim",
      });
    }
  },
);

test("the list has each kind of object that the components make", () => {
  const made = new Set<string>();
  for (const file of readdirSync("components").filter((name) => name.endsWith(".ts"))) {
    const text = readFileSync(`components/${file}`, "utf8");
    for (const [, group = "", kind = ""] of text.matchAll(/new k8s\.(\w+)\.v1\.(\w+)\(/g)) {
      const name = kind === "NetworkPolicy" ? "networkpolicies" : `${kind.toLowerCase()}s`;
      made.add(
        `${group === "core" ? "" : group.replace("networking", "networking.k8s.io")}/${name}`,
      );
    }
  }
  // Objects of no namespace.
  for (const name of ["/namespaces", "/persistentvolumes"]) made.delete(name);
  expect([...made].sort()).toEqual(MADE.map((one) => one.join("/")).sort());
});

test("the Role of docs/rights.md has these rights, and no other", () => {
  const [, text = ""] = /```yaml\n(.+?)```/s.exec(readFileSync("docs/rights.md", "utf8")) ?? [];
  const { rules } = parse(text) as {
    rules: { apiGroups: [string]; resources: string[]; verbs: string[] }[];
  };
  const given = rules.flatMap(({ apiGroups: [group], resources, verbs }) =>
    resources.flatMap((name) => verbs.map((verb) => `${verb} ${group}/${name}`)),
  );
  const asked = IN_NAMESPACE.map(({ group, resource, subresource, verb }) => {
    const name = subresource === undefined ? resource : `${resource}/${subresource}`;
    return `${verb} ${group}/${name}`;
  });
  expect(given.sort()).toEqual(asked.sort());
});
