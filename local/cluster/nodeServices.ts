import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { stringify } from "yaml";

import { DNS_ADDRESS, POD_RANGE, SERVICE_RANGE, type AddressPlan } from "./addressPlan.ts";
import { afterApi, flagLine } from "./controlPlane.ts";
import { nodeName, type Credentials } from "./credentials.ts";
import type { Service } from "../machine/sandbox.ts";

/** Name of the image whose container holds a pod's namespaces. */
export const PAUSE_IMAGE = "localhost/kubeflower-pause:1";

const SOCKET = "/run/containerd/containerd.sock";

/** Files and addresses that a node's programs run with. */
export interface NodeOptions {
  /** Number of the node, from 0. */
  readonly i: number;
  /** Folder for the node's configuration files and volumes. */
  readonly folder: string;
  /** Path of the sandbox's control group. */
  readonly cgroup: string;
  /** The program of Kubernetes. */
  readonly kube: string;
  /** The program of kube-router. */
  readonly kubeRouter: string;
  readonly plan: AddressPlan;
  readonly credentials: Credentials;
  /** Folder with the registry's layers. */
  readonly registryData: string;
  /** File that exists once the API server has answered. */
  readonly apiReady: string;
}

/** Programs of every node: container runtime, kubelet, Service proxy, policy enforcer and its guard, volumes, registry. */
export async function nodeServices(options: NodeOptions): Promise<Service[]> {
  const files = await writeConfigs(options);
  return [
    {
      name: "containerd",
      run: `export OTEL_SDK_DISABLED=true\nexec containerd -c ${files.containerd}`,
    },
    kubelet(options, files.kubelet),
    afterApiServer(options, "kube-proxy", `${options.kube} kube-proxy --config=${files.proxy}`, 50),
    kubeRouter(options),
    policyGuard(options),
    volumeProvisioner(options),
    { name: "registry", run: `exec docker-registry serve ${files.registry}` },
  ];
}

/** Paths of the configuration files. */
interface ConfigFiles {
  readonly containerd: string;
  readonly kubelet: string;
  readonly proxy: string;
  readonly registry: string;
}

async function writeConfigs(options: NodeOptions): Promise<ConfigFiles> {
  const { i, folder, plan, credentials, registryData } = options;
  await mkdir(join(folder, "cni"), { recursive: true });
  const write = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  await write("cni/10-pods.conflist", JSON.stringify(podNetwork(plan.pods(i))));
  const resolv = await write("resolv.conf", "");
  return {
    containerd: await write("containerd.toml", containerdConfig(folder)),
    kubelet: await write("kubelet.yaml", stringify(kubeletConfig(options, resolv))),
    proxy: await write("proxy.yaml", stringify(proxyConfig(credentials, i))),
    registry: await write("registry.yaml", registryConfig(registryData, plan)),
  };
}

/** A program that starts once the API server has answered; `gogc` is its GOGC, Go's default without. */
function afterApiServer(
  { apiReady }: NodeOptions,
  name: string,
  line: string,
  gogc?: number,
): Service {
  const limit = gogc === undefined ? "" : `export GOGC=${gogc}\n`;
  return { name, run: `${afterApi(apiReady)}\n${limit}exec ${line}` };
}

function kubelet(options: NodeOptions, config: string): Service {
  const { i, kube, plan, credentials } = options;
  const flags = flagLine({
    kubeconfig: credentials.kubeconfig(credentials.nodeUser(i)),
    "hostname-override": nodeName(i),
    "node-ip": plan.node(i),
  });
  const line = `${kube} kubelet --config=${config} ${flags}`;
  const { name, run } = afterApiServer(options, "kubelet", line, 50);
  return { name, run: `until [ -S ${SOCKET} ]; do sleep 0.05; done\n${run}` };
}

function kubeRouter(options: NodeOptions): Service {
  const { i, kubeRouter: program, credentials } = options;
  const flags = flagLine({
    "run-firewall": "true",
    "run-router": "false",
    "run-service-proxy": "false",
    kubeconfig: credentials.kubeconfig("kube-router"),
    "hostname-override": nodeName(i),
    "service-cluster-ip-range": SERVICE_RANGE,
    "health-port": "0",
    "metrics-port": "0",
  });
  return afterApiServer(options, "kube-router", `${program} ${flags}`);
}

function policyGuard(options: NodeOptions): Service {
  const kubeconfig = options.credentials.kubeconfig("kube-router");
  const line = `${options.kube} policy-guard --kubeconfig=${kubeconfig}`;
  return afterApiServer(options, "policy-guard", line, 50);
}

function volumeProvisioner(options: NodeOptions): Service {
  const { i, folder, kube, credentials } = options;
  const flags = flagLine({
    kubeconfig: credentials.kubeconfig("volume-provisioner"),
    node: nodeName(i),
    directory: join(folder, "volumes"),
  });
  return afterApiServer(options, "volume-provisioner", `${kube} volume-provisioner ${flags}`);
}

function containerdConfig(folder: string): string {
  return `version = 2
oom_score = -999
[grpc]
  address = "${SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${join(folder, "cni")}"
`;
}

/** Point-to-point links: all pod traffic is routed, so policies see it, and keeps its source address between nodes. */
function podNetwork(range: string): object {
  const ipam = {
    type: "host-local",
    ranges: [[{ subnet: range }]],
    routes: [{ dst: "0.0.0.0/0" }],
    dataDir: "/run/cni/networks", // on a tmpfs: leases end with the node
  };
  return {
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      { type: "ptp", ipMasq: false, ipam },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

function kubeletConfig({ i, credentials, cgroup }: NodeOptions, resolv: string): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: credentials.file("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: credentials.file(`kubelet-${i}.crt`),
    tlsPrivateKeyFile: credentials.file(`kubelet-${i}.key`),
    containerRuntimeEndpoint: `unix://${SOCKET}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: cgroup,
    failCgroupV1: false,
    failSwapOn: false,
    makeIPTablesUtilChains: false,
    seccompDefault: true,
    resolvConf: resolv,
    clusterDomain: "cluster.local",
    clusterDNS: [DNS_ADDRESS],
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    // The disk is the developer's: a share of it would not say how much the cluster may use.
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "1Gi",
      "imagefs.available": "1Gi",
    },
    imageGCHighThresholdPercent: 100,
    maxPods: 250,
    nodeStatusUpdateFrequency: "5s",
    syncFrequency: "10s",
  };
}

function proxyConfig(credentials: Credentials, i: number): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    clientConnection: { kubeconfig: credentials.kubeconfig("proxy") },
    hostnameOverride: nodeName(i),
    clusterCIDR: POD_RANGE,
    mode: "nftables", // its iptables mode would fight with kube-router over the filter table
    conntrack: { maxPerCore: 0 },
  };
}

/** Configuration of a registry. Nodes run a read-only one on the data that the host pushes to, at the same port of localhost. */
export function registryConfig(data: string, plan: AddressPlan, readOnly = true): string {
  return stringify({
    version: 0.1,
    log: { level: "warn" },
    storage: {
      filesystem: { rootdirectory: data },
      delete: { enabled: true },
      maintenance: {
        readonly: { enabled: readOnly },
        uploadpurging: { enabled: !readOnly, age: "24h", interval: "24h", dryrun: false },
      },
    },
    http: { addr: `127.0.0.1:${plan.registryPort}` },
  });
}
