import type { Pod } from "./objects.ts";
import type { Snapshot } from "./snapshot.ts";

/** Answers of registries that want another login, or any. */
const UNKNOWN_LOGIN =
  /unauthorized|authentication required|may require authorization|no basic auth|denied|forbidden|\b40[13]\b/i;
/** Name of the Secret in the commands. */
const SECRET = "registry-login";

/** Remedy for an image whose registry wants a login; undefined when it wants none. */
export function loginRemedy(
  snapshot: Snapshot,
  pod: Pod,
  image: string,
  why: string,
): string | undefined {
  if (!UNKNOWN_LOGIN.test(why)) return undefined;
  const { namespace } = snapshot.objects;
  const lost = missingSecret(snapshot, pod);
  const name = lost ?? pod.spec.imagePullSecrets?.[0]?.name;
  const place = `-n ${namespace}`;
  const create = `kubectl ${place} create secret docker-registry ${name ?? SECRET} --docker-server=${hostOf(image)} --docker-username=<name> --docker-password=<token>`;
  if (name === undefined) {
    // Docker Hub says so of images that are not there, too.
    const unsure = /does not exist/.test(why) && !/no basic auth|unauthorized|\b401\b/i.test(why);
    const ways = unsure
      ? "push it, or, if its registry asks for a login, make a Secret with one and name it"
      : "the registry asks for a login, which a Secret gives — make one and name it";
    return `${ways}: ${create}, then pulumi config set pullSecret ${SECRET}`;
  }
  return lost !== undefined
    ? `Secret ${name}, which pullSecret or a patch of the pods names, is not in namespace ${namespace} — make it: ${create}`
    : `the registry does not take the login of Secret ${name} — make it anew: kubectl ${place} delete secret ${name}, then ${create}`;
}

/** The first Secret that the kubelet has not found, of those that the pod names. */
function missingSecret(snapshot: Snapshot, { metadata, spec }: Pod): string | undefined {
  const [event] = snapshot.eventsOf(metadata, "FailedToRetrieveImagePullSecret");
  if (event === undefined) return undefined;
  const [, first] = /\(([^,)]+)/.exec(event.message ?? "") ?? [];
  return first ?? spec.imagePullSecrets?.[0]?.name;
}

/** Registry of an image. */
function hostOf(image: string): string {
  const [first = "", ...rest] = image.split("/");
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : "https://index.docker.io/v1/";
}
