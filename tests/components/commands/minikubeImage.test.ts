import { execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";

let bin: string;

beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "minikube-"));
});

afterEach(() => {
  rmSync(bin, { recursive: true });
});

/** Runs the script with a `minikube` that is this shell script; its $4 is load, build or ls. */
function run(minikube: string | undefined, order: object) {
  if (minikube !== undefined) install(minikube);
  return spawnSync("node", PROGRAM, { encoding: "utf8", env: environment(order) });
}

/** Does the same while this process goes on, with a Docker that it may play. */
function runBeside(minikube: string, order: object, docker: string) {
  install(minikube);
  const env = { ...environment(order), DOCKER_HOST: docker };
  return promisify(execFile)("node", PROGRAM, { encoding: "utf8", env });
}

const PROGRAM = ["cli/start.mjs", "components/commands/minikubeImage.ts"];

function install(minikube: string): void {
  writeFileSync(join(bin, "minikube"), `#!/bin/sh\necho "$@" >> ${bin}/calls\n${minikube}\n`);
  chmodSync(join(bin, "minikube"), 0o755);
}

function environment(order: object): NodeJS.ProcessEnv {
  return {
    PATH: `${bin}:${dirname(process.execPath)}:/bin:/usr/bin`,
    KUBEFLOWER_LOAD: JSON.stringify(order),
  };
}

const ORDER = { image: "kubeflower:0123", profile: "lab" };
const lists = (...images: string[]): string =>
  `[ "$4" = ls ] && printf '%s\\n' ${images.join(" ")}; exit 0`;

it.each(["kubeflower:0123", "docker.io/library/kubeflower:0123", "localhost/kubeflower:0123"])(
  "loads an image that minikube lists as %s",
  (listed) => {
    const { status, stdout } = run(lists("registry.k8s.io/pause:3.10", listed), ORDER);
    expect(status).toBe(0);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("kubeflower:0123");
  },
);

it("talks to its profile only", () => {
  run(lists("kubeflower:0123"), ORDER);
  expect(readFileSync(join(bin, "calls"), "utf8")).toBe(
    "-p lab image load kubeflower:0123\n-p lab image ls\n-p lab node list\n",
  );
});

/** Lines of a minikube of two nodes; `second` answers for the second one's crictl. */
const twoNodes = (second: string): string => `case "$*" in
  *"image ls") echo kubeflower:0123;;
  *"node list") printf 'lab\\t192.168.49.2\\nlab-m02\\t192.168.49.3\\n';;
  *"ssh -n lab -- sudo crictl inspecti -o json kubeflower:0123") echo '${crictl("a")}';;
  *"ssh -n lab-m02 -- sudo crictl"*) ${second};;
  esac`;
const crictl = (digit: string): string =>
  `{"status": {"id": "sha256:${digit.repeat(64)}", "repoTags": []}}`;

it("asks each of several nodes, of any runtime, for the image", () => {
  const { status, stdout, stderr } = run(twoNodes(`echo '${crictl("a")}'`), ORDER);
  expect([status, stdout, stderr]).toEqual([0, "kubeflower:0123\n", ""]);
});

it("fails when one of several nodes has no image, though minikube lists it", () => {
  const absent = `echo 'level=fatal msg="no such image \\"kubeflower:0123\\" present"' >&2; exit 1`;
  expect(run(twoNodes(absent), ORDER).stderr).toBe(
    "node lab-m02 of minikube lab has no image kubeflower:0123, and another node has it — pods may " +
      "start on each node — see `minikube -p lab status`, start the node, then: pulumi up\n",
  );
});

it("fails when nodes keep different images of that name, unless each has built its own", () => {
  const other = twoNodes(`echo '${crictl("b")}'`);
  expect(run(other, ORDER).stderr).toBe(
    "minikube's nodes have different images of kubeflower:0123 (lab aaaaaaaaaaaa, lab-m02 bbbbbbbbbbbb) — " +
      "they must have the same — \`minikube -p lab image rm kubeflower:0123\`, then: pulumi up\n",
  );
  const { status } = run(other, { ...ORDER, build: { context: "components" } });
  expect(status).toBe(0);
});

it("says when a node could not be asked, and goes by minikube's own list", () => {
  const { status, stdout } = run(twoNodes("echo 'ssh: no route to host' >&2; exit 1"), ORDER);
  expect(stdout).toBe(
    "node lab-m02 was not asked for its images: ssh: no route to host\nkubeflower:0123\n",
  );
  expect(status).toBe(0);
});

it.each([["docker.io/library/kubeflower:01234"], ["other/kubeflower:0123"], ["kubeflower:latest"]])(
  "fails when minikube says it has loaded the image, but lists %s only",
  (listed) => {
    const { status, stderr } = run(lists(listed), ORDER);
    expect(status).toBe(1);
    expect(stderr.trimEnd()).toBe(
      "minikube has no image kubeflower:0123 after `minikube image load`, which said it was done — " +
        "the exact tag must be in `minikube -p lab image ls` — see the lines above and " +
        "`minikube -p lab status`, or `pulumi config set builder minikube`",
    );
  },
);

it("builds inside minikube from the staged context", () => {
  const order = { ...ORDER, build: { context: "components" } };
  const { status, stderr } = run(
    `case "$*" in "-p lab image build --all -t kubeflower:0123 components") exit 0;; ` +
      `"-p lab image ls") echo docker.io/library/kubeflower:0123;; *) echo "got $*" >&2; exit 9;; esac`,
    order,
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

it("hands the options to minikube's builder, and shows no password of theirs", () => {
  const options = ["build-arg=PIP_INDEX_URL=https://me:password@mirror/simple"];
  const order = { ...ORDER, build: { context: "components", options } };
  const { status, stdout, stderr } = run(
    `echo "audit: $MINIKUBE_SKIP_AUDIT"; echo "$6" >&2; [ "$4" = build ] && exit 3`,
    order,
  );
  expect(status).toBe(1);
  expect(stdout).toContain("audit: true\n");
  expect(stdout).toContain("--build-opt=build-arg=PIP_INDEX_URL=https://…@mirror/simple\n");
  expect(readFileSync(join(bin, "calls"), "utf8")).toBe(
    "-p lab image build --all --build-opt=build-arg=PIP_INDEX_URL=https://me:password@mirror/simple -t kubeflower:0123 components\n",
  );
  expect(stderr).toMatch(
    /^`minikube -p lab image build --all -t kubeflower:0123 components` ended with 3: /,
  );
  expect(stdout + stderr).not.toContain("password");
});

it("passes on what a failing minikube said last", () => {
  const { status, stderr } = run("echo 'no space left on device' >&2; exit 80", ORDER);
  expect(status).toBe(1);
  expect(stderr).toBe(
    "`minikube -p lab image load kubeflower:0123` ended with 80: no space left on device\n",
  );
});

it("finds the cause in what minikube says around it", () => {
  const said = [
    "X Exiting due to GUEST_IMAGE_LOAD: Failed to load image: no such image",
    "",
    "│ box │",
  ];
  const { stderr } = run(
    `printf '%s\\n' ${said.map((line) => `'${line}'`).join(" ")} >&2; exit 80`,
    ORDER,
  );
  expect(stderr).toBe(
    "`minikube -p lab image load kubeflower:0123` ended with 80: " +
      "GUEST_IMAGE_LOAD: Failed to load image: no such image\n",
  );
});

it("shows what a build says, and not the list of images", () => {
  const order = { ...ORDER, build: { context: "components" } };
  const { stdout } = run(
    `[ "$4" = ls ] && echo kubeflower:0123 && echo other:1 || { echo step 1; echo step 2 >&2; }`,
    order,
  );
  expect(stdout).toMatch(/^(step 1\nstep 2|step 2\nstep 1)\nkubeflower:0123\n$/);
});

it("says how big the image is and how long it has loaded, while minikube says nothing", async () => {
  const socket = join(bin, "docker.sock");
  const docker = createServer(({ url }, response) => {
    response.setHeader("api-version", "1.41");
    response.end(url === "/v1.41/images/kubeflower:0123/json" ? '{"Size": 753400000}' : "{}");
  }).listen(socket);
  try {
    const order = { ...ORDER, every: 0.01 };
    const { stdout } = await runBeside(
      `[ "$4" = ls ] && echo kubeflower:0123 || sleep 0.5`,
      order,
      `unix://${socket}`,
    );
    expect(stdout).toMatch(
      /^(loading kubeflower:0123 \(753 MB\) into minikube lab: [01] s so far\n){2,}kubeflower:0123\n$/,
    );
  } finally {
    docker.close();
  }
});

it("does not need to know the image's size", async () => {
  const order = { ...ORDER, every: 0.01 };
  const { stdout } = await runBeside(
    `[ "$4" = ls ] && echo kubeflower:0123 || sleep 0.5`,
    order,
    "unix:///nowhere",
  );
  expect(stdout).toMatch(/^loading kubeflower:0123 into minikube lab: [01] s so far\n/);
});

it("never prints a line that Pulumi could not read", () => {
  const { stdout, stderr } = run("head -c 200000 /dev/zero | tr '\\0' x >&2; exit 1", ORDER);
  const longest = Math.max(...`${stdout}\n${stderr}`.split("\n").map((line) => line.length));
  expect(longest).toBeLessThan(65_536);
});

it("says so when there is no minikube", () => {
  const { status, stderr } = run(undefined, ORDER);
  expect(status).toBe(1);
  expect(stderr).toBe(
    "`minikube` is not on PATH — cluster minikube needs it — install it, or `pulumi config set cluster remote`\n",
  );
});
