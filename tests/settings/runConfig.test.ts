import { describe, expect, it } from "vitest";
import { Faults } from "../../settings/faults.ts";
import { readRunConfig } from "../../settings/runConfig.ts";

function read(given: Record<string, unknown>, app: string | undefined = "app/vision") {
  const faults = new Faults("s");
  const runConfig = readRunConfig(given, app, faults);
  return { runConfig, faults: faults.found.map(({ wrong }) => wrong) };
}

describe("readRunConfig", () => {
  it.each<[Record<string, unknown>, object]>([
    [{ alpha: "1e-3" }, { alpha: 0.001 }],
    [{ alpha: 1 }, { alpha: 1 }],
    [{ "local-epochs": "2" }, { "local-epochs": 2 }],
    [{ dataset: 10 }, { dataset: "10" }],
  ])("reads %j by the app's types", (given, typed) => {
    expect(read(given)).toEqual({ runConfig: typed, faults: [] });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ "local-epochs": 1.5 }, "runConfig.local-epochs is 1.5"],
    [{ "local-epochs": "1.5" }, 'runConfig.local-epochs is "1.5"'],
    [{ alpha: true }, "runConfig.alpha is true"],
    [{ alpha: [1] }, "runConfig.alpha is [1]"],
    [{ alpha: null }, "runConfig.alpha is null"],
    [{ "num-server-rounds": 3 }, "runConfig.num-server-rounds is set"],
    [{ "a b": 3 }, 'runConfig["a b"] is no run config of the app'],
  ])("refuses %j", (given, wrong) => {
    expect(read(given).faults).toEqual([wrong]);
  });

  it("takes any scalar when the app is not here to be asked", () => {
    const given = { anything: "1", more: 2, flag: false };
    expect(read(given, "elsewhere")).toEqual({ runConfig: given, faults: [] });
    expect(read({ anything: [] }, "elsewhere").faults).toEqual(["runConfig.anything is []"]);
  });

  describe("with an app that has tables", () => {
    const app = "tests/settings/nested";

    it.each<[Record<string, unknown>, object]>([
      [{ params: { eta: "0.3" } }, { "params.eta": 0.3 }],
      [{ "params.eta": "0.3" }, { "params.eta": 0.3 }],
      [
        { params: { tree: { depth: 6 } }, name: true },
        { "params.tree.depth": 6, name: "true" },
      ],
      [{ params: { "tree.depth": "0x10" } }, { "params.tree.depth": 16 }],
      [{ params: {} }, {}],
      [{ "params.eta": 1e300 }, { "params.eta": 1e300 }],
      [{ seed: "any" }, { seed: "any" }],
    ])("reads %j as flat keys", (given, typed) => {
      expect(read(given, app)).toEqual({ runConfig: typed, faults: [] });
    });

    it.each<[Record<string, unknown>, string, string]>([
      [
        { params: { eta: 1 }, "params.eta": 2 },
        'runConfig["params.eta"] is set twice',
        "pulumi config rm --path 'runConfig[\"params.eta\"]' -s s",
      ],
      [
        { params: { etas: 1 } },
        "runConfig.params.etas is no run config of the app",
        "pulumi config rm --path 'runConfig.params.etas' -s s",
      ],
      [
        { params: { tree: { depth: 2 ** 60 } } },
        "runConfig.params.tree.depth is 1152921504606847000",
        "pulumi config set --path 'runConfig.params.tree.depth' <value> -s s",
      ],
      [
        { params: { tree: { depth: "4.0" } } },
        'runConfig.params.tree.depth is "4.0"',
        "pulumi config set --path 'runConfig.params.tree.depth' <value> -s s",
      ],
      [
        { "params.eta": "nan" },
        'runConfig["params.eta"] is "nan"',
        "pulumi config set --path 'runConfig[\"params.eta\"]' <value> -s s",
      ],
    ])("refuses %j with the command for the form that was used", (given, wrong, remedy) => {
      const faults = new Faults("s");
      readRunConfig(given, app, faults);
      expect(faults.found.map((fault) => [fault.wrong, fault.remedy])).toEqual([[wrong, remedy]]);
    });
  });
});
