import { PulumiEngine } from "../wire/pulumiEngine.ts";
import { serveProvider } from "../wire/providerService.ts";
import { version } from "../wire/version.ts";
import { Command } from "./command.ts";

/** The `command` provider plugin: the part of the official one that this project uses. */
const engine = new PulumiEngine(process.argv.at(-1) ?? "");
await serveProvider({
  name: "command",
  version,
  resources: new Map([["command:local:Command", new Command(engine)]]),
  configure: () => Promise.resolve(),
});
