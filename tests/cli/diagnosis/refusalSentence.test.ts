import { expect, test } from "vitest";

import { refusalSentence } from "../../../cli/diagnosis/refusalSentence.ts";

const sentence = (message: string): string =>
  refusalSentence({ namespace: "lab", role: "client", missing: 1, message });

/** Words of Kubernetes 1.34 for a pod that it refuses, after `Error creating: `. */
const POD = 'pods "flower-client-1" is forbidden: ';

test.each([
  [
    `${POD}no PriorityClass with name nope was found`,
    "a client's pod is refused: no PriorityClass with name nope was found — take the cluster's: pulumi config rm priorityClass",
  ],
  [
    `${POD}maximum memory usage per Container is 512Mi, but limit is 768Mi`,
    "a client's pod is refused: maximum memory usage per Container is 512Mi, but limit is 768Mi — ask for what it allows: pulumi config set --path clientResources.memory 512Mi",
  ],
  [
    'Pod "flower-client-0" is invalid: spec.containers[0].resources.requests: Invalid value: "25m": must be less than or equal to cpu limit of 10m',
    'a client\'s pod is refused: Pod "flower-client-0" is invalid: spec.containers[0].resources.requests: Invalid value: "25m": must be less than or equal to cpu limit of 10m — set a limit of its own: pulumi config set --path clientResources.cpuLimit 25m',
  ],
  [
    `${POD}cpu max limit to request ratio per Container is 2, but provided ratio is 20.000000`,
    "a client's pod is refused: cpu max limit to request ratio per Container is 2, but provided ratio is 20.000000 — set a limit of at most 2 times the cpu: pulumi config set --path clientResources.cpuLimit <value>",
  ],
  [
    `${POD}ephemeral-storage max limit to request ratio per Container is 4, but provided ratio is 64.000000`,
    "a client's pod is refused: ephemeral-storage max limit to request ratio per Container is 4, but provided ratio is 64.000000 — request the limit, or 1/4 of it: pulumi config set --path clientResources.ephemeralStorageRequest <value>",
  ],
  [
    `${POD}minimum cpu usage per Container is 100m, but request is 25m`,
    "a client's pod is refused: minimum cpu usage per Container is 100m, but request is 25m — ask for what it allows: pulumi config set --path clientResources.cpu 100m",
  ],
  [
    `${POD}error looking up service account lab/flower-client: serviceaccount "flower-client" not found`,
    'a client\'s pod is refused: error looking up service account lab/flower-client: serviceaccount "flower-client" not found — make it again: pulumi up --refresh',
  ],
  [
    `${POD}unable to validate against any security context constraint: [spec.containers[0].securityContext.runAsUser: Invalid value: 65532: must be in the ranges: [1000680000, 1000689999]]`,
    "a client's pod is refused: unable to validate against any security context constraint: [spec.containers[0].securityContext.runAsUser: Invalid value: 65532: must be in the ranges: [1000680000, 1000689999]] — leave user and group to the cluster: pulumi config set runAs cluster",
  ],
  [
    `${POD}ValidatingAdmissionPolicy 'teams' with binding 'teams' denied request: each pod needs the label team`,
    "a client's pod is refused: ValidatingAdmissionPolicy 'teams' with binding 'teams' denied request: each pod needs the label team — the cluster's administrators made that rule: have them exempt namespace lab, see: kubectl get validatingadmissionpolicy teams -o yaml",
  ],
  [
    'admission webhook "pods.example.org" denied the request: no',
    "a client's pod is refused: admission webhook \"pods.example.org\" denied the request: no — the cluster's administrators made that rule: have them exempt namespace lab from webhook pods.example.org",
  ],
  [
    'Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: Post "https://nope.lab.svc:443/?timeout=2s": service "nope" not found',
    'a client\'s pod is refused: Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: Post "https://nope.lab.svc:443/?timeout=2s": service "nope" not found — it can be made once that program of the cluster answers: have its administrators start it, see: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
  ],
  [
    `${POD}pod rejected: RuntimeClass "nope" not found`,
    'a client\'s pod is refused: pod rejected: RuntimeClass "nope" not found — name a class that the cluster has: pulumi config set --path clientPod.runtimeClassName <class>, see: kubectl get runtimeclasses',
  ],
])("tells who refuses, and the remedy: %s", (message, expected) => {
  for (const before of ["Error creating: ", "(combined from similar events): Error creating: "]) {
    expect(sentence(before + message)).toBe(expected);
  }
  const ofSet = "create Pod flower-client-1 in StatefulSet flower-client failed error: ";
  expect(sentence(ofSet + message)).toBe(expected);
});
