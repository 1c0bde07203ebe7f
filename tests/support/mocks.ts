import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";

/** A resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly custom: boolean;
  /** Name of the parent; "" when it is the stack. */
  readonly parent: string;
  /** Whether the object outlives its place in the state. */
  readonly retained: boolean;
  /** Inputs whose change has the program ask for a new resource. */
  readonly replacedBy: readonly string[];
  /** Plain inputs; a secret or unknown one as the SDK hands it over. */
  readonly inputs: Record<string, unknown>;
}

/** Resources that a program registered, in order. */
export interface Recorder {
  readonly resources: Registered[];
  /** Answers of the cluster, by type, where they are not the inputs. */
  readonly states: Map<string, Record<string, unknown>>;
  /** The one resource of a type (and name); fails when there is none or more than one. */
  one(type: string, name?: string): Registered;
}

/** The follower's last line, as the command's mock prints it. */
export const RESULT = {
  id: "0123456789ab",
  state: "completed",
  reason: null,
  rounds: 5,
  accuracy: 0.88,
  loss: 0.33,
  modelSha256: "f".repeat(64),
  seconds: 21.5,
};

/** The runs on the volume, as the mock of the command that lists them prints them. */
export const RUNS = [{ id: "0123456789ab", state: "completed" }];

/** Output of the commands that make certificates. */
export const PAIR = { certificate: "certificate", key: "private" };

interface RegisterRequest {
  getParent(): string;
  getReplaceonchangesList(): string[];
  getRetainondelete(): boolean;
}
/** A call of the monitor that only says that it was heard. */
type Heard = (request: unknown, callback: (error: null, answer: object) => void) => void;
type Register = (request: RegisterRequest, callback: unknown) => Promise<void>;

// Mocks are told neither. They are called before the first await of the real method.
const monitor = MockMonitor.prototype as unknown as {
  registerResource: Register;
  registerErrorHook: Heard;
  registerResourceHook: Heard;
};
// The SDK's mocks say that they know hooks, and do not.
const heard: Heard = (_request, callback) => {
  callback(null, {});
};
monitor.registerErrorHook = heard;
monitor.registerResourceHook = heard;
const register = monitor.registerResource;
let parent = "";
let replacedBy: string[] = [];
let retained = false;
monitor.registerResource = function (this: MockMonitor, request, callback) {
  const [, , type, name] = request.getParent().split("::");
  parent = type === undefined || type === "pulumi:pulumi:Stack" ? "" : (name ?? "");
  replacedBy = request.getReplaceonchangesList();
  retained = request.getRetainondelete();
  return register.call(this, request, callback);
};

/** Replaces Pulumi's engine by a recorder. In preview outputs the provider makes are unknown. */
export function recordResources(preview: boolean, stack = "test"): Recorder {
  const resources: Registered[] = [];
  const states = new Map<string, Record<string, unknown>>();
  void pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        const registered = {
          type,
          name,
          custom: custom ?? true,
          parent,
          replacedBy,
          retained,
          inputs: inputs as Record<string, unknown>,
        };
        resources.push(registered);
        const state = states.get(type) ?? outputs(registered, preview);
        return { id: preview ? undefined : `${name}-id`, state };
      },
      call: ({ inputs }) => inputs as Record<string, unknown>,
    },
    "kubeflower",
    stack,
    preview,
    "organization",
  );
  return {
    resources,
    states,
    one: (type, name) => only(resources, type, name),
  };
}

/** Finds the one resource of a type, and of a name where it is given. */
function only(resources: readonly Registered[], type: string, name?: string): Registered {
  const found = resources.filter((r) => r.type === type && (name ?? r.name) === r.name);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  throw new Error(
    `${String(found.length)} resources of type ${type}, expected 1, among:\n` +
      resources.map((r) => `${r.type} ${r.name}`).join("\n"),
  );
}

function outputs({ type, name, inputs }: Registered, preview: boolean): Record<string, unknown> {
  if (preview) return inputs;
  if (type === "command:local:Command") {
    const printed: Record<string, string> = {
      run: `live\n${JSON.stringify(RESULT)}`,
      "run-kept": JSON.stringify(RUNS),
      "owner-id": "its-owner",
    };
    return { ...inputs, stdout: printed[name] ?? JSON.stringify(PAIR) };
  }
  if (type === "docker:index/image:Image") {
    const name = String(inputs.imageName).replace(/:[^:/]*$/, "");
    return { ...inputs, repoDigest: `${name}@sha256:${"d".repeat(64)}` };
  }
  return inputs;
}

/** Waits for the program's last registration; a timer would be a guess. */
export async function settled(): Promise<void> {
  await pulumi.runtime.disconnect();
}

/** An output's value; undefined when it is unknown. */
export async function valueOf<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    // isKnown says of an unknown value what apply never would: it does not call back.
    const inner = output as unknown as { promise(withUnknowns?: boolean): Promise<T | undefined> };
    void inner.promise(false).then(resolve);
  });
}
