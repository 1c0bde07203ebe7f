import { expect, it } from "vitest";
import { privileges } from "../../../policy/rules/privileges.ts";
import { deployment, refusals } from "../support/refusals.ts";

const NONE = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };

it.each([
  NONE,
  { ...NONE, privileged: false },
  { ...NONE, capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } },
])("lets %j pass", async (securityContext) => {
  const good = deployment({ containers: [{ securityContext }] });
  expect(await refusals(privileges, good)).toEqual([]);
});

it.each([
  [
    { ...NONE, privileged: true },
    "securityContext.privileged is true — allowed: false — remove it",
  ],
  [
    { ...NONE, allowPrivilegeEscalation: true },
    "securityContext.allowPrivilegeEscalation is true — allowed: false — set it to false",
  ],
  [
    { ...NONE, capabilities: { drop: ["NET_RAW"] } },
    'securityContext.capabilities.drop is ["NET_RAW"] — allowed: ["ALL"] — drop all of them',
  ],
  [
    { ...NONE, capabilities: { drop: ["ALL"], add: ["SYS_ADMIN", "NET_BIND_SERVICE"] } },
    'securityContext.capabilities.add is ["SYS_ADMIN","NET_BIND_SERVICE"] — allowed: none, or ["NET_BIND_SERVICE"] — remove SYS_ADMIN',
  ],
])("refuses %j", async (securityContext, message) => {
  const bad = deployment({ containers: [{ securityContext }] });
  expect(await refusals(privileges, bad)).toEqual([`container main: ${message}`]);
});

it("refuses a container that says nothing", async () => {
  expect(await refusals(privileges, deployment())).toEqual([
    "container main: securityContext.allowPrivilegeEscalation is not set — allowed: false — set it to false",
    'container main: securityContext.capabilities.drop is [] — allowed: ["ALL"] — drop all of them',
  ]);
});
