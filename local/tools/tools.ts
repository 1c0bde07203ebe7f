import { cp, readFile, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

import { cached, contentKey } from "./cached.ts";
import { command } from "./command.ts";
import { project } from "./folders.ts";
import { progress } from "./progress.ts";

/** A program built from the Go modules that `local/go/<name>` pins by its go.sum. */
interface Tool {
  readonly what: string;
  /** The package to build. @default the module's own main package */
  readonly package?: string;
  /** The module it is made of; its version is linked in as {@link versionVariable}. */
  readonly module?: string;
  readonly versionVariable?: string;
  /** The npm package whose version is linked in instead: the SDK asks for a provider of its own version. */
  readonly versionOf?: string;
  /** Files taken from the folder `from` of {@link module} before building, too large to be kept here. */
  readonly files?: { readonly from: string; readonly names: readonly string[] };
  /** Other names by which the program is called. */
  readonly links?: readonly string[];
}

const tools = {
  pulumi: {
    what: "the Pulumi CLI",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    module: "github.com/pulumi/pulumi/pkg/v3",
    versionVariable: "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version",
  },
  "pulumi-resource-kubernetes": {
    what: "Pulumi's Kubernetes provider",
    module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
    versionVariable: "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version",
    versionOf: "@pulumi/kubernetes",
    files: {
      from: "cmd/pulumi-resource-kubernetes",
      names: ["schema.json", "terraform-mapping.json"],
    },
  },
  kube: {
    what: "Kubernetes and etcd",
    module: "k8s.io/kubernetes",
    versionVariable: "k8s.io/component-base/version.gitVersion",
    links: ["kubectl"],
  },
  coredns: { what: "CoreDNS", module: "github.com/coredns/coredns" },
  pause: { what: "the pause program" },
  "kube-router": {
    what: "kube-router, the network policies' enforcer",
    package: "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",
    module: "github.com/cloudnativelabs/kube-router/v2",
  },
  actionlint: {
    what: "actionlint, the workflows' linter",
    package: "github.com/rhysd/actionlint/cmd/actionlint",
    module: "github.com/rhysd/actionlint",
  },
  "pod-security": { what: "the evaluator of Kubernetes' Pod Security Standards" },
  kubeconform: {
    what: "kubeconform, the validator by Kubernetes' schemas",
    package: "github.com/yannh/kubeconform/cmd/kubeconform",
    module: "github.com/yannh/kubeconform",
  },
  "kube-score": {
    what: "kube-score, the scanner of Kubernetes objects",
    package: "github.com/zegl/kube-score/cmd/kube-score",
    module: "github.com/zegl/kube-score",
  },
} satisfies Record<string, Tool>;

/** The name of a program that {@link tool} builds. */
export type ToolName = keyof typeof tools;

/** The folder that holds the program, built on first use and kept by the content of what decides it. */
export async function tool(name: ToolName): Promise<string> {
  const spec: Tool = tools[name];
  const version = spec.versionOf && (await dependencyVersion(spec.versionOf));
  const source = join(project, "local/go", name);
  const key = await contentKey([
    ...(await readdir(source)).map((file) => ({ file: join(source, file) })),
    JSON.stringify([spec, version, process.arch]),
  ]);
  return cached(name, key, (folder) =>
    progress(`building ${spec.what} from its Go modules`, () =>
      build(name, { ...spec, version }, source, folder),
    ),
  );
}

/** The OpenAPI document of the Kubernetes that is built here. */
export async function openApi(): Promise<string> {
  const { Dir } = await download("k8s.io/kubernetes", join(project, "local/go/kube"));
  return join(Dir, "api/openapi-spec/swagger.json");
}

async function dependencyVersion(name: string): Promise<string | undefined> {
  const text = await readFile(join(project, "package.json"), "utf8");
  return (JSON.parse(text) as { dependencies: Record<string, string> }).dependencies[name];
}

async function build(
  name: string,
  spec: Tool & { readonly version: string | undefined },
  source: string,
  folder: string,
): Promise<void> {
  const workspace = join(folder, "src");
  await cp(source, workspace, { recursive: true });
  let version = spec.version;
  if (spec.module) {
    const module = await download(spec.module, workspace);
    for (const file of spec.files?.names ?? [])
      await cp(join(module.Dir, spec.files?.from ?? "", file), join(workspace, file));
    version ??= module.Version;
  }
  const link = spec.versionVariable ? ` -X ${spec.versionVariable}=${version}` : "";
  const output = join(folder, name);
  const target = spec.package ?? ".";
  await go(["build", "-ldflags", `-s -w${link}`, "-o", output, target], workspace);
  await rm(workspace, { recursive: true });
  for (const alias of spec.links ?? []) await symlink(name, join(folder, alias));
}

/** Downloads a module at the version that the folder's go.mod pins. */
async function download(module: string, cwd: string): Promise<{ Version: string; Dir: string }> {
  // Only this one: a build downloads what it needs of the others, and not every one in go.sum is served.
  const json = await go(["mod", "download", "-json", module], cwd);
  return JSON.parse(json) as { Version: string; Dir: string };
}

function go(args: string[], cwd: string): Promise<string> {
  // VCS stamps and paths would make the result depend on where the checkout lies.
  const env = { CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false -trimpath", GOWORK: "off" };
  return command("go", args, { cwd, env, seconds: 45 * 60 });
}
