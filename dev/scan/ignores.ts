/** A failure that is accepted, and why. */
export interface Ignore {
  /** Titles of the objects, as `Deployment flower-server`. */
  readonly objects: readonly string[];
  /** The rule that fails, by scanner. */
  readonly rules: Readonly<Record<string, string>>;
  /** Shown on the page docs/scan. */
  readonly reason: string;
}

const SERVER = "Deployment flower-server";
const CLIENTS = "StatefulSet flower-client";

export const IGNORES: readonly Ignore[] = [
  {
    objects: [SERVER, CLIENTS],
    rules: {
      "kube-score": "container-resources: CPU limit is not set",
      checkov: "CKV_K8S_11 CPU limits should be set",
    },
    reason:
      "A limit of CPU slows a pod down on an idle node, and a busy one shares by the requests, which are set. Memory has both.",
  },
  {
    objects: [SERVER, CLIENTS],
    rules: {
      "kube-score": "container-image-pull-policy: ImagePullPolicy is not set to Always",
      checkov: "CKV_K8S_15 Image Pull Policy should be Always",
    },
    reason:
      "A digest, or a tag that is the sources' hash, names one image for ever: there is no newer one to pull. One that was loaded into minikube could not be pulled at all.",
  },
  {
    objects: [SERVER, CLIENTS],
    rules: { checkov: "CKV_K8S_43 Image should use digest" },
    reason:
      "A preview builds no image, so the scanned one stands in for it. What `up` pushes is used by its digest; minikube has no registry to give one, and gets the sources' hash as tag.",
  },
  {
    objects: [SERVER],
    rules: { "kube-score": "deployment-strategy: Deployment update strategy" },
    reason:
      "Recreate: a new server beside the old one would be a second run, on a volume that one pod may write.",
  },
  {
    objects: [SERVER],
    rules: { "kube-score": "deployment-replicas: Deployment few replicas" },
    reason:
      "A run has one server. It goes on from its checkpoint wherever its pod starts again, so a second one would have nothing to do.",
  },
  {
    objects: [CLIENTS],
    rules: {
      "kube-score": "statefulset-has-servicename: StatefulSet does not have a valid serviceName",
    },
    reason:
      "Nobody dials a client: clients dial the server. A headless Service would only put their addresses into DNS.",
  },
];
