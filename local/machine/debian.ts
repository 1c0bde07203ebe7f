import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cached, contentKey, isCached } from "../tools/cached.ts";
import { answers, command } from "../tools/command.ts";
import { progress } from "../tools/progress.ts";

const SUITE = "trixie";
const MINUTES = 15;

/** Debian's packages that a node and the Docker engine run: container runtimes, network tools, the service supervisor. */
const NODE_PACKAGES = [
  "conntrack",
  "containerd",
  "containernetworking-plugins",
  "docker-buildx",
  "docker-cli",
  "docker-registry",
  "docker.io",
  "iproute2",
  "ipset",
  "iptables",
  "mount",
  "nftables",
  "runc",
  "runit",
];

/** Certificates that this machine's owner added; a build behind a proxy with such an authority needs them as well. */
const OWN_AUTHORITIES = "/usr/local/share/ca-certificates";
const BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Returns the folder whose `root` is a Debian tree with {@link NODE_PACKAGES}: the files of every node and of the engine,
 * shared and never written to.
 */
export async function nodeRoot(): Promise<string> {
  return cached("node-root", await nodeRootKey(), (folder) =>
    progress("unpacking Debian's containerd, Docker and network tools", () =>
      debootstrap([`--include=${NODE_PACKAGES.join(",")}`], join(folder, "root")),
    ),
  );
}

/** Whether {@link nodeRoot} is in the cache. */
export async function nodeRootIsThere(): Promise<boolean> {
  return isCached("node-root", await nodeRootKey());
}

/** Returns a tar of a minimal Debian, like `debian:trixie-slim` elsewhere, with this machine's own authorities in it. */
export async function baseImage(): Promise<string> {
  const { key, options } = await baseImageContent();
  const folder = await cached("debian-base", key, (target) =>
    progress("making the Debian base image", () => debootstrap(options, join(target, "base.tar"))),
  );
  return join(folder, "base.tar");
}

/** Whether {@link baseImage} is in the cache. */
export async function baseImageIsThere(): Promise<boolean> {
  return isCached("debian-base", (await baseImageContent()).key);
}

function nodeRootKey(): Promise<string> {
  return contentKey([SUITE, process.arch, ...NODE_PACKAGES]);
}

async function baseImageContent(): Promise<{ key: string; options: string[] }> {
  const own = existsSync(OWN_AUTHORITIES) ? await readdir(OWN_AUTHORITIES) : [];
  const trust = own.length > 0 ? readFileSync(BUNDLE, "utf8") : "";
  const hook =
    `--customize-hook=mkdir -p "$1${OWN_AUTHORITIES}" "$1/etc/ssl/certs" && ` +
    `cp -L ${OWN_AUTHORITIES}/* "$1${OWN_AUTHORITIES}/" && cp -L ${BUNDLE} "$1${BUNDLE}"`;
  const key = await contentKey([SUITE, process.arch, hook, trust]);
  return { key, options: trust ? [hook] : [] };
}

/** Makes a minimal Debian with mmdebstrap: a tree, or a tar when the target's name ends so. */
async function debootstrap(options: readonly string[], target: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "kubeflower-"));
  try {
    const { program, keyring } = await mmdebstrap(scratch);
    const args = [
      program,
      "--variant=minbase",
      "--mode=root",
      `--keyring=${keyring}`,
      ...options,
      SUITE,
      target,
    ];
    await command("perl", args, { seconds: MINUTES * 60, env: { TMPDIR: scratch } });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Downloads Debian's mmdebstrap and keys, with an apt state apart from the host's so that the host's stays as it is. */
async function mmdebstrap(scratch: string): Promise<{ program: string; keyring: string }> {
  if (!(await answers("apt-get", ["--version"]))) {
    throw new Error(
      "this machine has no apt-get, and the embedded cluster takes containerd and Docker from Debian's packages — " +
        "it needs Debian or a system made from it — use a cluster of your own instead: `pulumi up -s dev` (minikube)",
    );
  }
  const own = join(scratch, "apt");
  for (const folder of ["state/lists/partial", "cache/archives/partial"]) {
    await mkdir(join(own, folder), { recursive: true });
  }
  const options = [
    ...["-o", `Dir::State=${own}/state`, "-o", "Dir::State::status=/var/lib/dpkg/status"],
    ...["-o", `Dir::Cache=${own}/cache`, "-o", "APT::Sandbox::User=root", "-qq"],
  ];
  await command("apt-get", [...options, "update"], { seconds: MINUTES * 60 });
  const packages = ["mmdebstrap", "debian-archive-keyring"];
  await command("apt-get", [...options, "download", ...packages], { cwd: own, seconds: 300 });
  for (const file of (await readdir(own)).filter((name) => name.endsWith(".deb"))) {
    await command("dpkg-deb", ["-x", join(own, file), scratch]);
  }
  return {
    program: join(scratch, "usr/bin/mmdebstrap"),
    keyring: join(scratch, "usr/share/keyrings/debian-archive-keyring.gpg"),
  };
}
