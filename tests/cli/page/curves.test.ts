import { expect, test } from "vitest";

import type { RoundLine } from "../../../contract/phase.ts";
import { curvesOf } from "../../../cli/page/curves.ts";
import { EXAMPLE, older } from "./support/exampleRound.ts";

test("each metric has the values of the server, of all clients, and of each", () => {
  const points = (round: RoundLine): object =>
    Object.fromEntries(curvesOf([round]).map(({ name, points: all }) => [name, all]));
  expect(points(EXAMPLE)).toEqual({
    accuracy: [
      { round: 1, source: "server", value: 0.829 },
      { round: 1, source: "clients", value: 0.81 },
    ],
    loss: [{ round: 1, source: "server", value: 0.479 }],
    f1: [{ round: 1, source: "server", value: 0.8 }],
    train_loss: [{ round: 1, source: 0, value: 0.61 }],
  });
});

test("accuracy and loss come first, weights are no metrics, odd values are counted", () => {
  const clients = { b: 1, a: "NaN", loss: 2, "fitres.num_examples": 5 } as const;
  const round = { ...older(EXAMPLE), clients };
  expect(curvesOf([round]).map(({ name, points, odd }) => [name, points.length, odd])).toEqual([
    ["accuracy", 1, 0],
    ["loss", 2, 0],
    ["a", 0, 1],
    ["b", 1, 0],
  ]);
});

test("what a client measures while it trains is another metric than that of its evaluation", () => {
  const [train] = EXAMPLE.phases ?? [];
  if (train === undefined) throw new Error("no phase");
  const metrics = { loss: [0.7, null], "num-examples": [5, null] };
  const phases = [
    { ...train, metrics },
    { ...train, metrics: { loss: [0.65, null] } },
    { ...train, phase: "evaluate", metrics: { loss: [0.5, 0.6] } },
  ];
  const curves = curvesOf([{ ...EXAMPLE, loss: null, server: {}, phases }]);
  expect(curves.filter(({ name }) => !name.startsWith("accuracy"))).toEqual([
    {
      name: "loss",
      odd: 0,
      points: [
        { round: 1, source: 0, value: 0.5 },
        { round: 1, source: 1, value: 0.6 },
      ],
    },
    // Of two messages in one round the newest counts.
    { name: "loss (train)", odd: 0, points: [{ round: 1, source: 0, value: 0.65 }] },
  ]);
});
