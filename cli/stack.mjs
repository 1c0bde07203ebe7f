// The stack's program, as Pulumi starts it: index.ts, whose exports are the stack's outputs.
import { fileURLToPath } from "node:url";

import { load } from "./bundled.mjs";

// Pulumi's runner and the program must have one and the same SDK.
const outputs = await load(fileURLToPath(new URL("../index.ts", import.meta.url)), ["@pulumi/*"]);
export default { ...outputs };
