import { expect, test } from "vitest";

import { goEnvironment } from "../../../local/tools/go.ts";

const GIB = 2 ** 30;

test("compilers collect no garbage where a quarter of a core's share of memory is a GiB or more", () => {
  expect(goEnvironment(24 * GIB, 2)).toMatchObject({ GOGC: "off", GOMEMLIMIT: "3072MiB" });
  expect(goEnvironment(8 * GIB, 2)).toMatchObject({ GOGC: "off", GOMEMLIMIT: "1024MiB" });
});

test("compilers collect garbage as usual where memory is short", () => {
  expect(goEnvironment(4 * GIB, 2)).not.toHaveProperty("GOGC");
  expect(goEnvironment(16 * GIB, 16)).not.toHaveProperty("GOMEMLIMIT");
});

test("nothing of the machine gets into a program", () => {
  const { CGO_ENABLED, GOFLAGS, GOWORK } = goEnvironment();
  expect(CGO_ENABLED).toBe("0");
  expect(GOWORK).toBe("off");
  expect(GOFLAGS?.split(" ")).toEqual(expect.arrayContaining(["-trimpath", "-buildvcs=false"]));
});
