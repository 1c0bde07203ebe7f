import { describe, expect, test } from "vitest";

import { ENGINE } from "../../../contract/variables.ts";
import { cause, event, pod, told } from "../support/objects.ts";

function pulling(message: string, reason = "ImagePullBackOff") {
  return pod("flower-server-7d9-x", { state: { waiting: { reason, message } } });
}

describe("an image", () => {
  const missing =
    'failed to pull and unpack image "localhost:5555/kubeflower:abc": failed to resolve reference "localhost:5555/kubeflower:abc": localhost:5555/kubeflower:abc: not found';
  const name = '"localhost:5555/kubeflower:abc"';

  test("that the registry does not have is reported with the registry's answer", () => {
    expect(
      cause({
        pods: [pulling(`Back-off pulling image ${name}: ErrImagePull: rpc error: ${missing}`)],
      }),
    ).toBe(
      "image localhost:5555/kubeflower:abc cannot be pulled (pod flower-server-7d9-x): not found — the cluster's nodes must be able to pull it — push it, or name another: pulumi config set image <name>@sha256:<digest>, or pulumi config set registry <host>",
    );
  });

  test("gets its reason from the event when the container names only the back-off", () => {
    const pods = [pulling(`Back-off pulling image ${name}`)];
    const events = [
      event("flower-server-7d9-x", "Failed", `Failed to pull image ${name}: ${missing}`),
    ];
    expect(cause({ pods, events })).toContain("(pod flower-server-7d9-x): not found —");
  });

  test("may fail for a minute when the registry does not answer", () => {
    const pods = [pulling("dial tcp 10.0.0.1:443: i/o timeout", "ErrImagePull")];
    const failed = (first: number) => [event("flower-server-7d9-x", "Failed", "timeout", first)];
    expect(cause({ pods, events: failed(59) })).toBeNull();
    expect(cause({ pods, events: failed(61) })).toContain("dial tcp 10.0.0.1:443: i/o timeout — ");
  });

  test("may fail for eight seconds even when the answer is final", () => {
    const pods = [pulling(missing, "ErrImagePull")];
    const events = [event("flower-server-7d9-x", "Failed", missing, 7)];
    expect(cause({ pods, events })).toBeNull();
  });
});

test("an image that somebody gave the pods is told with the stack's own, and the command that gives it back", () => {
  const one = pulling("not found", "ErrImagePull");
  const env = [{ name: ENGINE.image, value: "ghcr.io/you/kubeflower@sha256:1" }];
  const containers = [{ name: "server", image: "ghcr.io/other/kubeflower:2", env }];
  expect(told({ pods: [{ ...one, spec: { ...one.spec, containers } }] })).toBe(
    "image ghcr.io/other/kubeflower:2 cannot be pulled (pod flower-server-7d9-x): not found — the stack's image is ghcr.io/you/kubeflower@sha256:1 — give the pods that back: pulumi up --refresh; where the cluster itself names another, have its administrators put it there",
  );
});

describe("a registry that asks for a login", () => {
  const answer =
    "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized";
  const create = (secret: string): string =>
    `kubectl -n kubeflower create secret docker-registry ${secret} --docker-server=ghcr.io --docker-username=<name> --docker-password=<token>`;
  const refused = (pullSecret?: string, events: ReturnType<typeof event>[] = []) => {
    const one = pulling(answer, "ErrImagePull");
    const imagePullSecrets = pullSecret === undefined ? [] : [{ name: pullSecret }];
    const containers = [{ name: "server", image: "ghcr.io/you/kubeflower:1" }];
    const spec = { ...one.spec, containers, imagePullSecrets };
    return told({ pods: [{ ...one, spec }], events })?.split("): ")[1];
  };

  test("is told with the command that makes a Secret, and the setting that names it", () => {
    expect(refused()).toBe(
      `unexpected status: 401 Unauthorized — the registry asks for a login, which a Secret gives — make one and name it: ${create("registry-login")}, then pulumi config set pullSecret registry-login`,
    );
  });

  test("is told of a Secret that is missing, and of one that the registry does not take", () => {
    const missing = [event("flower-server-7d9-x", "FailedToRetrieveImagePullSecret", "mine")];
    expect(refused("mine", missing)).toContain(
      `Secret mine, which pullSecret or a patch of the pods names, is not in namespace kubeflower — make it: ${create("mine")}`,
    );
    const words = "Unable to retrieve some image pull secrets (theirs, other); attempting to pull";
    const theirs = [event("flower-server-7d9-x", "FailedToRetrieveImagePullSecret", words)];
    expect(refused("mine", theirs)).toContain(
      "Secret theirs, which pullSecret or a patch of the pods names, is not in namespace kubeflower",
    );
    expect(refused("mine")).toContain(
      `the registry does not take the login of Secret mine — make it anew: kubectl -n kubeflower delete secret mine, then ${create("mine")}`,
    );
  });
});

test("an image name that is none is not in the settings, which refuse it", () => {
  const message =
    'Failed to apply default image tag "No::image": couldn\'t parse image name "No::image": invalid reference format';
  expect(told({ pods: [pulling(message, "InvalidImageName")] })).toBe(
    'container server of pod flower-server-7d9-x has an image name that is none: Failed to apply default image tag "No::image": couldn\'t parse image name "No::image": invalid reference format — give the pods the stack\'s image back: pulumi up --refresh',
  );
});

test("a pull that has just failed is a step: no other rule tells it", () => {
  const pods = [pulling("dial tcp 10.0.0.1:443: i/o timeout", "ErrImagePull")];
  const events = [event("flower-server-7d9-x", "Failed", "timeout", 2)];
  expect(told({ pods, events })).toBeNull();
});

test("a pull that fails is told of before it is known to be final", () => {
  const pods = [pulling("dial tcp 10.0.0.1:443: i/o timeout", "ErrImagePull")];
  const events = [event("flower-server-7d9-x", "Failed", "timeout", 4)];
  expect(told({ pods, events })).toContain("dial tcp 10.0.0.1:443: i/o timeout — ");
});

test("an image that was loaded into the nodes is loaded again, and not pushed", () => {
  const image = "kubeflower:0123456789abcdef";
  const missing = `failed to resolve reference "docker.io/library/${image}": not found`;
  const server = pulling(missing, "ErrImagePull");
  const container = { ...server.spec.containers[0], name: "server", image };
  const spec = { ...server.spec, containers: [container] };
  const events = [event("flower-server-7d9-x", "Failed", missing, 9)];
  expect(cause({ pods: [{ ...server, spec }], events })).toBe(
    `image ${image} is not on node node-1 (pod flower-server-7d9-x) — \`pulumi up\` loads it into each node; this one has lost it, or came later — load it again: pulumi up --replace '**Command::kubeflower-*'`,
  );
});
