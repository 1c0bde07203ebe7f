import { expect, test } from "vitest";

import { cause, snapshot } from "../support/objects.ts";

const service = (selector: Record<string, string>, port: number, targetPort: number | string) => [
  { metadata: { name: "service-server" }, spec: { selector, ports: [{ port, targetPort }] } },
];
const own = { app: "flower-server" };

test("a Service as the stack declares it is no fault, nor one that may not be seen", () => {
  expect(cause({ services: service(own, 30051, "stream") })).toBeNull();
  expect(cause({ services: service(own, 30051, 8080) })).toBeNull();
  expect(cause({ services: null })).toBeNull();
});

test("a Service that leads elsewhere is told with where it leads", () => {
  const end =
    ", so clients do not find the server — give it back what the stack declares: pulumi up --refresh";
  expect(cause({ services: service({ app: "other", tier: "b" }, 30051, "stream") })).toBe(
    `Service service-server leads to pods with app=other,tier=b, which the server's pod does not have${end}`,
  );
  expect(cause({ services: service(own, 30052, "stream") })).toBe(
    `Service service-server has no port 30051${end}`,
  );
  expect(cause({ services: service(own, 30051, 9999) })).toBe(
    `Service service-server leads to port 9999 of the server's pod, which listens on 8080${end}`,
  );
});

test("without a pod of the server nobody knows where a selector leads", () => {
  const pods = snapshot().objects.pods.slice(1);
  expect(cause({ pods, services: service({ app: "other" }, 30051, "stream") })).toBeNull();
});
