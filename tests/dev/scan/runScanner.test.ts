import { expect, test } from "vitest";
import { report } from "../../../dev/scan/runScanner.ts";

test("a scanner that found something ends with another code than 0", async () => {
  const script = "process.stdin.pipe(process.stdout); process.exitCode = 1;";
  expect(await report(process.execPath, ["-e", script], '["found"]')).toEqual(["found"]);
});

test("one that broke is told with its last words", async () => {
  const script = 'console.error("no such option"); process.exit(2);';
  await expect(report(process.execPath, ["-e", script])).rejects.toThrow(
    `${process.execPath} printed no JSON (2)\nno such option`,
  );
});

test("one that isn't there is told by name", async () => {
  await expect(report("no-such-scanner", [])).rejects.toThrow(
    "no-such-scanner printed no JSON (ENOENT)",
  );
});
