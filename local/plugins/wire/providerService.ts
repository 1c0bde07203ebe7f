import type * as grpc from "@grpc/grpc-js";
import * as providerServiceModule from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import * as providerModule from "@pulumi/pulumi/proto/provider_pb.js";
import * as pluginModule from "@pulumi/pulumi/proto/plugin_pb.js";
import * as emptyModule from "google-protobuf/google/protobuf/empty_pb.js";

import { commonJs } from "../../../docker/commonJs.ts";
import { type Cancellable, Operations } from "./operations.ts";
import type { Provider, Resource } from "./provider.ts";
import {
  checkResponse,
  diffResponse,
  readProperties,
  writeProperties,
} from "./providerMessages.ts";
import { serve, unary } from "./server.ts";

const { ResourceProviderService } = commonJs(providerServiceModule);
const messages = commonJs(providerModule);
const { PluginInfo } = commonJs(pluginModule);
const { Empty } = commonJs(emptyModule);

/** Time that cancelled operations have to clean up, in milliseconds. */
const GRACE = 3000;

/** Serves a provider to the engine until the engine ends it. */
export async function serveProvider(provider: Provider): Promise<void> {
  const service = new ProviderService(provider);
  await serve({
    register: (server) => {
      server.addService(ResourceProviderService, service.handlers());
    },
    stop: () => service.stop(),
  });
}

/** Answers the engine's calls for a provider. */
class ProviderService {
  readonly #provider: Provider;
  readonly #operations = new Operations();

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  /** The calls of the gRPC service ResourceProvider. */
  handlers(): grpc.UntypedServiceImplementation {
    return {
      handshake: unary(handshake),
      getPluginInfo: unary(() => this.#pluginInfo()),
      getSchema: unary(() => this.#schema()),
      attach: unary(() => new Empty()),
      cancel: unary(() => {
        this.#operations.cancel();
        return new Empty();
      }),
      checkConfig: unary(checkConfig),
      diffConfig: unary(diffConfig),
      configure: unary((request: providerModule.ConfigureRequest) => this.#configure(request)),
      check: unary((request: providerModule.CheckRequest) => this.#check(request)),
      diff: unary((request: providerModule.DiffRequest) => this.#diff(request)),
      create: unary((request: providerModule.CreateRequest, call) => this.#create(request, call)),
      read: unary(read),
      update: unary((request: providerModule.UpdateRequest, call) => this.#update(request, call)),
      delete: unary((request: providerModule.DeleteRequest, call) => this.#delete(request, call)),
    };
  }

  /** Cancels what runs, and waits until it has cleaned up. */
  async stop(): Promise<void> {
    this.#operations.cancel();
    for (let waited = 0; this.#operations.count > 0 && waited < GRACE; waited += 20) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #pluginInfo(): pluginModule.PluginInfo {
    const response = new PluginInfo();
    response.setVersion(this.#provider.version);
    return response;
  }

  #schema(): providerModule.GetSchemaResponse {
    const { name, version } = this.#provider;
    const response = new messages.GetSchemaResponse();
    response.setSchema(JSON.stringify({ name, version }));
    return response;
  }

  async #configure(
    request: providerModule.ConfigureRequest,
  ): Promise<providerModule.ConfigureResponse> {
    await this.#provider.configure(readProperties(request.getArgs()));
    const response = new messages.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setAcceptresources(true);
    response.setSupportspreview(true);
    return response;
  }

  async #check(request: providerModule.CheckRequest): Promise<providerModule.CheckResponse> {
    const urn = request.getUrn();
    const { inputs, failures } = await this.#resource(urn).check(
      readProperties(request.getOlds()),
      readProperties(request.getNews()),
      urn,
    );
    return checkResponse(inputs, failures);
  }

  async #diff(request: providerModule.DiffRequest): Promise<providerModule.DiffResponse> {
    const difference = await this.#resource(request.getUrn()).diff(
      readProperties(request.getOlds()),
      readProperties(request.getOldInputs()),
      readProperties(request.getNews()),
    );
    return diffResponse(difference);
  }

  #create(
    request: providerModule.CreateRequest,
    call: Cancellable,
  ): Promise<providerModule.CreateResponse> {
    return this.#operations.run(request, call, async (operation) => {
      const inputs = readProperties(request.getProperties());
      const { id, state } = await this.#resource(operation.urn).create(inputs, operation);
      const response = new messages.CreateResponse();
      response.setId(operation.preview ? "" : id);
      response.setProperties(writeProperties(state));
      return response;
    });
  }

  #update(
    request: providerModule.UpdateRequest,
    call: Cancellable,
  ): Promise<providerModule.UpdateResponse> {
    return this.#operations.run(request, call, async (operation) => {
      const state = await this.#resource(operation.urn).update(
        request.getId(),
        readProperties(request.getOlds()),
        readProperties(request.getNews()),
        operation,
      );
      const response = new messages.UpdateResponse();
      response.setProperties(writeProperties(state));
      return response;
    });
  }

  #delete(request: providerModule.DeleteRequest, call: Cancellable): Promise<emptyModule.Empty> {
    return this.#operations.run(request, call, async (operation) => {
      const state = readProperties(request.getProperties());
      await this.#resource(operation.urn).delete(request.getId(), state, operation);
      return new Empty();
    });
  }

  /** Finds the type of resource that a URN names. */
  #resource(urn: string): Resource {
    const { name, version, resources } = this.#provider;
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const resource = resources.get(type);
    if (resource) return resource;
    throw new Error(
      `${type} is not in this ${name} plugin — it has ${[...resources.keys()].join(", ")} — ` +
        `for everything else install the official one: pulumi plugin install resource ${name} ${version}`,
    );
  }
}

function handshake(): providerModule.ProviderHandshakeResponse {
  const response = new messages.ProviderHandshakeResponse();
  response.setAcceptSecrets(true);
  response.setAcceptResources(true);
  response.setAcceptOutputs(false);
  return response;
}

function checkConfig(request: providerModule.CheckRequest): providerModule.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

function diffConfig(): providerModule.DiffResponse {
  const response = new messages.DiffResponse();
  response.setChanges(messages.DiffResponse.DiffChanges.DIFF_UNKNOWN);
  return response;
}

/** No refresh: return the stored state. */
function read(request: providerModule.ReadRequest): providerModule.ReadResponse {
  const response = new messages.ReadResponse();
  response.setId(request.getId());
  response.setProperties(request.getProperties());
  response.setInputs(request.getInputs());
  return response;
}
