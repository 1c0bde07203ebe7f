import { expect, test } from "vitest";

import { refusedObject } from "../../components/refusedObject.ts";

const SAID =
  'resource "urn:pulumi:dev::kubeflower::kubernetes:core/v1:Service::federation-server-service" was not successfully created by the Kubernetes API server: ';

test.each([
  [
    `${SAID}services "service-server" is forbidden: exceeded quota: small, requested: services=1, used: services=4, limited: services=4`,
    'services "service-server" is forbidden: exceeded quota: small, requested: services=1, used: services=4, limited: services=4 — raise it: kubectl -n lab patch resourcequota small --type merge -p \'{"spec":{"hard":{"services":"5"}}}\' && pulumi up',
  ],
  [
    `${SAID}persistentvolumeclaims "flower-server" is forbidden: exceeded quota: disks, requested: requests.storage=1Gi, used: requests.storage=9Gi, limited: requests.storage=9728Mi`,
    'persistentvolumeclaims "flower-server" is forbidden: exceeded quota: disks, requested: requests.storage=1Gi, used: requests.storage=9Gi, limited: requests.storage=9728Mi — raise it: kubectl -n lab patch resourcequota disks --type merge -p \'{"spec":{"hard":{"requests.storage":"10240Mi"}}}\' && pulumi up',
  ],
  [
    `${SAID}persistentvolumeclaims "flower-server" is forbidden: maximum storage usage per PersistentVolumeClaim is 512Mi, but request is 1Gi`,
    'persistentvolumeclaims "flower-server" is forbidden: maximum storage usage per PersistentVolumeClaim is 512Mi, but request is 1Gi — ask for what it allows: pulumi config set storage 512Mi',
  ],
  [
    `${SAID}persistentvolumeclaims "flower-server" is forbidden: minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi`,
    'persistentvolumeclaims "flower-server" is forbidden: minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi — ask for what it allows: pulumi config set storage 2Gi',
  ],
  [
    `${SAID}networkpolicies.networking.k8s.io is forbidden: User "ann" cannot create resource "networkpolicies" in API group "networking.k8s.io" in the namespace "lab"`,
    'networkpolicies.networking.k8s.io is forbidden: User "ann" cannot create resource "networkpolicies" in API group "networking.k8s.io" in the namespace "lab" — have an administrator give you the rights of docs/rights.md, see: kubectl -n lab auth can-i --list',
  ],
  [
    `${SAID}namespaces is forbidden: User "ann" cannot create resource "namespaces" in API group "" at the cluster scope`,
    'namespaces is forbidden: User "ann" cannot create resource "namespaces" in API group "" at the cluster scope — take one that is there: pulumi config set namespace <name>, with createNamespace false',
  ],
  [
    `${SAID}Internal error occurred: failed calling webhook "check.example.com": no endpoints available`,
    'Internal error occurred: failed calling webhook "check.example.com": no endpoints available — it can be made once that program of the cluster answers: have its administrators start it, see: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
  ],
  [
    `${SAID}services "service-server" is forbidden: ValidatingAdmissionPolicy 'no-nodeports' with binding 'all' denied request: no node ports`,
    "services \"service-server\" is forbidden: ValidatingAdmissionPolicy 'no-nodeports' with binding 'all' denied request: no node ports — the cluster's administrators made that rule: have them exempt namespace lab, see: kubectl get validatingadmissionpolicy no-nodeports -o yaml",
  ],
  [
    `${SAID}admission webhook "validate.kyverno.svc-fail" denied the request: label team is required`,
    'admission webhook "validate.kyverno.svc-fail" denied the request: label team is required — the cluster\'s administrators made that rule: have them exempt namespace lab from webhook validate.kyverno.svc-fail',
  ],
])("a refused object is told with its remedy: %s", (error, told) => {
  expect(refusedObject("lab", error)).toBe(told);
});

test("other errors are the provider's alone", () => {
  expect(refusedObject("lab", `${SAID}connection refused`)).toBeUndefined();
});
