import { runtime } from "@pulumi/pulumi";

import { BAD_STACKS } from "./badStacks.ts";

/** The stack's own program, its objects spoiled on their way to the engine as BAD_STACK has it. */
const { spoil } = BAD_STACKS[process.env.BAD_STACK ?? ""] ?? {};

runtime.registerStackTransformation(({ type, props, opts }) => {
  if (type.startsWith("kubernetes:") && type.endsWith(`:${spoil?.kind ?? ""}`))
    spoil?.change((props as { spec: Record<string, unknown> }).spec);
  return { props, opts };
});

await import("../../../index.ts");
