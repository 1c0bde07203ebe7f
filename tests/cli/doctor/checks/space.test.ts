import { expect, test } from "vitest";

import { spaceFinding } from "../../../../cli/doctor/checks/space.ts";

const GIB = 2 ** 30;

test("a volume with room for another run is ok", () => {
  expect(spaceFinding(GIB, [])).toMatchObject({
    state: "ok",
    text: "0 runs take 0 B of the volume's 1.1 GB",
  });
  expect(spaceFinding(GIB, [3e8])).toMatchObject({
    state: "ok",
    text: "1 run takes 300.0 MB of the volume's 1.1 GB",
  });
});

test.each([
  [[6e8], ""],
  [[3e8, 3e8, 3e8], ", unless keepRuns keeps fewer"],
])("runs of %j bytes leave too little", (runs, fewer) => {
  const found = spaceFinding(GIB, runs);
  expect([found.state, found.remedy]).toEqual(["warning", "pulumi config set storage 2048Mi"]);
  expect(found.text.split(" of the volume's 1.1 GB: ")[1]).toBe(`another run may fill it${fewer}`);
});

test("a server of an older version does not tell", () => {
  expect(spaceFinding(GIB, [undefined])).toEqual({
    state: "unchecked",
    text: "the server is of an older version, which does not tell",
    remedy: "pulumi up",
  });
});
