import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { command } from "../tools/command.ts";

/** Writes an image of one static program as a tar that containerd imports; it starts as user 65532, without arguments. */
export async function programImage(name: string, program: string, target: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "kubeflower-"));
  try {
    const entry = `/${basename(program)}`;
    await mkdir(join(scratch, "root"));
    await copyFile(program, join(scratch, "root", entry));
    const layer = join(scratch, "layer.tar");
    const stable = ["--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--sort=name"];
    await command("tar", [...stable, "-cf", layer, "-C", join(scratch, "root"), "."]);
    const digest = createHash("sha256")
      .update(await readFile(layer))
      .digest("hex");
    const config = {
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      os: "linux",
      config: { Entrypoint: [entry], User: "65532:65532" },
      rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    };
    const manifest = [{ Config: "config.json", RepoTags: [name], Layers: ["layer.tar"] }];
    await writeFile(join(scratch, "config.json"), JSON.stringify(config));
    await writeFile(join(scratch, "manifest.json"), JSON.stringify(manifest));
    const files = ["manifest.json", "config.json", "layer.tar"];
    await command("tar", [...stable, "-cf", target, "-C", scratch, ...files]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
