import { expect, test } from "vitest";

import { type Output, run } from "../../../../local/plugins/command/run.ts";

const never = new AbortController().signal;

function shell(command: string, options: Partial<Parameters<typeof run>[0]> = {}): Promise<Output> {
  const line = (): void => undefined;
  return run({
    argv: ["/bin/sh", "-c", command],
    command,
    environment: {},
    signal: never,
    line,
    ...options,
  });
}

test("output is kept apart, each without its last line's end", async () => {
  expect(await shell("echo out; echo; echo err >&2")).toEqual({ stdout: "out\n", stderr: "err" });
});

test("environment, folder and stdin reach the program", async () => {
  const { stdout } = await shell('echo "$NAME $(pwd) $(cat)"', {
    environment: { NAME: "n" },
    dir: "/",
    stdin: "given",
  });
  expect(stdout).toBe("n / given");
});

test("without stdin a program reads the end of file", async () => {
  expect((await shell("cat; echo done")).stdout).toBe("done");
});

test("lines come while the program runs", async () => {
  const seen: string[] = [];
  let ended = false;
  const running = shell("echo first; sleep 1", { line: (stream, line) => seen.push(stream, line) });
  void running.then(() => (ended = true));
  await expect.poll(() => seen).toEqual(["stdout", "first"]);
  expect(ended).toBe(false);
  await running;
});

test("a failure says the status, the command and what was printed", async () => {
  await expect(shell("echo why >&2; exit 3")).rejects.toThrow(
    'exit status 3: running "echo why >&2; exit 3":\nwhy\n',
  );
});

test("of a long output the error holds the end", async () => {
  const error = await shell("seq 100000; exit 1").catch((caught: unknown) => caught as Error);
  expect((error as Error).message.length).toBeLessThan(13_000);
  expect((error as Error).message).toMatch(
    /bytes before this are left out\)\n\d+\n[^]*\n100000\n$/,
  );
});

test("a program that is not there is a plain error", async () => {
  await expect(shell("x", { argv: ["/nowhere/program"] })).rejects.toThrow(
    'spawn /nowhere/program ENOENT: running "x"',
  );
});

test("cancelling ends the program and what it started, even when they ignore SIGTERM", async () => {
  const cancel = new AbortController();
  let pid = 0;
  const running = shell('trap "" TERM; sleep 60 & echo $!; wait; sleep 60', {
    signal: cancel.signal,
    line: (_stream, line) => (pid = Number(line)),
  });
  await expect.poll(() => pid).toBeGreaterThan(0);
  cancel.abort(new Error("cancelled"));
  await expect(running).rejects.toThrow("cancelled: running");
  // Killed it may stay as a zombie until the system's first process takes note.
  const { stdout } = await shell(`ps -o stat= -p ${pid} || true`);
  expect(stdout.trim()).toMatch(/^(Z.*)?$/);
});

test("cancelling fails soon, even while a process of another group holds the output", async () => {
  const cancel = new AbortController();
  let pid = 0;
  const running = shell("setsid sleep 60 & echo $!; wait", {
    signal: cancel.signal,
    line: (_stream, line) => (pid = Number(line)),
  });
  await expect.poll(() => pid).toBeGreaterThan(0);
  const cancelled = Date.now();
  cancel.abort(new Error("cancelled"));
  try {
    await expect(running).rejects.toThrow("cancelled: running");
    // CI sends its second signal after 7.5 s; what has not answered by then stays pending.
    expect(Date.now() - cancelled).toBeLessThan(7500);
  } finally {
    process.kill(pid, "SIGKILL");
  }
});
