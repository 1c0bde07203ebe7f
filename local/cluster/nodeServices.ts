import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { stringify } from "yaml";

import { DNS_ADDRESS, POD_RANGE, SERVICE_RANGE, type AddressPlan } from "./addressPlan.ts";
import { afterApi, flagLine } from "./controlPlane.ts";
import { nodeName, type Credentials } from "./credentials.ts";
import type { Service } from "../machine/sandbox.ts";

/** The image of the container that holds a pod's namespaces. */
export const PAUSE_IMAGE = "localhost/kubeflower-pause:1";

const SOCKET = "/run/containerd/containerd.sock";

/** What makes a node of a unit. */
export interface NodeOptions {
  readonly i: number;
  /** Folder for the node's configuration files and volumes. */
  readonly folder: string;
  /** The unit's control group. */
  readonly cgroup: string;
  readonly kube: string;
  readonly kubeRouter: string;
  readonly plan: AddressPlan;
  readonly credentials: Credentials;
  readonly registryData: string;
  readonly apiReady: string;
}

/** The programs of every node: container runtime, kubelet, Service proxy, policy enforcer and its guard, volumes, registry. */
export async function nodeServices(options: NodeOptions): Promise<Service[]> {
  const { i, folder, kube, kubeRouter, plan, credentials, apiReady } = options;
  await mkdir(join(folder, "cni"), { recursive: true });
  const file = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const containerd = await file("containerd.toml", containerdConfig(folder));
  await file("cni/10-pods.conflist", JSON.stringify(podNetwork(plan.pods(i))));
  const resolv = await file("resolv.conf", "");
  const kubelet = await file("kubelet.yaml", stringify(kubeletConfig(options, resolv)));
  const proxy = await file("proxy.yaml", stringify(proxyConfig(credentials, i)));
  const registry = await file("registry.yaml", registryConfig(options.registryData, plan));
  const wait = afterApi(apiReady);
  return [
    { name: "containerd", run: `export OTEL_SDK_DISABLED=true\nexec containerd -c ${containerd}` },
    {
      name: "kubelet",
      run: [
        `until [ -S ${SOCKET} ]; do sleep 0.05; done`,
        wait,
        `export GOGC=50`,
        `exec ${kube} kubelet --config=${kubelet} ${flagLine({
          kubeconfig: credentials.kubeconfig(credentials.nodeUser(i)),
          "hostname-override": nodeName(i),
          "node-ip": plan.node(i),
        })}`,
      ].join("\n"),
    },
    {
      name: "kube-proxy",
      run: `${wait}\nexport GOGC=50\nexec ${kube} kube-proxy --config=${proxy}`,
    },
    {
      name: "kube-router",
      run: `${wait}\nexec ${kubeRouter} ${flagLine({
        "run-firewall": "true",
        "run-router": "false",
        "run-service-proxy": "false",
        kubeconfig: credentials.kubeconfig("kube-router"),
        "hostname-override": nodeName(i),
        "service-cluster-ip-range": SERVICE_RANGE,
        "health-port": "0",
        "metrics-port": "0",
      })}`,
    },
    {
      name: "policy-guard",
      run: `${wait}\nexport GOGC=50\nexec ${kube} policy-guard --kubeconfig=${credentials.kubeconfig("kube-router")}`,
    },
    {
      name: "volume-provisioner",
      run: `${wait}\nexec ${kube} volume-provisioner ${flagLine({
        kubeconfig: credentials.kubeconfig("volume-provisioner"),
        node: nodeName(i),
        directory: join(folder, "volumes"),
      })}`,
    },
    { name: "registry", run: `exec docker-registry serve ${registry}` },
  ];
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
    dataDir: "/run/cni/networks", // on a tmpfs: leases don't outlive the node
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
    // The disk is the developer's own: shares of it say nothing about what the cluster may use.
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

/** A reader of the registry the host pushes to: inside as outside, its address is a port of localhost. */
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
