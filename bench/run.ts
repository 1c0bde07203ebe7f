import { mkdir, writeFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";

import { inTestImage } from "../tests/app/inTestImage.ts";
import { table, type Measured } from "./table.ts";

// What `npm run bench` starts: all arms, interleaved, in one container on this machine.

const out = new PassThrough();
const printed = text(out);
await inTestImage({
  folders: ["app", "bench"],
  script: "python3 bench/bench.py",
  minutes: 30,
  out,
});
out.end();
if (!process.exitCode) {
  const results = JSON.parse(await printed) as Measured[];
  await mkdir("docs/bench", { recursive: true });
  await writeFile("docs/bench/results.json", `${JSON.stringify(results, undefined, 1)}\n`);
  await writeFile("docs/bench/README.md", table(results));
  console.log("written: docs/bench/README.md, docs/bench/results.json");
}
