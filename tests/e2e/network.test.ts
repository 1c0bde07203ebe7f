import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { Checkout } from "./support/checkout.ts";
import { tinyStack } from "./support/tinyStack.ts";

const MINUTE = 60_000;
const SERVER = "service-server.kubeflower";
const CLIENT = { app: "flower-client" };
let checkout: Checkout;
let image: string;

beforeAll(async () => {
  checkout = await Checkout.make("net", 10);
  await tinyStack(checkout);
  await checkout.local("up");
  image = await checkout.kubectl(
    "get",
    "deploy/flower-server",
    "-o",
    "jsonpath={.spec.template.spec.containers[0].image}",
  );
  await checkout.kubectl("create", "namespace", "elsewhere");
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** How a connection from a pod of its own, with those labels, ends: `open` or the error's name. */
async function connecting(
  pod: string,
  to: { namespace: string; labels: Record<string, string>; host: string; port: number },
): Promise<string> {
  const file = join(checkout.folder, `${pod}.json`);
  // A policy takes a moment to reach a new pod.
  const script = `
import socket, time
time.sleep(2)
try:
    socket.create_connection(("${to.host}", ${String(to.port)}), 5).close()
    print("open")
except OSError as fault:
    print(type(fault).__name__)
`;
  const manifest = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod, namespace: to.namespace, labels: to.labels },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: "probe",
          image,
          command: ["python3", "-c", script],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  };
  await writeFile(file, JSON.stringify(manifest));
  const namespace = ["-n", to.namespace];
  await checkout.kubectl(...namespace, "apply", "-f", file);
  await checkout.kubectl(
    ...namespace,
    "wait",
    `pod/${pod}`,
    "--for=jsonpath={.status.phase}=Succeeded",
    "--timeout=60s",
  );
  return checkout.kubectl(...namespace, "logs", pod);
}

const STREAM = { host: SERVER, port: 30051 };
const REFUSED = /^(ConnectionRefusedError|TimeoutError)$/;

test("a pod with the clients' label reaches the server's stream", async () => {
  const to = { namespace: "kubeflower", labels: CLIENT, ...STREAM };
  expect(await connecting("client", to)).toBe("open");
});

test("a pod of the namespace without that label does not, and not DNS either", async () => {
  const to = { namespace: "kubeflower", labels: { app: "stranger" }, ...STREAM };
  expect(await connecting("stranger", to)).toBe("gaierror");
  const host = await checkout.kubectl(
    "get",
    "service/service-server",
    "-o",
    "jsonpath={.spec.clusterIP}",
  );
  expect(await connecting("stranger-by-address", { ...to, host })).toMatch(REFUSED);
});

test("a pod of another namespace with the clients' label does not", async () => {
  const to = { namespace: "elsewhere", labels: CLIENT, ...STREAM };
  expect(await connecting("pretender", to)).toMatch(REFUSED);
});

test("a client reaches the stream only: not the server's status, not the API server", async () => {
  const to = { namespace: "kubeflower", labels: CLIENT };
  const address = await checkout.kubectl(
    "get",
    "pods",
    "-l",
    "app=flower-server",
    "-o",
    "jsonpath={.items[0].status.podIP}",
  );
  expect(await connecting("curious", { ...to, host: address, port: 8081 })).toMatch(REFUSED);
  const api = { host: "kubernetes.default", port: 443 };
  expect(await connecting("climber", { ...to, ...api })).toMatch(REFUSED);
});
