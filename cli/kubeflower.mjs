#!/usr/bin/env node
// Starts `kubeflower`, also from another folder.
import { fileURLToPath } from "node:url";

process.argv.splice(2, 0, fileURLToPath(new URL("kubeflower.ts", import.meta.url)));
await import("./start.mjs");
