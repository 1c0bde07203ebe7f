import { NAMES } from "../../contract/names.ts";

/** Beginnings of the names of all objects that the stack makes. */
const OWN = ["federation-", NAMES.server, NAMES.client, NAMES.service];

/** Tells whether `pulumi up` makes an object of that name; others are their owners'. */
export function isOwnName(name: string): boolean {
  return OWN.some((beginning) => name.startsWith(beginning));
}
