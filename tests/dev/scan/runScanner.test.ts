import { expect, test } from "vitest";
import { runScanner } from "../../../dev/scan/runScanner.ts";

test("a scanner that found something may exit with another code than 0", async () => {
  const script = "process.stdin.pipe(process.stdout); process.exitCode = 1;";
  expect(await runScanner(process.execPath, ["-e", script], '["found"]')).toEqual(["found"]);
});

test("a scanner that broke is reported with the end of its output", async () => {
  const script = 'console.error("no such option"); process.exit(2);';
  await expect(runScanner(process.execPath, ["-e", script])).rejects.toThrow(
    `${process.execPath} printed no JSON (2)\nno such option`,
  );
});

test("a scanner that is missing is reported by name", async () => {
  await expect(runScanner("no-such-scanner", [])).rejects.toThrow(
    "no-such-scanner printed no JSON (ENOENT)",
  );
});
