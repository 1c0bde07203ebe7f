import { cp, lstat, readFile, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

import { cached, contentKey, isCached } from "./cached.ts";
import { project } from "./folders.ts";
import { download, patchModule } from "./go.ts";
import { goBuild } from "./goBuild.ts";

/** A program built from the Go modules that `local/go/<name>` pins by its go.sum. */
interface Tool {
  /** The program's name for a person, such as "the Pulumi CLI". */
  readonly what: string;
  /** The package to build. @default the main package in `local/go/<name>` */
  readonly package?: string;
  /** The Go module with the program; its version is linked in as {@link versionVariable}. @default none */
  readonly module?: string;
  /** The Go variable that gets the version, by its import path and name. @default none */
  readonly versionVariable?: string;
  /** The npm package whose version is linked in instead of the module's: an SDK asks for a provider of the SDK's version. @default none */
  readonly versionOf?: string;
  /** Files copied from the folder `from` of {@link module} before the build, since they are too large for this repository. @default none */
  readonly files?: { readonly from: string; readonly names: readonly string[] };
  /** Whether a copy of {@link module} is built with the files of `local/go/<name>/patch` laid over it. @default false */
  readonly patched?: boolean;
  /** Other names by which the program is called. @default none */
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
    patched: true,
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

/**
 * Returns the folder that holds the program, built on first use. A change of its sources, its pins or its row in the table makes another.
 *
 * @param report takes the share of the build that is done, 0 to 1
 */
export async function tool(
  name: ToolName,
  report: (share: number) => void = () => undefined,
): Promise<string> {
  return cached(name, await toolKey(name), (folder) => build(name, folder, report));
}

/** Whether the program is built already. */
export async function toolIsBuilt(name: ToolName): Promise<boolean> {
  return isCached(name, await toolKey(name));
}

/** Returns the file with the OpenAPI document of the Kubernetes that is built here. */
export async function openApi(): Promise<string> {
  const { Dir } = await download("k8s.io/kubernetes", sources("kube"));
  return join(Dir, "api/openapi-spec/swagger.json");
}

async function toolKey(name: ToolName): Promise<string> {
  const spec: Tool = tools[name];
  const version = spec.versionOf && (await dependencyVersion(spec.versionOf));
  return contentKey([
    ...(await filesUnder(sources(name))).map((file) => ({ file })),
    JSON.stringify([spec, version, process.arch]),
  ]);
}

async function filesUnder(folder: string): Promise<string[]> {
  const paths = (await readdir(folder, { recursive: true })).map((path) => join(folder, path));
  const areFiles = await Promise.all(paths.map(async (path) => (await lstat(path)).isFile()));
  return paths.filter((_, i) => areFiles[i]).sort();
}

function sources(name: ToolName): string {
  return join(project, "local/go", name);
}

async function dependencyVersion(name: string): Promise<string | undefined> {
  const text = await readFile(join(project, "package.json"), "utf8");
  return (JSON.parse(text) as { dependencies: Record<string, string> }).dependencies[name];
}

async function build(
  name: ToolName,
  folder: string,
  report: (share: number) => void,
): Promise<void> {
  const spec: Tool = tools[name];
  const workspace = join(folder, "src");
  await cp(sources(name), workspace, { recursive: true });
  const variables: Record<string, string> = {};
  if (spec.module) {
    const module = await download(spec.module, workspace);
    for (const file of spec.files?.names ?? []) {
      await cp(join(module.Dir, spec.files?.from ?? "", file), join(workspace, file));
    }
    if (spec.patched) await patchModule(spec.module, module, workspace);
    const version = spec.versionOf ? await dependencyVersion(spec.versionOf) : module.Version;
    if (spec.versionVariable) variables[spec.versionVariable] = version ?? "";
  }
  const program = { what: spec.what, folder: workspace, target: spec.package ?? ".", variables };
  await goBuild({ ...program, output: join(folder, name) }, report);
  await rm(workspace, { recursive: true });
  for (const alias of spec.links ?? []) await symlink(name, join(folder, alias));
}
