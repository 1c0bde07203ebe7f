import { containerRule } from "../podRule.ts";

/** The only capability that the restricted Pod Security Standard allows. */
const HARMLESS = "NET_BIND_SERVICE";

/** A container cannot gain privileges. */
export const privileges = containerRule(
  "privileges",
  "A container has no privileges and cannot get any.",
  function* ({
    securityContext: { privileged, allowPrivilegeEscalation, capabilities = {} } = {},
  }) {
    if (privileged === true) {
      yield "securityContext.privileged is true — allowed: false — remove it";
    }
    if (allowPrivilegeEscalation !== false) {
      yield `securityContext.allowPrivilegeEscalation is ${text(allowPrivilegeEscalation)} — allowed: false — set it to false`;
    }
    const { drop = [], add = [] } = capabilities;
    if (!drop.includes("ALL")) {
      yield `securityContext.capabilities.drop is ${text(drop)} — allowed: ["ALL"] — drop all of them`;
    }
    const more = add.filter((capability) => capability !== HARMLESS);
    if (more.length > 0) {
      yield `securityContext.capabilities.add is ${text(add)} — allowed: none, or ["${HARMLESS}"] — remove ${more.join(", ")}`;
    }
  },
);

function text(value: boolean | string[] | undefined): string {
  return value === undefined ? "not set" : JSON.stringify(value);
}
