import type { types } from "@pulumi/kubernetes";
import type { StackValidationPolicy } from "@pulumi/policy";
import type { Unwrap } from "@pulumi/pulumi";
import { ENGINE } from "../../contract/variables.ts";
import { containers, kind, namespace, podTemplate, type Resource } from "../kubernetes.ts";

type ServiceSpec = Unwrap<types.input.core.v1.ServiceSpec>;

/** The server speaks TLS when this variable names the folder of its certificate. */
const CERTIFICATE = ENGINE.tlsFolder;

const REMEDY =
  "allowed: LoadBalancer in front of TLS, or ClusterIP — pulumi config set serviceType ClusterIP";

/** A server that the whole network reaches encrypts its traffic and proves who it is. */
export const loadBalancer: StackValidationPolicy = {
  name: "load-balancer",
  description: "A Service of type LoadBalancer leads to pods that speak TLS.",
  validateStack: ({ resources }, refuse) => {
    for (const service of resources) {
      const spec = (service.props.spec ?? {}) as ServiceSpec;
      if (kind(service) !== "Service" || spec.type !== "LoadBalancer") continue;
      const behind = resources.filter((resource) => leadsTo(service, spec, resource));
      const plain = behind.filter((workload) => !speaksTls(workload));
      for (const workload of plain) {
        refuse(
          `type is LoadBalancer, and ${kind(workload) ?? ""} ${workload.name} behind it speaks plain text (no ${CERTIFICATE}) — ${REMEDY}`,
          service.urn,
        );
      }
      if (behind.length === 0) {
        refuse(
          `type is LoadBalancer, and no workload of the stack is behind its selector ${JSON.stringify(spec.selector ?? {})}, so that none is known to speak TLS — ${REMEDY}`,
          service.urn,
        );
      }
    }
  },
};

function leadsTo(service: Resource, { selector = {} }: ServiceSpec, workload: Resource): boolean {
  const template = podTemplate(workload);
  if (template === undefined || namespace(workload) !== namespace(service)) return false;
  const labels = template.metadata?.labels ?? {};
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}

function speaksTls(workload: Resource): boolean {
  const pod = podTemplate(workload)?.spec ?? { containers: [] };
  const variables = containers(pod).flatMap(({ env = [] }) => env);
  return variables.some(({ name, value = "" }) => name === CERTIFICATE && value !== "");
}
