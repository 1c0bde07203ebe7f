import type { FederationObjects } from "../../../../cli/diagnosis/snapshot.ts";
import { ago, statefulSet } from "../../support/objects.ts";
import { CLIENT, OTHERS, warning, type State } from "./state.ts";

const FORBIDDEN = 'pods "flower-client-1" is forbidden: ';

/** A client that the API server refuses: pkg/controller, plugin/pkg/admission. */
function refused(name: string, words: string): State {
  const message = `create Pod ${CLIENT} in StatefulSet flower-client failed error: ${words}`;
  const after = (seconds: number) => ({
    pods: OTHERS,
    statefulSets: [statefulSet(2, 1)],
    events: [warning("flower-client", "FailedCreate", message, seconds)],
  });
  return { name: `FailedCreate: ${name}`, after };
}

/** Pods that the API server refuses. */
export const REFUSED: readonly State[] = [
  refused(
    "a quota of pods",
    `${FORBIDDEN}exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2`,
  ),
  refused(
    "a quota of memory",
    `${FORBIDDEN}exceeded quota: small, requested: limits.memory=768Mi, used: limits.memory=1792Mi, limited: limits.memory=2Gi`,
  ),
  refused(
    "a quota that wants CPU limits",
    `${FORBIDDEN}failed quota: small: must specify limits.cpu for: client`,
  ),
  refused(
    "a quota that wants something else",
    `${FORBIDDEN}failed quota: small: must specify requests.example.com/fpga for: client`,
  ),
  refused(
    "a quota of a priority",
    `${FORBIDDEN}insufficient quota to match these scopes: [{PriorityClass In [high]}]`,
  ),
  refused(
    "a LimitRange's maximum",
    `${FORBIDDEN}maximum memory usage per Container is 512Mi, but limit is 768Mi`,
  ),
  refused(
    "a LimitRange's minimum",
    `${FORBIDDEN}minimum cpu usage per Container is 100m, but request is 25m`,
  ),
  refused(
    "a LimitRange's ratio",
    `${FORBIDDEN}cpu max limit to request ratio per Container is 2, but provided ratio is 40.000000`,
  ),
  refused(
    "a LimitRange of another resource",
    `${FORBIDDEN}maximum example.com/fpga usage per Pod is 1, but limit is 2`,
  ),
  refused(
    "PodSecurity",
    `${FORBIDDEN}violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false`,
  ),
  refused(
    "a ValidatingAdmissionPolicy",
    `${FORBIDDEN}ValidatingAdmissionPolicy 'teams' with binding 'teams' denied request: each pod needs a team`,
  ),
  refused(
    "a webhook that denies",
    'admission webhook "validate.kyverno.svc-fail" denied the request: each pod needs a team',
  ),
  refused(
    "a webhook that does not answer",
    'Internal error occurred: failed calling webhook "pods.example.org": failed to call webhook: Post "https://nobody.lab.svc:443/?timeout=10s": context deadline exceeded',
  ),
  refused(
    "OpenShift's SCC",
    `${FORBIDDEN}unable to validate against any security context constraint: [provider "restricted-v2": Forbidden: not usable by user or serviceaccount, .containers[0].runAsUser: Invalid value: 65532: must be in the ranges: [1000660000, 1000669999]]`,
  ),
  refused(
    "a ServiceAccount that is gone",
    `error looking up service account kubeflower/flower-client: serviceaccount "flower-client" not found`,
  ),
  refused("a PriorityClass that is gone", `${FORBIDDEN}no PriorityClass with name high was found`),
  refused(
    "a RuntimeClass that is gone",
    `${FORBIDDEN}pod rejected: RuntimeClass "gvisor" not found`,
  ),
  refused(
    "the namespace's own nodes",
    `${FORBIDDEN}pod node label selector conflicts with its namespace node label selector`,
  ),
  refused(
    "an API server that is late",
    "Timeout: request did not complete within requested timeout - context deadline exceeded",
  ),
  refused("a store that is late", "etcdserver: request timed out"),
  refused(
    "a pod that is not valid",
    `Pod "flower-client-1" is invalid: spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`,
  ),
  refused("words that nobody knows", `${FORBIDDEN}the moon is full`),
  {
    name: "a refusal of which Kubernetes takes no more events",
    after: (seconds) => ({
      ...unmade(seconds),
      trials: { "flower-client": `${FORBIDDEN}the moon is full` },
    }),
  },
  {
    name: "a pause of a controller after refusals",
    after: (seconds) => ({ ...unmade(seconds), trials: { "flower-client": null } }),
  },
  { name: "pods that nobody makes, and no right to try one", after: unmade },
];

/** A client that lacks, as the controller's own status has it. */
function unmade(seconds: number): Partial<FederationObjects> {
  const set = statefulSet(2, 1);
  const managedFields = [{ subresource: "status", time: ago(seconds) }];
  return { pods: OTHERS, statefulSets: [{ ...set, metadata: { ...set.metadata, managedFields } }] };
}
