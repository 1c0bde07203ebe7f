/**
 * Remedy for an object that a rule of the cluster's administrators refuses, by the API server's words;
 * undefined where they are of something else.
 * @param namespace namespace that the object is to be in
 */
export function admissionRemedy(namespace: string, words: string): string | undefined {
  if (words.includes("failed calling webhook")) {
    return "it can be made once that program of the cluster answers: have its administrators start it, see: kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations";
  }
  const exempt = `the cluster's administrators made that rule: have them exempt namespace ${namespace}`;
  const [, policy] = /ValidatingAdmissionPolicy '([^']+)'/.exec(words) ?? [];
  if (policy !== undefined) {
    return `${exempt}, see: kubectl get validatingadmissionpolicy ${policy} -o yaml`;
  }
  const [, webhook] = /admission webhook "([^"]+)" denied/.exec(words) ?? [];
  return webhook === undefined ? undefined : `${exempt} from webhook ${webhook}`;
}
