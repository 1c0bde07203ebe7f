import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { DATA_FOLDER } from "../../contract/names.ts";
import type { Checkout } from "../../dev/checkout.ts";
import { DockerEngine } from "../../local/machine/dockerEngine.ts";
import { buildImage } from "../../docker/build.ts";
import { DockerApi } from "../../docker/dockerApi.ts";
import { sharedCheckout } from "./support/sharedCheckout.ts";

const MINUTE = 60_000;
/** Minutes within which an `up` must end. */
const DEADLINE = 5;
const CASE = { timeout: (DEADLINE + 1) * MINUTE };
const UP = ["up", "--yes", "--skip-preview", "--non-interactive"];
/** The build step that installs an app's dependencies, when its layer is cached. */
const INSTALLED = /dependencies (\d)\/\1\] RUN .* python3 -m dependencies .* \(cached\)/;
let checkout: Checkout;

beforeAll(async () => {
  checkout = await sharedCheckout("apps");
  await checkout.set({ rounds: "2", clients: "3" });
  await up("tests/app/quickstart");
}, 45 * MINUTE);

afterAll(() => checkout.remove(), 5 * MINUTE);

/** Runs an app to its end; returns what `up` printed. */
async function up(app: string): Promise<string> {
  await checkout.pulumi("config", "set", "app", app);
  const { code, said } = await checkout.ended("pulumi", UP, DEADLINE);
  expect(code, said).toBe(0);
  expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 2 });
  return said;
}

/** Runs a line of Python in the folder where the run's app worked; returns what it printed, as JSON. */
async function found(line: string): Promise<unknown> {
  const { id } = await checkout.result();
  const work = `${DATA_FOLDER}/runs/${id}/work`;
  const script = [
    "exec",
    "deploy/flower-server",
    "--",
    "sh",
    "-c",
    `cd ${work} && python3 -c "$0"`,
  ];
  return JSON.parse(await checkout.kubectl(...script, line));
}

/** Runs a copy of the NumPy app with other dependencies; returns how `up` ended. */
async function upWith(...dependencies: string[]): Promise<{ code: number; said: string }> {
  const app = join(checkout.sources, "other");
  const project = await readFile("tests/app/quickstart/pyproject.toml", "utf8");
  await checkout.ended("cp", ["-r", "tests/app/quickstart", app]);
  await writeFile(
    join(app, "pyproject.toml"),
    project.replace(
      /dependencies = \[\n[^]*?\n\]/,
      `dependencies = ${JSON.stringify(dependencies)}`,
    ),
  );
  await checkout.pulumi("config", "set", "app", "other");
  const ended = await checkout.ended("pulumi", UP, DEADLINE);
  await checkout.ended("rm", ["-r", app]);
  return ended;
}

/** The part of what `up` printed that stays: status lines go by. */
function stays(said: string): string {
  return said.slice(said.indexOf("\nDiagnostics:\n"));
}

test("an app laid out by `flwr new` runs and leaves its model on the volume", CASE, async () => {
  expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 2 });
  const shape = `import json, numpy; print(json.dumps([a.shape for a in numpy.load("final_model.npz").values()]))`;
  expect(await found(shape)).toEqual([[2, 3]]);
});

test(
  "a client reads a file that its app brings, and a nested key that the user sets",
  CASE,
  async () => {
    await checkout.pulumi("config", "set", "--path", "runConfig.noise.scale", "0");
    await up("tests/app/quickstart");
    await checkout.pulumi("config", "rm", "runConfig");
    // Ones, and in each of two rounds the file's 0.5 without noise.
    const layer = `import numpy; print(numpy.load("final_model.npz")["arr_0"].tolist())`;
    expect(await found(layer)).toEqual([
      [2, 2, 2],
      [2, 2, 2],
    ]);
  },
);

test("an app on scikit-learn gets it and leaves a model that knows the digits", CASE, async () => {
  await up("examples/digits");
  const { accuracy } = await checkout.result();
  expect(accuracy).toBeGreaterThan(0.85);
  const score = `
import joblib
from sklearn.datasets import load_digits
images, labels = load_digits(return_X_y=True)
print(joblib.load("logreg_model.pkl").score(images / 16, labels))`;
  expect(await found(score)).toBeGreaterThan(0.85);
});

test("another line in the app's sources installs nothing anew", CASE, async () => {
  const { id } = await checkout.result();
  const source = join(checkout.sources, "examples/digits/digits/__init__.py");
  await appendFile(source, "# Another line.\n");
  const said = await up("examples/digits");
  expect(said).toMatch(INSTALLED);
  expect((await checkout.result()).id).not.toBe(id);
});

test("trees of XGBoost are collected from all clients, and kept as they are", CASE, async () => {
  await up("examples/trees");
  const count = `
import xgboost
model = xgboost.Booster()
model.load_model("trees.json")
print(model.num_boosted_rounds())`;
  // One tree of each of three clients in each of two rounds.
  expect(await found(count)).toBe(6);
  expect((await checkout.result()).modelSha256).toMatch(/^[0-9a-f]{64}$/);
});

test("an app drives the Grid by hand, with clients that keep a state", CASE, async () => {
  await up("examples/custom-loop");
  expect(await found(`print(open("answers.json").read())`)).toEqual({
    who: [0, 1, 2],
    times: [2, 2, 2],
  });
});

test("an app's SecAgg+ workflow sums what no client shows", CASE, async () => {
  await up("examples/secure-aggregation");
  const weights = await found(`import numpy; print(numpy.load("weights.npy").tolist())`);
  // Each round adds the mean of 0, 1 and 2, which the protocol quantises.
  for (const weight of weights as number[]) expect(weight).toBeCloseTo(2, 1);
});

test("a package that the registry lacks fails `up` with its name", CASE, async () => {
  const { code, said } = await upWith("flwr>=1.25.0", "kubeflower-has-no-such-package>=2");
  expect(code).toBe(1);
  // The plugin's own error, like the official one's, says no more than this.
  expect(stays(said)).toMatch(/error reading build output: .* exit code: 1$/m);
  expect(stays(said)).toContain(
    "error: the app needs kubeflower-has-no-such-package>=2, which the package registry lacks — allowed: packages that it has — correct `dependencies` in the app's pyproject.toml",
  );
});

test("another flwr than the engine's is refused before anything is built", CASE, async () => {
  const { code, said } = await upWith("flwr[simulation]>=1.50.0", "numpy");
  expect(code).toBe(1);
  expect(said).toContain(
    'app "other" asks for flwr[simulation]>=1.50.0, and the engine works with flwr 1.42.0 alone — the image must be able to have it — correct `dependencies` in other/pyproject.toml',
  );
});

test("an app gets the numpy that it pins, and runs with it", CASE, async () => {
  const { code, said } = await upWith("flwr[simulation]>=1.25.0", "numpy==2.3.1");
  expect(code, said).toBe(0);
  expect(await checkout.result()).toMatchObject({ state: "completed", rounds: 2 });
  expect(await found("import json, numpy; print(json.dumps(numpy.__version__))")).toBe("2.3.1");
});

/** Makes a base with a Python, numpy and pip of its own: a stage of the image, which Docker has already. */
async function makeBase(imageName: string): Promise<void> {
  const context = join(checkout.sources, ".build/image");
  const dockerfile = join(context, "Dockerfile");
  const docker = await DockerApi.connect({ host: new DockerEngine().host });
  const signal = AbortSignal.timeout(DEADLINE * MINUTE);
  const inputs = { imageName, build: { target: "pip", network: "host" } };
  await buildImage(docker, inputs, { context, dockerfile, line: () => undefined, signal });
}

test("an app runs on a base of the user's own, with the numpy that is there", CASE, async () => {
  await makeBase("kubeflower-base:e2e");
  await checkout.pulumi("config", "set", "base", "kubeflower-base:e2e");
  await up("tests/app/quickstart");
  const files = "import json, flwr, numpy; print(json.dumps([flwr.__file__, numpy.__file__]))";
  expect(await found(files)).toEqual([
    "/opt/kubeflower/flwr/__init__.py",
    "/usr/lib/python3/dist-packages/numpy/__init__.py",
  ]);
});
