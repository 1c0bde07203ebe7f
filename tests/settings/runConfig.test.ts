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
    expect(read({ anything: {} }, "elsewhere").faults).toEqual(["runConfig.anything is {}"]);
  });
});
