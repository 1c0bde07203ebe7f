import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { clusterFacts, type Place } from "../../kube/clusterFacts.ts";

let folder: string;
let api: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cluster-id-"));
  const keys = [{ kid: "b" }, { kid: "a" }];
  const answers: Record<string, object> = {
    "/api/v1/namespaces/kube-system": { metadata: { uid: "1234" } },
    "/api/v1/namespaces/flower": { metadata: { uid: "5678" } },
    "/openid/v1/jwks": { keys },
    "/limited/openid/v1/jwks": { keys },
  };
  api = createServer(({ url }, response) => {
    const answer = answers[url ?? ""];
    const refusal = url?.startsWith("/out/") ? 401 : 403;
    const isLost = url === "/api/v1/namespaces/lost" || url?.startsWith("/nowhere/");
    const code = isLost ? 404 : refusal;
    response.writeHead(answer === undefined && !url?.startsWith("/page/") ? code : 200);
    const anonymous = { message: 'User "system:anonymous" cannot get path' };
    if (url?.startsWith("/page/")) response.end("<html>Log in</html>");
    else if (url?.startsWith("/anonymous/")) response.end(JSON.stringify(anonymous));
    else response.end(JSON.stringify(answer ?? { kind: "Status", metadata: {} }));
  });
  await new Promise<void>((listens) => api.listen(0, "127.0.0.1", listens));
  const { port } = api.address() as AddressInfo;
  // The client takes plain HTTP from such a cluster only.
  const plain = { "insecure-skip-tls-verify": true };
  const cluster = (name: string, server: string) => ({ name, cluster: { server, ...plain } });
  const context = (name: string) => ({ name, context: { cluster: name, user: "me" } });
  const kubeconfig = {
    clusters: [
      cluster("lab", `http://127.0.0.1:${port}`),
      cluster("limited", `http://127.0.0.1:${port}/limited`),
      cluster("forbidden", `http://127.0.0.1:${port}/forbidden`),
      cluster("out", `http://127.0.0.1:${port}/out`),
      cluster("anonymous", `http://127.0.0.1:${port}/anonymous`),
      cluster("page", `http://127.0.0.1:${port}/page`),
      cluster("nowhere", `http://127.0.0.1:${port}/nowhere`),
      cluster("gone", "https://127.0.0.1:1"),
    ],
    contexts: ["lab", "limited", "forbidden", "out", "anonymous", "page", "nowhere", "gone"].map(
      context,
    ),
    users: [{ name: "me", user: {} }],
    "current-context": "gone",
  };
  writeFileSync(join(folder, "config"), JSON.stringify(kubeconfig));
  vi.stubEnv("KUBECONFIG", join(folder, "config"));
});

afterAll(() => {
  vi.unstubAllEnvs();
  api.close();
  rmSync(folder, { recursive: true });
});

const KEYS = '{"keys":[{"kid":"a"},{"kid":"b"}]}';
const NONE = { id: "", signingKeys: "" };
/** The facts, without the functions that ask for more. */
async function facts(context: string, needed: boolean): Promise<typeof NONE> {
  const { id, signingKeys } = await clusterFacts({ context, cluster: "remote" }, needed);
  return { id, signingKeys };
}

it("are kube-system's UID and the keys, sorted, of the context asked for, not of the current one", async () => {
  expect(await facts("lab", true)).toEqual({ id: "1234", signingKeys: KEYS });
});

it("have no UID when this user may not see it", async () => {
  expect(await facts("limited", true)).toEqual({ id: "", signingKeys: KEYS });
});

it.each(["gone", "unknown"])(
  "are empty when the cluster is %s and none is needed",
  async (context) => {
    expect(await facts(context, false)).toEqual(NONE);
  },
);

it("are empty when there is no kubeconfig and no cluster is needed", async () => {
  vi.stubEnv("KUBECONFIG", join(folder, "none"));
  expect(await facts("lab", false)).toEqual(NONE);
  vi.stubEnv("KUBECONFIG", join(folder, "config"));
});

it.each([
  [
    "gone",
    "the cluster of context gone does not answer (nothing listens at 127.0.0.1:1, ECONNREFUSED) — `pulumi up` needs it — start it, or take another: pulumi config set context <name>",
  ],
  [
    "unknown",
    "context unknown is not in the kubeconfig — there are: lab, limited, forbidden, out, anonymous, page, nowhere, gone — pulumi config set context <name>",
  ],
  [
    "forbidden",
    "the cluster of context forbidden does not show the keys it signs tokens with (it answers 403) — clients prove by them who they are — have an administrator type `kubectl get --raw /openid/v1/jwks`, and set what it prints: pulumi config set jwks '<json>'",
  ],
  [
    "out",
    "context out is not let in (401): the kubeconfig has no login for it — log in again, and try: kubectl --context out auth whoami",
  ],
])("fail in one sentence when the cluster is %s and needed", async (context, message) => {
  await fails({ context, cluster: "remote" }, message);
});

it.each([
  [
    "gone",
    "the cluster of context gone does not answer (nothing listens at 127.0.0.1:1, ECONNREFUSED) — `pulumi up` needs it — start it: minikube start -p gone, or take another: pulumi config set context <name>",
  ],
  [
    "unknown",
    "context unknown is not in the kubeconfig — there are: lab, limited, forbidden, out, anonymous, page, nowhere, gone — start it: minikube start -p unknown, or pulumi config set context <name>",
  ],
])("say how a minikube is started when it is %s", async (context, message) => {
  await fails({ context, cluster: "minikube" }, message);
});

async function fails(place: Place, message: string): Promise<void> {
  const error: unknown = await clusterFacts(place, true).catch((fault: unknown) => fault);
  expect(RunError.isInstance(error)).toBe(true);
  expect((error as Error).message).toBe(message);
}

it("warn in a preview of all that starting the cluster would not mend", async () => {
  const warning = async (context: string): Promise<string | undefined> =>
    (await clusterFacts({ context, cluster: "remote" }, false)).warning;
  expect(await warning("forbidden")).toMatch(/^the cluster of context forbidden does not show/);
  expect(await warning("out")).toMatch(/^context out is not let in \(401\): /);
  expect(await warning("anonymous")).toBe(
    "context anonymous is not let in (403, as system:anonymous): the kubeconfig has no login for it — log in again, and try: kubectl --context anonymous auth whoami",
  );
  expect(await warning("nowhere")).toMatch(
    /^the cluster of context nowhere does not answer \(there is no API server at http:.+\/nowhere: it answers 404\) — `pulumi up` needs it — correct server /,
  );
  expect(await warning("page")).toMatch(
    /^the cluster of context page does not answer \(what answers at 127\.0\.0\.1:\d+ is no API server: it sends <html>/,
  );
  expect(await Promise.all(["gone", "unknown", "lab"].map(warning))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it("are the keys that are given, which the cluster is not asked for", async () => {
  for (const [context, needed] of [
    ["forbidden", true],
    ["gone", false],
  ] as const) {
    const given = { context, cluster: "remote", jwks: KEYS } as const;
    expect((await clusterFacts(given, needed)).signingKeys).toBe(KEYS);
  }
});

it.each([
  ["an object that is there", "lab", "/api/v1/namespaces/flower", { metadata: { uid: "5678" } }],
  ["null for one that is not there", "lab", "/api/v1/namespaces/lost", null],
  ["nothing of one that this user may not see", "limited", "/api/v1/namespaces/flower", undefined],
  ["nothing of a cluster that did not answer", "gone", "/api/v1/namespaces/flower", undefined],
])("give %s", async (_, context, path, object) => {
  const { api } = await clusterFacts({ context, cluster: "remote" }, context !== "gone");
  expect(await api.get(path)).toEqual(object);
});
