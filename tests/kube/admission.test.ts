import { expect, test } from "vitest";

import { admissionRemedy } from "../../kube/admission.ts";

test.each([
  [
    'Internal error occurred: failed calling webhook "check.example.com": no endpoints available',
    "it can be made once that program of the cluster answers: have its administrators start it, see: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations",
  ],
  [
    "ValidatingAdmissionPolicy 'small' with binding 'all' denied request: too large",
    "the cluster's administrators made that rule: have them exempt namespace lab, see: kubectl get validatingadmissionpolicy small -o yaml",
  ],
  [
    'admission webhook "validate.kyverno.svc" denied the request: no team',
    "the cluster's administrators made that rule: have them exempt namespace lab from webhook validate.kyverno.svc",
  ],
  ["exceeded quota: small", undefined],
])("a rule of the cluster's administrators is told as theirs: %s", (words, remedy) => {
  expect(admissionRemedy("lab", words)).toBe(remedy);
});
