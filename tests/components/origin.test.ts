import { expect, test } from "vitest";

import { originOf } from "../../components/origin.ts";
import { readSettings } from "../../settings/read.ts";
import { projectDefaults } from "../support/stackConfig.ts";

test("a run's origin has what decides about its model, and no value of a build argument", () => {
  const settings = readSettings(
    {
      ...projectDefaults(),
      runToken: "again",
      base: "python:3.13-slim",
      gpus: "1",
      buildArgs: '{"PIP_INDEX_URL":"https://me:secret@mirror/simple","HTTPS_PROXY":"http://p"}',
      clientResources: '{"cpu":"2500m"}',
    },
    "dev",
  );
  expect(originOf(settings, "0f1e")).toEqual({
    app: "app/vision",
    base: "python:3.13-slim",
    runToken: "again",
    sources: "0f1e",
    threads: { server: 1, client: 2 },
    gpus: 1,
    buildArgs: ["HTTPS_PROXY", "PIP_INDEX_URL"],
  });
});

test("what is not set is not in the origin, so that only a change of the result restarts the server", () => {
  const few = { ...projectDefaults(), clientResources: '{"cpu":"900m"}' };
  expect(JSON.stringify(originOf(readSettings(few, "dev"), "0f1e"))).toBe(
    '{"app":"app/vision","runToken":"","sources":"0f1e","threads":{"server":1,"client":1}}',
  );
});
