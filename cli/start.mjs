// Starts a TypeScript program of this project: node cli/start.mjs SCRIPT [ARGUMENT …]
import { resolve } from "node:path";

import { load } from "./bundled.mjs";

const script = resolve(process.argv[2] ?? "");
process.argv.splice(1, 2, script);
await load(script);
