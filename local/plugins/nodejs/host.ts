import * as languageServiceModule from "@pulumi/pulumi/proto/language_grpc_pb.js";
import * as languageModule from "@pulumi/pulumi/proto/language_pb.js";
import * as pluginModule from "@pulumi/pulumi/proto/plugin_pb.js";
import * as emptyModule from "google-protobuf/google/protobuf/empty_pb.js";
import type * as grpc from "@grpc/grpc-js";

import { commonJs } from "../wire/commonJs.ts";
import { unary } from "../wire/server.ts";
import { version } from "../wire/version.ts";
import { parseOptions } from "./options.ts";
import { runProgram } from "./program.ts";
import { requiredPackages, type RequiredPackage } from "./requiredPackages.ts";

const { LanguageRuntimeService } = commonJs(languageServiceModule);
const messages = commonJs(languageModule);
const plugins = commonJs(pluginModule);
const { Empty } = commonJs(emptyModule);

/** The LanguageRuntime service for Node.js programs. */
export class LanguageHost {
  #engineAddress: string;
  readonly #preload: string | undefined;
  readonly #stopped = new AbortController();

  /**
   * @param engineAddress where the engine that started this host listens
   * @param preload a module that Node.js loads before each program
   */
  constructor(engineAddress: string, preload?: string) {
    this.#engineAddress = engineAddress;
    this.#preload = preload;
  }

  register(server: grpc.Server): void {
    server.addService(LanguageRuntimeService, {
      handshake: unary((request: languageModule.LanguageHandshakeRequest) => {
        this.#engineAddress = request.getEngineAddress();
        return new messages.LanguageHandshakeResponse();
      }),
      getPluginInfo: unary(() => {
        const response = new plugins.PluginInfo();
        response.setVersion(version);
        return response;
      }),
      getRequiredPackages: unary(async (request: languageModule.GetRequiredPackagesRequest) => {
        const directory = request.getInfo()?.getProgramDirectory() ?? ".";
        const response = new messages.GetRequiredPackagesResponse();
        response.setPackagesList((await requiredPackages(directory)).map(dependency));
        return response;
      }),
      run: unary((request: languageModule.RunRequest, call) => this.#run(request, call)),
      cancel: unary(() => {
        this.#stopped.abort();
        return new Empty();
      }),
    });
  }

  /** Interrupts what runs. */
  stop(): Promise<void> {
    this.#stopped.abort();
    return Promise.resolve();
  }

  async #run(
    request: languageModule.RunRequest,
    call: { on(event: "cancelled", listener: () => void): unknown },
  ): Promise<languageModule.RunResponse> {
    const response = new messages.RunResponse();
    const gone = new AbortController();
    call.on("cancelled", () => {
      gone.abort();
    });
    const info = request.getInfo();
    try {
      const ending = await runProgram(
        {
          rootDirectory: info?.getRootDirectory() ?? "",
          programDirectory: info?.getProgramDirectory() ?? request.getPwd(),
          entryPoint: info?.getEntryPoint() ?? ".",
          options: parseOptions(info?.getOptions()?.toJavaScript() ?? {}),
          args: request.getArgsList(),
          engineAddress: this.#engineAddress,
          monitorAddress: request.getMonitorAddress(),
          organization: request.getOrganization(),
          project: request.getProject(),
          stack: request.getStack(),
          parallel: request.getParallel(),
          dryRun: request.getDryrun(),
          config: new Map(request.getConfigMap().getEntryList()),
          configSecretKeys: request.getConfigsecretkeysList(),
          preload: this.#preload,
        },
        AbortSignal.any([this.#stopped.signal, gone.signal]),
      );
      response.setError(ending.error);
      response.setBail(ending.bail);
    } catch (error) {
      response.setError(error instanceof Error ? error.message : String(error));
    }
    return response;
  }
}

function dependency(required: RequiredPackage): pluginModule.PackageDependency {
  const message = new plugins.PackageDependency();
  message.setKind("resource");
  message.setName(required.name);
  message.setVersion(required.version);
  message.setServer(required.server);
  if (required.parameterization) {
    const parameterization = new plugins.PackageParameterization();
    parameterization.setName(required.parameterization.name);
    parameterization.setVersion(required.parameterization.version);
    parameterization.setValue(required.parameterization.value);
    message.setParameterization(parameterization);
  }
  return message;
}
