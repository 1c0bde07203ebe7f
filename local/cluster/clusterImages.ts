import { join } from "node:path";

import { DNS_IMAGE } from "./addons.ts";
import { cached, contentKey } from "../tools/cached.ts";
import { programImage } from "./programImage.ts";
import { PAUSE_IMAGE } from "./nodeServices.ts";
import { tool } from "../tools/tools.ts";

/** Returns the tars of the images that a node needs before it can run any pod: pause and CoreDNS. */
export async function images(): Promise<string[]> {
  const programs = {
    pause: [PAUSE_IMAGE, join(await tool("pause"), "pause")],
    coredns: [DNS_IMAGE, join(await tool("coredns"), "coredns")],
  } as const;
  const key = await contentKey([JSON.stringify(programs)]);
  const folder = await cached("cluster-images", key, async (partial) => {
    for (const [name, [image, program]] of Object.entries(programs)) {
      await programImage(image, program, join(partial, `${name}.tar`));
    }
  });
  return Object.keys(programs).map((name) => join(folder, `${name}.tar`));
}
