import { describe, expect, test } from "vitest";

import { complaintIn, strangers } from "../../../cli/diagnosis/complaint.ts";
import { ago, cause, NOW, pod, running, told } from "../support/objects.ts";

const alone = (name: string, seconds: number) =>
  pod(
    name,
    { state: { running: {} } },
    {
      status: {
        phase: "Running",
        conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(seconds) }],
      },
    },
  );
const ready = (name: string) =>
  pod(
    name,
    { state: { running: {} } },
    { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } },
  );
const pods = (seconds: number) => [
  ready("flower-server-7d9-x"),
  ready("flower-client-0"),
  alone("flower-client-1", seconds),
];

describe("a client that runs and has not joined", () => {
  test("is told of by what it says itself", () => {
    const complaints = {
      "flower-client-1": "UNAVAILABLE: errors resolving service-server:30051",
    };
    const sentence =
      "client pod flower-client-1 runs, and is not connected to the server: UNAVAILABLE: errors resolving service-server:30051 — the cluster's DNS must answer the client: have its administrators look, see: kubectl -n kube-system get pods -l k8s-app=kube-dns";
    expect(told({ pods: pods(5), complaints })).toBe(sentence);
    expect(cause({ pods: pods(119), complaints })).toBeNull();
    expect(cause({ pods: pods(120), complaints })).toBe(sentence);
  });

  test("for its token gets the cluster's keys", () => {
    const complaints = {
      "flower-client-1": "UNAUTHENTICATED: the token is signed by no known key",
    };
    expect(told({ pods: pods(5), complaints })).toMatch(
      / — give the server the cluster's keys again: pulumi up --refresh$/,
    );
  });

  test("is no fault while no server is ready: nobody reaches it", () => {
    const complaints = { "flower-client-1": "UNAVAILABLE: connection refused" };
    const [, ...clients] = pods(5);
    expect(told({ pods: [running("flower-server-7d9-x"), ...clients], complaints })).toBeNull();
  });

  test("is no fault while the server has just become ready: it tries again", () => {
    const complaints = { "flower-client-1": "UNAVAILABLE: connection refused" };
    const [, ...clients] = pods(20);
    const server = (seconds: number) => ({
      ...running("flower-server-7d9-x"),
      status: {
        phase: "Running",
        conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(seconds) }],
      },
    });
    expect(told({ pods: [server(9), ...clients], complaints })).toBeNull();
    expect(told({ pods: [server(10), ...clients], complaints })).toContain("connection refused");
  });

  test("is no fault while it says nothing", () => {
    expect(told({ pods: pods(5) })).toBeNull();
  });
});

test("clients are asked once they have had time to join", () => {
  expect(strangers(pods(2), NOW)).toEqual([]);
  expect(strangers(pods(4), NOW).map(({ metadata }) => metadata.name)).toEqual(["flower-client-1"]);
});

test("the last complaint of a log counts, and nothing else in it", () => {
  const log =
    "client 1: run ab12\nclient 1: UNAVAILABLE: one\nclient 1: DEADLINE_EXCEEDED: two\nINFO: trains\nclient 1: its app has ended\n";
  expect(complaintIn(log)).toBe("DEADLINE_EXCEEDED: two");
  expect(complaintIn("client 1: run ab12\n")).toBeUndefined();
});
