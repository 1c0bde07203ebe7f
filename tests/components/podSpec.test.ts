import fc from "fast-check";
import { expect, it } from "vitest";
import {
  containerSecurity,
  environment,
  podSecurity,
  podSpec,
  probes,
  resources,
  SHARED_MEMORY,
} from "../../components/podSpec.ts";

it("keeps to the restricted Pod Security Standard", () => {
  expect(podSecurity()).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 65532,
    seccompProfile: { type: "RuntimeDefault" },
  });
  expect(containerSecurity()).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
});

it("limits memory to what is asked for, cpu not at all, and ephemeral storage to more", () => {
  expect(resources({ cpu: "250m", memory: "1Gi", ephemeralStorage: "4Gi" })).toEqual({
    requests: { cpu: "250m", memory: "1Gi", "ephemeral-storage": "64Mi" },
    limits: { memory: "1Gi", "ephemeral-storage": "4Gi" },
  });
});

it("gives a pod a /dev/shm that its memory alone limits", () => {
  const { mount, volume } = SHARED_MEMORY;
  expect(mount).toEqual({ name: volume.name, mountPath: "/dev/shm" });
  expect(volume.emptyDir).toEqual({ medium: "Memory" });
});

it("gives an app five minutes to load, and three without an answer before it is started again", () => {
  const { startupProbe, readinessProbe, livenessProbe } = probes();
  const [healthz, readyz] = ["/healthz", "/readyz"].map((path) => ({ path, port: "status" }));
  expect(startupProbe).toEqual({ httpGet: healthz, periodSeconds: 1, failureThreshold: 300 });
  expect(readinessProbe).toEqual({ httpGet: readyz, periodSeconds: 2, timeoutSeconds: 5 });
  expect(livenessProbe).toEqual({
    httpGet: healthz,
    periodSeconds: 15,
    timeoutSeconds: 10,
    failureThreshold: 12,
  });
});

it("asks for gpus on both sides, as Kubernetes wants it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), (gpus) => {
      const asked = resources({ cpu: "1", memory: "1Gi", ephemeralStorage: "1Gi" }, gpus);
      expect(asked.requests).toMatchObject({ "nvidia.com/gpu": String(gpus) });
      expect(asked.limits).toMatchObject({ "nvidia.com/gpu": String(gpus) });
    }),
  );
});

it.each([
  ["a$$b", "a$$$b"],
  ["$(HOME)/$(X)", "$$(HOME)/$$(X)"],
  ["$$(X)", "$$$$(X)"],
  ["cost $5, $x and $", "cost $5, $x and $"],
])("writes %j so that Kubernetes gives it to the program as it is", (value, written) => {
  expect(environment({ A: value })).toEqual([{ name: "A", value: written }]);
});

it("writes an environment in its order", () => {
  expect(environment({ B: "1", A: "2" })).toEqual([
    { name: "B", value: "1" },
    { name: "A", value: "2" },
  ]);
});

it("puts a pod's own mounts and volumes around the common ones, and its ports before `status`", () => {
  const mount = (name: string) => ({ name, mountPath: `/${name}` });
  const pod = podSpec({
    name: "one",
    image: "image:1",
    command: "start",
    arithmetic: "portable",
    env: [],
    ports: [{ name: "own", containerPort: 1 }],
    resources: { cpu: "1", memory: "1Gi", ephemeralStorage: "1Gi" },
    mounts: { first: [mount("a")], last: [mount("z")] },
    volumes: { first: [{ name: "a" }], last: [{ name: "z" }] },
  });
  const [container] = pod.containers as { volumeMounts: object[]; ports: object[] }[];
  expect(container?.ports).toMatchObject([{ name: "own" }, { name: "status" }]);
  const names = ["a", "tmp", "shared-memory", "z"].map((name) => ({ name }));
  expect(container?.volumeMounts).toMatchObject(names);
  expect(pod.volumes).toMatchObject(names);
});

it.each([
  ["250m", []],
  ["1999m", []],
  ["2", [{ name: "OMP_NUM_THREADS", value: "2" }]],
  ["3500m", [{ name: "OMP_NUM_THREADS", value: "3" }]],
  ["4.5", [{ name: "OMP_NUM_THREADS", value: "4" }]],
])("gives numerical libraries a thread for each whole CPU of %s", (cpu, added) => {
  const spec = podSpec({
    name: "client",
    image: "image",
    command: "run",
    env: [],
    resources: { cpu, memory: "1Gi", ephemeralStorage: "1Gi" },
    arithmetic: "portable",
    mounts: { last: [] },
    volumes: { last: [] },
  });
  expect(spec.containers).toMatchObject([{ env: added }]);
});

it("lets a variable of the user's replace one of these: the API server takes no name twice", () => {
  const spec = podSpec({
    name: "client",
    image: "image",
    command: "run",
    env: [],
    own: [{ name: "OMP_NUM_THREADS", value: "8" }],
    resources: { cpu: "2", memory: "1Gi", ephemeralStorage: "1Gi" },
    arithmetic: "portable",
    mounts: { last: [] },
    volumes: { last: [] },
  });
  expect(spec.containers).toMatchObject([{ env: [{ name: "OMP_NUM_THREADS", value: "8" }] }]);
});

it("tells the engine of native arithmetic, and says nothing of the portable one", () => {
  const parts = {
    name: "client",
    image: "image",
    command: "run",
    env: [],
    resources: { cpu: "1", memory: "1Gi", ephemeralStorage: "1Gi" },
    mounts: { last: [] },
    volumes: { last: [] },
  };
  const added = (arithmetic: "portable" | "native") => podSpec({ ...parts, arithmetic }).containers;
  expect(added("portable")).toMatchObject([{ env: [] }]);
  const native = { name: "KUBEFLOWER_ARITHMETIC", value: "native" };
  expect(added("native")).toMatchObject([{ env: [native] }]);
});
