import { serve } from "../wire/server.ts";
import { LanguageHost } from "./host.ts";

/** The Node.js language host: runs Pulumi programs written for Node.js. The engine's address is the last argument. */
const preload = new URL("preload.mjs", import.meta.url).href;
await serve(new LanguageHost(process.argv.at(-1) ?? "", preload));
