import { POD_RANGE, SERVICE_RANGE, type AddressPlan } from "./addressPlan.ts";
import type { Credentials } from "./credentials.ts";
import type { Service } from "../machine/sandbox.ts";

const ETCD = "http://127.0.0.1:2379";

/** Shell line that waits until the file `ready` exists, which `up` makes once the API server has answered. */
export function afterApi(ready: string): string {
  return `until [ -e ${ready} ]; do sleep 0.1; done`;
}

/** Files and addresses that the control plane's programs run with. */
export interface ControlPlaneOptions {
  /** The program of Kubernetes and etcd. */
  readonly kube: string;
  readonly plan: AddressPlan;
  readonly credentials: Credentials;
  /** Folder of etcd's data. */
  readonly data: string;
  /** File that exists once the API server has answered. */
  readonly apiReady: string;
}

type Flags = Readonly<Record<string, string>>;

/** The control plane of node 0: etcd, API server, controller manager, scheduler. */
export function controlPlane(options: ControlPlaneOptions): Service[] {
  const { kube, apiReady } = options;
  const start = (name: string, flags: Flags): string =>
    `export GOGC=50\nexec ${kube} ${name} ${flagLine(flags)}`;
  const wait = afterApi(apiReady);
  const [manager, scheduler] = ["kube-controller-manager", "kube-scheduler"];
  return [
    { name: "etcd", run: start("etcd", etcdFlags(options)) },
    { name: "kube-apiserver", run: start("kube-apiserver", apiServerFlags(options)) },
    { name: manager, run: `${wait}\n${start(manager, controllerManagerFlags(options))}` },
    { name: scheduler, run: `${wait}\n${start(scheduler, schedulerFlags(options))}` },
  ];
}

function etcdFlags({ data }: ControlPlaneOptions): Flags {
  return {
    "data-dir": data,
    "listen-client-urls": ETCD,
    "advertise-client-urls": ETCD,
    "listen-peer-urls": "http://127.0.0.1:2380",
    // Safe against killed processes: only a power cut could lose the last writes of a cluster for development.
    "unsafe-no-fsync": "true",
    "log-level": "warn",
  };
}

function apiServerFlags({ plan, credentials }: ControlPlaneOptions): Flags {
  return {
    "etcd-servers": ETCD,
    "bind-address": "0.0.0.0",
    "advertise-address": plan.node(0),
    "secure-port": "6443",
    "service-cluster-ip-range": SERVICE_RANGE,
    "client-ca-file": credentials.file("ca.crt"),
    "tls-cert-file": credentials.file("api-server.crt"),
    "tls-private-key-file": credentials.file("api-server.key"),
    "kubelet-client-certificate": credentials.file("kubelet-client.crt"),
    "kubelet-client-key": credentials.file("kubelet-client.key"),
    "kubelet-certificate-authority": credentials.file("ca.crt"),
    "kubelet-preferred-address-types": "InternalIP",
    "service-account-issuer": "https://kubernetes.default.svc",
    "service-account-key-file": credentials.file("tokens.pub"),
    "service-account-signing-key-file": credentials.file("tokens.key"),
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "enable-aggregator-routing": "true",
    "shutdown-delay-duration": "0s",
    profiling: "false",
  };
}

function controllerManagerFlags({ credentials }: ControlPlaneOptions): Flags {
  return {
    kubeconfig: credentials.kubeconfig("controller-manager"),
    "root-ca-file": credentials.file("ca.crt"),
    "service-account-private-key-file": credentials.file("tokens.key"),
    "use-service-account-credentials": "true",
    "leader-elect": "false",
    "allocate-node-cidrs": "false",
    "cluster-cidr": POD_RANGE,
    "service-cluster-ip-range": SERVICE_RANGE,
    // Its controllers start one after another, each with a request: at 20 a second that took five seconds.
    "kube-api-qps": "300",
    "kube-api-burst": "600",
    profiling: "false",
  };
}

function schedulerFlags({ credentials }: ControlPlaneOptions): Flags {
  return {
    kubeconfig: credentials.kubeconfig("scheduler"),
    "leader-elect": "false",
    profiling: "false",
  };
}

/** `--name=value` for each flag. */
export function flagLine(flags: Readonly<Record<string, string>>): string {
  return Object.entries(flags)
    .map(([name, value]) => `--${name}=${value}`)
    .join(" ");
}
