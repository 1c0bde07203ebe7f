import { expect, test } from "vitest";

import { Unreachable } from "../../kube/errors.ts";
import { after, follow, waiting } from "./support/world.ts";

test("an API server that does not come back is reported", async () => {
  const world = follow(() => {
    throw new Unreachable("connect ECONNREFUSED 10.0.0.1:6443");
  });
  await expect(world.result).rejects.toThrow(
    "the cluster of context local has not answered for 75 s (connect ECONNREFUSED 10.0.0.1:6443)",
  );
});

test("silence without a cause ends within three minutes", async () => {
  const world = follow(() => null);
  await expect(world.result).rejects.toThrow(
    "run ab12 made no progress for 150 s: waiting for Deployment flower-server: there is none in namespace kubeflower (no pod of flower-server runs) — see `kubectl -n kubeflower logs deploy/flower-server` — then run `pulumi up` again",
  );
  expect(world.seconds()).toBe(150);
});

test("clients that do not come, for no known cause, end the following, too", async () => {
  const world = follow((s) => (s < 100 ? waiting : { ...waiting, nodes: [0], waitingFor: [1] }));
  await expect(world.result).rejects.toThrow(
    "run ab12 made no progress for 150 s: waiting for 1 of 2 clients: client 1 (it has no pod yet) — see `kubectl -n kubeflower logs flower-client-0`",
  );
  expect(world.seconds()).toBe(252);
});

test("a run that has started may be silent as long as it answers", async () => {
  const world = follow((s) => (s < 500 ? after(1) : after(2, "completed")));
  expect(await world.result).toMatchObject({ state: "completed" });
});

test("the timeout says how far the run is and that it goes on", async () => {
  const world = follow(() => after(1), { timeout: 20 });
  await expect(world.result).rejects.toThrow(
    "run ab12 is not completed after 20 s (running, 1 of 2 rounds done) — the run goes on",
  );
});
