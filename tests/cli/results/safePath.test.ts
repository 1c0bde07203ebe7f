import { expect, test } from "vitest";

import { strangeName } from "../../../cli/results/safePath.ts";

test.each(["model.safetensors", "work/a b/ü.txt", "work/.hidden", "work/manifest.json"])(
  "%s can be written everywhere",
  (path) => {
    expect(strangeName(path, "linux")).toBe(undefined);
    expect(strangeName(path, "win32")).toBe(undefined);
  },
);

test.each(["../a", "/etc/passwd", "a/../b", "a//b", "./a", ""])("%s leads elsewhere", (path) => {
  expect(strangeName(path, "linux")).toBe("it leads elsewhere");
});

test("only logs that the server keeps come into the folder of logs", () => {
  for (const name of ["logs/server.log", "logs/client-12.log"]) {
    expect(strangeName(name)).toBe(undefined);
  }
  for (const name of ["logs", "logs/flower-client-0.log", "logs/client-1.log/a", "report.html"]) {
    expect(strangeName(name)).toBe("results has a file of that name itself");
  }
});

test.each(["a:b", "a\\..\\b", "work/con.txt", "work/a.", "work/a?"])(
  "Windows cannot write %s",
  (path) => {
    expect(strangeName(path, "linux")).toBe(undefined);
    expect(strangeName(path, "win32")).toBe("Windows cannot write that name");
  },
);
