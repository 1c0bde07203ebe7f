import type { Meta } from "../../diagnosis/objects.ts";
import type { ClusterCheck } from "../check.ts";
import { ok, warning } from "../finding.ts";

const SYSTEM = "kube-system";
const LABEL = encodeURIComponent("k8s-app=kube-dns");
const REMEDY = `kubectl -n ${SYSTEM} get pods -l k8s-app=kube-dns`;

interface EndpointSlice {
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[] | null;
}

/** Checks that the DNS that pods may ask is there and ready. */
export const dns: ClusterCheck = {
  name: "dns",
  run: async ({ cluster }) => {
    const services = await cluster.get<{ items: { metadata: Meta }[] }>(
      `/api/v1/namespaces/${SYSTEM}/services?labelSelector=${LABEL}`,
      4.5,
    );
    const [service] = services.object.items;
    if (service === undefined) {
      return warning(
        `the cluster's DNS is not the service k8s-app=kube-dns of ${SYSTEM}: clients find the server without it, and apps may find no names`,
        "an app that needs names may ask any DNS: pulumi config set --path 'egress[0]' dns",
      );
    }
    const { name } = service.metadata;
    const of = encodeURIComponent(`kubernetes.io/service-name=${name}`);
    const slices = await cluster.get<{ items: EndpointSlice[] }>(
      `/apis/discovery.k8s.io/v1/namespaces/${SYSTEM}/endpointslices?labelSelector=${of}`,
      4.5,
    );
    const all = slices.object.items.flatMap(({ endpoints }) => endpoints ?? []);
    const ready = all.filter(({ conditions }) => conditions?.ready !== false).length;
    if (ready > 0) return ok(`the cluster's DNS ${name} has ${ready} of ${all.length} pods ready`);
    return warning(
      `the cluster's DNS ${name} has no pod that is ready: apps that ask for names find none`,
      REMEDY,
    );
  },
};
