import * as grpc from "@grpc/grpc-js";
import * as providerServiceModule from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as providerModule from "@pulumi/pulumi/proto/provider_pb.js";
import * as pluginModule from "@pulumi/pulumi/proto/plugin_pb.js";
import * as emptyModule from "google-protobuf/google/protobuf/empty_pb.js";
import * as structModule from "google-protobuf/google/protobuf/struct_pb.js";

import { commonJs } from "./commonJs.ts";
import type { Change, Properties } from "./properties.ts";
import { serve, unary } from "./server.ts";

const { ResourceProviderService } = commonJs(providerServiceModule);
const messages = commonJs(providerModule);
const { PluginInfo } = commonJs(pluginModule);
const { Empty } = commonJs(emptyModule);
const { Struct } = commonJs(structModule);

/** What the engine says about one operation on a resource. */
export interface Operation {
  readonly urn: string;
  /** Nothing may be done: say what would come out, with `unknown` for what only doing it tells. */
  readonly preview: boolean;
  /** Fires when the operation was cancelled or ran past the resource's `customTimeouts`. */
  readonly signal: AbortSignal;
}

/** An input that is refused, with the reason. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** How the news differ from the olds, place by place; `replace` says which places call for a replacement. */
export interface Difference {
  readonly changes: ReadonlyMap<string, Change>;
  readonly replace: (path: string) => boolean;
}

/** One type of resource. Properties travel with their secrets marked; errors fail the operation with their message. */
export interface Resource {
  check(
    olds: Properties,
    news: Properties,
    urn: string,
  ): Promise<{ inputs: Properties; failures: Failure[] }>;
  diff(state: Properties, olds: Properties, news: Properties): Promise<Difference>;
  create(inputs: Properties, operation: Operation): Promise<{ id: string; state: Properties }>;
  update(
    id: string,
    state: Properties,
    inputs: Properties,
    operation: Operation,
  ): Promise<Properties>;
  delete(id: string, state: Properties, operation: Operation): Promise<void>;
}

/** A provider of a few types of resources. */
export interface Provider {
  readonly name: string;
  readonly version: string;
  /** By type token. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** Takes the provider's own config; an error fails the operation that needs the provider. */
  configure(config: Properties): Promise<void>;
}

/** Serves a provider to the engine until the engine ends it. */
export async function serveProvider(provider: Provider): Promise<void> {
  const running = new Set<AbortController>();
  const cancel = (): void => {
    for (const controller of running) controller.abort(new Error("cancelled"));
  };
  await serve({
    register: (server) => {
      server.addService(ResourceProviderService, service(provider, running, cancel));
    },
    stop: async () => {
      cancel();
      // What was cancelled cleans up after itself within its own short deadline.
      for (let waited = 0; running.size > 0 && waited < 3000; waited += 20) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  });
}

function service(
  provider: Provider,
  running: Set<AbortController>,
  cancel: () => void,
): grpc.UntypedServiceImplementation {
  const resource = (urn: string): Resource => {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const found = provider.resources.get(type);
    if (found) return found;
    throw new Error(
      `${type} is not in this ${provider.name} plugin — it has ${[...provider.resources.keys()].join(", ")} — ` +
        `for everything else install the official one: pulumi plugin install resource ${provider.name} ${provider.version}`,
    );
  };

  /** Runs one operation so that cancelling, and the resource's own time limit, reach it. */
  const operate = async <Result>(
    request: OperationRequest,
    call: { on(event: "cancelled", listener: () => void): unknown },
    work: (operation: Operation) => Promise<Result>,
  ): Promise<Result> => {
    const controller = new AbortController();
    running.add(controller);
    call.on("cancelled", () => {
      controller.abort(new Error("cancelled"));
    });
    const seconds = request.getTimeout();
    const timer =
      seconds > 0
        ? setTimeout(() => {
            controller.abort(
              new Error(`not done within ${seconds} s, the resource's customTimeouts`),
            );
          }, seconds * 1000)
        : undefined;
    try {
      return await work({
        urn: request.getUrn(),
        preview: request.getPreview?.() ?? false,
        signal: controller.signal,
      });
    } finally {
      clearTimeout(timer);
      running.delete(controller);
    }
  };

  return {
    handshake: unary(() => {
      const response = new messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(false);
      return response;
    }),
    getPluginInfo: unary(() => {
      const response = new PluginInfo();
      response.setVersion(provider.version);
      return response;
    }),
    getSchema: unary(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
      return response;
    }),
    attach: unary(() => new Empty()),
    cancel: unary(() => {
      cancel();
      return new Empty();
    }),
    checkConfig: unary((request: providerModule.CheckRequest) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    diffConfig: unary(() => {
      const response = new messages.DiffResponse();
      response.setChanges(messages.DiffResponse.DiffChanges.DIFF_UNKNOWN);
      return response;
    }),
    configure: unary(async (request: providerModule.ConfigureRequest) => {
      await provider.configure(read(request.getArgs()));
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setSupportspreview(true);
      return response;
    }),
    check: unary(async (request: providerModule.CheckRequest) => {
      const urn = request.getUrn();
      const checked = await resource(urn).check(
        read(request.getOlds()),
        read(request.getNews()),
        urn,
      );
      const response = new messages.CheckResponse();
      response.setInputs(write(checked.inputs));
      response.setFailuresList(checked.failures.map(failure));
      return response;
    }),
    diff: unary(async (request: providerModule.DiffRequest) => {
      const difference = await resource(request.getUrn()).diff(
        read(request.getOlds()),
        read(request.getOldInputs()),
        read(request.getNews()),
      );
      return diffResponse(difference);
    }),
    create: unary((request: providerModule.CreateRequest, call) =>
      operate(request, call, async (operation) => {
        const made = await resource(operation.urn).create(read(request.getProperties()), operation);
        const response = new messages.CreateResponse();
        response.setId(operation.preview ? "" : made.id);
        response.setProperties(write(made.state));
        return response;
      }),
    ),
    read: unary((request: providerModule.ReadRequest) => {
      // Nothing outside is looked at: what is stored is what is.
      const response = new messages.ReadResponse();
      response.setId(request.getId());
      response.setProperties(request.getProperties());
      response.setInputs(request.getInputs());
      return response;
    }),
    update: unary((request: providerModule.UpdateRequest, call) =>
      operate(request, call, async (operation) => {
        const state = await resource(operation.urn).update(
          request.getId(),
          read(request.getOlds()),
          read(request.getNews()),
          operation,
        );
        const response = new messages.UpdateResponse();
        response.setProperties(write(state));
        return response;
      }),
    ),
    delete: unary((request: providerModule.DeleteRequest, call) =>
      operate(request, call, async (operation) => {
        await resource(operation.urn).delete(
          request.getId(),
          read(request.getProperties()),
          operation,
        );
        return new Empty();
      }),
    ),
  };
}

/** The part of a request that create, update and delete share. */
interface OperationRequest {
  getUrn(): string;
  /** Seconds; 0 = no limit. */
  getTimeout(): number;
  getPreview?(): boolean;
}

function read(struct: structModule.Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

function write(properties: Properties): structModule.Struct {
  return Struct.fromJavaScript(properties);
}

function failure({ property, reason }: Failure): providerModule.CheckFailure {
  const message = new messages.CheckFailure();
  message.setProperty(property);
  message.setReason(reason);
  return message;
}

function diffResponse({ changes, replace }: Difference): providerModule.DiffResponse {
  const { DiffChanges } = messages.DiffResponse;
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  const response = new messages.DiffResponse();
  response.setChanges(changes.size > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setHasdetaileddiff(true);
  for (const [path, change] of changes) {
    const entry = new messages.PropertyDiff();
    entry.setKind(kinds[change][replace(path) ? 1 : 0]);
    entry.setInputdiff(true);
    response.getDetaileddiffMap().set(path, entry);
    response.addDiffs(path);
    if (replace(path)) response.addReplaces(path);
  }
  return response;
}
