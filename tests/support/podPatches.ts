import fc from "fast-check";

type Values = Readonly<Record<string, unknown>>;

/** A pod like ours, as `kubectl` takes it, for patches to be merged into. */
export const POD = {
  metadata: { name: "one", labels: { app: "flower-client", tier: "a" } },
  spec: {
    serviceAccountName: "flower-client",
    securityContext: { runAsUser: 65532, runAsNonRoot: true, fsGroup: 65532 },
    tolerations: [{ key: "old", operator: "Exists" }],
    nodeSelector: { disk: "ssd", zone: "a" },
    imagePullSecrets: [{ name: "first" }, { name: "second" }],
    hostAliases: [{ ip: "10.0.0.1", hostnames: ["a"] }],
    topologySpreadConstraints: [
      { topologyKey: "zone", maxSkew: 1, whenUnsatisfiable: "DoNotSchedule" },
    ],
    initContainers: [
      { name: "early", image: "a:1" },
      { name: "late", image: "a:1" },
    ],
    containers: [
      {
        name: "client",
        image: "image:1",
        command: ["kubeflower-client"],
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
          { name: "C", value: "3" },
        ],
        ports: [{ name: "status", containerPort: 8081, protocol: "TCP" }],
        resources: { requests: { cpu: "250m" }, limits: { memory: "768Mi" } },
        securityContext: { capabilities: { drop: ["ALL", "KILL"] }, readOnlyRootFilesystem: true },
        volumeMounts: [
          { name: "tmp", mountPath: "/tmp" },
          { name: "proof", mountPath: "/proof", readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "tmp", emptyDir: {} },
      { name: "proof", secret: { secretName: "proof" } },
    ],
  },
};

const client = (changes: Values): Values => ({ containers: [{ name: "client", ...changes }] });

/** Patches of {@link POD}, in the form of the settings: `metadata` beside the parts of the spec. */
export const PATCHES: Readonly<Record<string, Values>> = {
  "a scalar": { runtimeClassName: "nvidia" },
  "null deletes": { nodeSelector: null, securityContext: { runAsUser: null } },
  "null of nothing": { affinity: null, securityContext: { runAsGroup: null } },
  "null in a new object": { dnsConfig: { nameservers: null, searches: ["lab"] } },
  "maps are merged": { nodeSelector: { zone: "b", gpu: "yes" } },
  "labels and annotations": {
    metadata: { labels: { tier: null, team: "x" }, annotations: { a: "b" } },
  },
  "an atomic list": { tolerations: [{ key: "new", operator: "Exists", effect: "NoSchedule" }] },
  "an empty atomic list": { tolerations: [] },
  "a list of names": { imagePullSecrets: [{ name: "third" }, { name: "first" }] },
  "aliases by ip": {
    hostAliases: [
      { ip: "10.0.0.2", hostnames: ["b"] },
      { ip: "10.0.0.1", hostnames: ["c", "d"] },
    ],
  },
  "constraints by key": { topologySpreadConstraints: [{ topologyKey: "zone", maxSkew: 3 }] },
  "a container of its own": { containers: [{ name: "side", image: "side:1" }] },
  "first ours, then another": {
    containers: [
      { name: "client", tty: true },
      { name: "side", image: "s:1" },
    ],
  },
  "init containers, turned round": {
    initContainers: [{ name: "late" }, { name: "early", image: "b:2" }],
  },
  "one init container": { initContainers: [{ name: "late", image: "b:2" }] },
  "variables by name": client({
    env: [
      { name: "B", value: "20" },
      { name: "D", value: "4" },
    ],
  }),
  "a variable from elsewhere": client({
    env: [{ name: "B", value: null, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
  }),
  "a variable less": client({ env: [{ name: "B", $patch: "delete" }] }),
  "other variables": client({ env: [{ $patch: "replace" }, { name: "Z", value: "9" }] }),
  "mounts by path": client({
    volumeMounts: [
      { mountPath: "/proof", name: "other" },
      { mountPath: "/data", name: "data" },
    ],
  }),
  "ports by number": client({
    ports: [
      { containerPort: 9, name: "nine" },
      { containerPort: 8081, name: "st" },
    ],
  }),
  "a limit": client({ resources: { limits: { cpu: "2" } } }),
  "an atomic list of texts": client({ command: ["sh", "-c"] }),
  "a text less": client({
    securityContext: { capabilities: { "$deleteFromPrimitiveList/drop": ["KILL"] } },
  }),
  "texts of no list": client({ "$deleteFromPrimitiveList/args": ["a"] }),
  "an object replaced": { securityContext: { $patch: "replace", runAsUser: 7, fsGroup: null } },
  "an object deleted": { securityContext: { $patch: "delete" } },
  "a map replaced": { nodeSelector: { $patch: "replace", only: "this" } },
  "a directive where nothing is": { dnsConfig: { $patch: "replace", searches: ["lab"] } },
  "directives in what is new": {
    affinity: {
      nodeAffinity: { $patch: "delete" },
      podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] },
    },
  },
  "a container less": { initContainers: [{ name: "early", $patch: "delete" }] },
  "one that is not there less": { initContainers: [{ name: "never", $patch: "delete" }] },
  "less and more": {
    volumes: [
      { name: "tmp", $patch: "delete" },
      { name: "new", emptyDir: {} },
    ],
  },
  "another kind of volume": {
    volumes: [{ name: "proof", $retainKeys: ["name", "emptyDir"], emptyDir: { medium: "Memory" } }],
  },
  "keys that stay": { securityContext: { $retainKeys: ["runAsNonRoot", "fsGroup"], fsGroup: 9 } },
  "the same name twice": {
    volumes: [
      { name: "x", emptyDir: {} },
      { name: "x", hostPath: { path: "/x" } },
    ],
  },
  "a mount of a new container": {
    containers: [
      {
        name: "side",
        image: "s:1",
        env: [{ name: "A", value: null }],
        volumeMounts: [{ mountPath: "/t", name: "tmp" }],
      },
    ],
  },
};

const some: { requiredKeys: never[] } = { requiredKeys: [] };
const word = fc.constantFrom("tmp", "proof", "early", "late", "A", "B", "C", "new");
const deleted = fc.record({ name: word, $patch: fc.constant("delete") });
const replaced = fc.constant({ $patch: "replace" });
const named = (more: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ name: word, ...more }, { requiredKeys: ["name"] });
// Kubernetes takes no two items of one key.
const list = (item: fc.Arbitrary<Values>, ...others: fc.Arbitrary<Values>[]) =>
  fc.uniqueArray(fc.oneof({ arbitrary: item, weight: 4 }, deleted, ...others), {
    maxLength: 4,
    selector: ({ name }) => name,
  });
const env = list(named({ value: fc.constantFrom("1", "2") }), replaced);
const path = fc.constantFrom("/tmp", "/proof", "/x");
const mounts = fc.uniqueArray(fc.record({ mountPath: path, name: word }), {
  maxLength: 3,
  selector: ({ mountPath }) => mountPath,
});
const texts = fc.dictionary(fc.constantFrom("disk", "zone", "x"), fc.constantFrom("a", null));
const ids = fc.record(
  { runAsUser: fc.constantFrom(7, null), fsGroup: fc.integer({ min: 1, max: 9 }) },
  some,
);
const container = { image: fc.constantFrom("i:1", "i:2"), env, volumeMounts: mounts };
const ours = fc.record({ name: fc.constant("client"), ...container }, { requiredKeys: ["name"] });

/** Any patch of {@link POD}: lists by key, maps, directives and null, nested as they come. */
export function somePatch(): fc.Arbitrary<Values> {
  const patch = fc.record(
    {
      nodeSelector: fc.oneof(texts, fc.constant(null)),
      securityContext: fc.oneof(
        ids,
        fc.record({ $patch: fc.constant("replace"), fsGroup: fc.constant(1) }),
      ),
      tolerations: fc.array(fc.record({ key: word }), { maxLength: 2 }),
      initContainers: list(named(container), replaced),
      containers: fc.array(ours, { maxLength: 1 }),
      volumes: list(named({ emptyDir: fc.constant({}) }), replaced),
      imagePullSecrets: list(named({})),
      metadata: fc.record({ labels: texts }),
    },
    some,
  );
  // As it comes from a stack file: with the prototype of every object.
  return patch.map((one) => JSON.parse(JSON.stringify(one)) as Values);
}
