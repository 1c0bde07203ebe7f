import { DNS_ADDRESS } from "./addressPlan.ts";

/** Name of the DNS server's image. */
export const DNS_IMAGE = "localhost/kubeflower-coredns:1";

const DNS_LABELS = { "k8s-app": "kube-dns" };

const COREFILE = `.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    cache 30
    loadbalance
    reload
}
`;

/** Verbs of a program that only reads. */
const READ = ["get", "list", "watch"];

/** Objects of a new cluster: rights of its programs, a StorageClass, DNS. */
export function addons(): object[] {
  return [
    clusterRole("kubeflower:kube-router", [
      {
        apiGroups: [""],
        resources: ["namespaces", "pods", "services", "nodes", "endpoints"],
        verbs: READ,
      },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
      { apiGroups: ["networking.k8s.io"], resources: ["networkpolicies"], verbs: READ },
    ]),
    bind("kubeflower:kube-router", "kubeflower:kube-router", [user("system:kube-router")]),
    clusterRole("kubeflower:coredns", [
      { apiGroups: [""], resources: ["services", "namespaces", "pods", "endpoints"], verbs: READ },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
    ]),
    bind("kubeflower:volume-provisioner", "system:persistent-volume-provisioner", [
      user("system:volume-provisioner"),
    ]),
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: {
        name: "standard",
        annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      },
      provisioner: "kubeflower.local/directory",
      reclaimPolicy: "Delete",
      volumeBindingMode: "WaitForFirstConsumer",
    },
    ...dns(),
  ];
}

function dns(): object[] {
  const metadata = { name: "kube-dns", namespace: "kube-system", labels: DNS_LABELS };
  const named = { ...metadata, name: "coredns" };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: named },
    bind("kubeflower:coredns-pods", "kubeflower:coredns", [
      { kind: "ServiceAccount", name: "coredns", namespace: "kube-system" },
    ]),
    { apiVersion: "v1", kind: "ConfigMap", metadata: named, data: { Corefile: COREFILE } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        clusterIP: DNS_ADDRESS,
        selector: DNS_LABELS,
        ports: [
          { name: "dns", port: 53, protocol: "UDP", targetPort: "dns" },
          { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: "dns-tcp" },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: named,
      spec: {
        replicas: 1,
        selector: { matchLabels: DNS_LABELS },
        template: { metadata: { labels: DNS_LABELS }, spec: dnsPod() },
      },
    },
  ];
}

function dnsPod(): object {
  return {
    serviceAccountName: "coredns",
    priorityClassName: "system-cluster-critical",
    dnsPolicy: "Default",
    securityContext: {
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
      // The pod listens on port 53 itself: policies that allow DNS name the pod's port.
      sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "53" }],
    },
    containers: [
      {
        name: "coredns",
        image: DNS_IMAGE,
        imagePullPolicy: "Never",
        args: ["-conf", "/etc/coredns/Corefile"],
        ports: [
          { name: "dns", containerPort: 53, protocol: "UDP" },
          { name: "dns-tcp", containerPort: 53, protocol: "TCP" },
        ],
        readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
        livenessProbe: { httpGet: { path: "/health", port: 8080 }, initialDelaySeconds: 30 },
        resources: { requests: { cpu: "20m", memory: "30Mi" }, limits: { memory: "170Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
      },
    ],
    volumes: [{ name: "config", configMap: { name: "coredns" } }],
  };
}

function clusterRole(name: string, rules: object[]): object {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name },
    rules,
  };
}

function user(name: string): object {
  return { apiGroup: "rbac.authorization.k8s.io", kind: "User", name };
}

function bind(name: string, roleName: string, subjects: object[]): object {
  const apiGroup = "rbac.authorization.k8s.io";
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup, kind: "ClusterRole", name: roleName },
    subjects,
  };
}
