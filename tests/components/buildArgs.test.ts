import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { completeBuildArgs } from "../../components/buildArgs.ts";
import { DECLARED } from "../../settings/buildArgs.ts";

const PROXY = "http://proxy:3128";

it("takes the environment's proxies, by both of their names, and nothing else of it", () => {
  const environment = { HTTPS_PROXY: PROXY, no_proxy: "localhost", ALL_PROXY: "a", HOME: "b" };
  expect(completeBuildArgs({}, environment)).toEqual({
    HTTPS_PROXY: PROXY,
    https_proxy: PROXY,
    NO_PROXY: "localhost",
    no_proxy: "localhost",
  });
  expect(completeBuildArgs({}, { HTTP_PROXY: "one", http_proxy: "two" })).toEqual({
    HTTP_PROXY: "two",
    http_proxy: "two",
  });
});

it("prefers what is given, and takes no proxy where it is given as nothing", () => {
  const environment = { HTTPS_PROXY: "other", https_proxy: "other", HTTP_PROXY: "other" };
  const given = { HTTPS_PROXY: PROXY, http_proxy: "", PIP_INDEX_URL: "https://mirror/simple" };
  expect(completeBuildArgs(given, environment)).toEqual({
    HTTPS_PROXY: PROXY,
    https_proxy: PROXY,
    PIP_INDEX_URL: "https://mirror/simple",
  });
});

it("knows the arguments that the Dockerfile declares, which none of the image's own stages does", () => {
  const [before = "", access = "", ...stages] = readFileSync("app/Dockerfile", "utf8").split(
    /^FROM /m,
  );
  const declared = (text: string): string[] =>
    [...text.matchAll(/^ARG (\w+)/gm)].map(([, name]) => name ?? "");
  expect(declared(before)).toEqual(["BASE", "KIND"]);
  expect(access.split("\n")[0]).toBe("${BASE} AS access");
  expect(declared(access)).toEqual([...DECLARED]);
  expect(stages.flatMap(declared)).toEqual([]);
});
