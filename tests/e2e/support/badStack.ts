import { runtime } from "@pulumi/pulumi";

import { BAD_STACKS } from "./badStacks.ts";

/** Runs the stack's own program and spoils its objects on their way to the engine, as BAD_STACK names it. */
const { spoil } = BAD_STACKS[process.env.BAD_STACK ?? ""] ?? {};

runtime.registerStackTransformation(({ type, props, opts }) => {
  if (type.startsWith("kubernetes:") && type.endsWith(`:${spoil?.kind ?? ""}`)) {
    spoil?.change((props as { spec: Record<string, unknown> }).spec);
  }
  return { props, opts };
});

await import("../../../index.ts");
