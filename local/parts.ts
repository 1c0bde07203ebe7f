import { baseImage, baseImageIsThere, nodeRoot, nodeRootIsThere } from "./machine/debian.ts";
import type { Part } from "./tools/preparation.ts";
import { type ToolName, tool, toolIsBuilt } from "./tools/tools.ts";

/** Seconds of two cores that each build takes from nothing. */
const SECONDS = {
  kube: 200,
  pulumi: 125,
  "pulumi-resource-kubernetes": 115,
  "kube-router": 75,
  coredns: 55,
} satisfies Partial<Record<ToolName, number>>;

/** The name of a program whose build takes long enough to be planned. */
export type ProgramName = keyof typeof SECONDS;

/** The programs of every node. */
export const CLUSTER_TOOLS = ["kube", "kube-router", "coredns"] as const;

/** Makes parts of programs, each of them once. */
export function toolParts(names: readonly ProgramName[]): Part[] {
  const wanted = new Set<ToolName>(names);
  return Object.entries(SECONDS)
    .map(([name, seconds]) => ({ name: name as ToolName, seconds }))
    .filter(({ name }) => wanted.has(name))
    .map(({ name, seconds }) => ({
      seconds,
      isThere: () => toolIsBuilt(name),
      make: (report) => tool(name, report),
    }));
}

/** The Debian tree of nodes and Docker engine. */
export const nodeRootPart: Part = { seconds: 30, isThere: nodeRootIsThere, make: nodeRoot };

/** The image that the stack's own image is built from. */
export const baseImagePart: Part = { seconds: 20, isThere: baseImageIsThere, make: baseImage };
