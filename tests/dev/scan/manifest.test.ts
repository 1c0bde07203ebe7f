import { describe, expect, it } from "vitest";
import { previewed, title } from "../../../dev/scan/manifest.ts";

const URN = "urn:pulumi:policy::kubeflower::parent$kubernetes:core/v1:Secret::federation-key";

function preview(...states: (Record<string, unknown> | undefined)[]): string {
  return JSON.stringify({
    steps: states.map((newState) => ({ op: "create", urn: URN, newState })),
  });
}

describe("previewed", () => {
  it("takes the objects of Kubernetes, in the order of their titles, and nothing else", () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "lab" } };
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec: {} };
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web" } };
    const json = preview(
      { type: "kubernetes:core/v1:ServiceAccount", inputs: account },
      { type: "pulumi:pulumi:Stack" },
      { type: "kubernetes:core/v1:Service", inputs: service },
      { type: "pulumi:providers:kubernetes", inputs: { context: "lab" } },
      { type: "kubernetes:core/v1:Namespace", inputs: namespace },
      undefined,
    );
    expect(previewed(json)).toEqual([namespace, service, account]);
  });

  it("leaves out what is secret, and the end of a name that Pulumi draws", () => {
    const inputs = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: {
        name: "federation-key-0a1b2c3d",
        namespace: "lab",
        annotations: { "pulumi.com/autonamed": "true" },
      },
      stringData: "[secret]",
    };
    const [secret] = previewed(preview({ type: "kubernetes:core/v1:Secret", inputs }));
    expect(secret).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { ...inputs.metadata, name: "federation-key" },
    });
  });
});

describe("title", () => {
  it("is kind and name", () => {
    const metadata = { name: "web", namespace: "lab" };
    expect(title({ apiVersion: "v1", kind: "Service", metadata })).toBe("Service web");
  });
});
