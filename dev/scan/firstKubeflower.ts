import type { Manifest } from "./manifest.ts";

/**
 * Objects of the first kubeFlower, with all of their fields: hpn-bristol/kubeFlower, descriptors/serverDeploy.yaml and
 * clientDeploy.yaml at bd8e947, serverService.yaml at edcf196.
 */
export const firstKubeflower: readonly Manifest[] = [
  deployment("flower-client", {
    replicas: 2,
    args: "python ./src/client.py --server 'fl-deployment-service-server' --port '30051'",
    port: 30051,
  }),
  deployment("flower-server", { replicas: 1, args: "python ./src/server.py", port: 8080 }),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "service-server" },
    spec: {
      type: "ClusterIP",
      selector: { app: "flower-server" },
      ports: [{ port: 30051, targetPort: 8080 }],
    },
  },
];

function deployment(
  app: string,
  { replicas, args, port }: { replicas: number; args: string; port: number },
): Manifest {
  const container = {
    name: "kubeflower",
    image: "kubeflower:latest",
    imagePullPolicy: "IfNotPresent",
    command: ["/bin/sh", "-c"],
    args: [args],
    ports: [{ containerPort: port }],
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: app, labels: { app } },
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { containers: [container] } },
    },
  };
}
