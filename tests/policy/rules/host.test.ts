import { expect, it } from "vitest";
import { host } from "../../../policy/rules/host.ts";
import { deployment, refusals } from "../support/refusals.ts";

it("lets pods pass that keep to themselves", async () => {
  const good = deployment({
    hostNetwork: false,
    volumes: [{ name: "tmp", emptyDir: {} }],
    containers: [{ ports: [{ containerPort: 8080 }] }],
  });
  expect(await refusals(host, good)).toEqual([]);
});

it.each(["hostNetwork", "hostPID", "hostIPC"])("refuses %s", async (field) => {
  expect(await refusals(host, deployment({ [field]: true }))).toEqual([
    `${field} is true — allowed: false — remove it`,
  ]);
});

it("refuses a folder of the node", async () => {
  const bad = deployment({ volumes: [{ name: "data", hostPath: { path: "/srv" } }] });
  expect(await refusals(host, bad)).toEqual([
    "volume data: hostPath /srv is a folder of the node — allowed: any other kind of volume — use a persistentVolumeClaim to keep files, or an emptyDir",
  ]);
});

it("refuses a port of the node", async () => {
  const bad = deployment({ containers: [{ ports: [{ containerPort: 8080, hostPort: 80 }] }] });
  expect(await refusals(host, bad)).toEqual([
    "container main: hostPort 80 is a port of the node — allowed: ports of the pod — remove hostPort and reach the port by a Service",
  ]);
});
