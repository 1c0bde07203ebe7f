import { expect, test } from "vitest";

import { demands } from "../../../cli/doctor/demand.ts";
import { deployment, snapshot, statefulSet } from "../support/objects.ts";

const GIB = 2 ** 30;

test("before the first update the settings say what will be made", () => {
  const [server, clients] = demands(null, {
    min: "3",
    serverResources: { memory: "2Gi" },
    clientResources: '{"cpu":"1"}',
  });
  expect(server).toEqual({
    role: "server",
    pods: 1,
    requests: { cpu: 0.25, memory: 2 * GIB, "ephemeral-storage": GIB / 16 },
    limits: { memory: 2 * GIB, "ephemeral-storage": 2 * GIB },
  });
  expect(clients).toEqual({
    role: "client",
    pods: 3,
    requests: { cpu: 1, memory: 0.75 * GIB, "ephemeral-storage": GIB / 16 },
    limits: { memory: 0.75 * GIB, "ephemeral-storage": 4 * GIB },
  });
});

test("a size may have a fraction, as the setting takes it", () => {
  const [, clients] = demands(null, { clientResources: { memory: "1.5Gi" } });
  expect(clients?.limits.memory).toBe(1.5 * GIB);
});

test("a setting that is no object counts as its defaults", () => {
  const [, clients] = demands(null, { clientResources: "much" });
  expect(clients?.requests).toMatchObject({ cpu: 0.25, memory: 0.75 * GIB });
});

test("workloads say what is still missing of them", () => {
  const set = statefulSet(5);
  const resources = { requests: { cpu: "100m" }, limits: { memory: "1G" } };
  const template = { spec: { containers: [{ name: "client", resources }] } };
  const found = snapshot({
    deployments: [deployment(2, 2)],
    statefulSets: [{ ...set, spec: { ...set.spec, template } }],
  });
  expect(demands(found, {}).map(({ pods }) => pods)).toEqual([0, 3]);
  expect(demands(found, {})[1]).toMatchObject({ requests: { cpu: 0.1 }, limits: { memory: 1e9 } });
});
