import { PulumiEngine } from "../wire/pulumiEngine.ts";
import { type Properties, reveal } from "../wire/properties.ts";
import { serveProvider } from "../wire/providerService.ts";
import { version } from "../wire/version.ts";
import { DockerApi, type EngineConfig } from "../../../docker/dockerApi.ts";
import { Image } from "./image.ts";

/** The `docker` provider plugin: the part of the official one that this project uses. */
const engine = new PulumiEngine(process.argv.at(-1) ?? "");
let api: DockerApi | undefined;
await serveProvider({
  name: "docker",
  version,
  resources: new Map([
    [
      "docker:index/image:Image",
      new Image(engine, () => {
        if (api) return api;
        throw new Error("the docker plugin was used before it was configured");
      }),
    ],
  ]),
  // Also in preview, as the official plugin does: without Docker there is no plan.
  configure: async (config: Properties) => {
    api = await DockerApi.connect(reveal(config) as EngineConfig);
  },
});
