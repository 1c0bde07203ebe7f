import * as grpc from "@grpc/grpc-js";
import * as languageServiceModule from "@pulumi/pulumi/proto/language_grpc_pb.js";
import * as languageModule from "@pulumi/pulumi/proto/language_pb.js";
import * as pluginModule from "@pulumi/pulumi/proto/plugin_pb.js";
import * as emptyModule from "google-protobuf/google/protobuf/empty_pb.js";

import { commonJs } from "../../../docker/commonJs.ts";
import { serviceError, unary } from "../wire/server.ts";
import { version } from "../wire/version.ts";
import { dependencies, type Dependency } from "./dependencies.ts";
import { installDependencies } from "./install.ts";
import { type Options, parseOptions } from "./options.ts";
import { runPlugin } from "./pluginRun.ts";
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

  /** Adds the service's calls. */
  register(server: grpc.Server): void {
    server.addService(LanguageRuntimeService, {
      handshake: unary((request: languageModule.LanguageHandshakeRequest) => {
        this.#engineAddress = request.getEngineAddress();
        return new messages.LanguageHandshakeResponse();
      }),
      getPluginInfo: unary(pluginInfo),
      getRequiredPackages: unary(getRequiredPackages),
      run: unary((request: languageModule.RunRequest, call) => this.#run(request, call)),
      getProgramDependencies: unary(getProgramDependencies),
      about: unary(about),
      runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
      template: unary(() => new messages.TemplateResponse()),
      installDependencies: install,
      runPlugin: (call: PluginCall) => {
        this.#runPlugin(call);
      },
      cancel: unary(() => {
        this.#stopped.abort();
        return new Empty();
      }),
    });
  }

  /** Interrupts the programs that run. */
  stop(): Promise<void> {
    this.#stopped.abort();
    return Promise.resolve();
  }

  async #run(
    request: languageModule.RunRequest,
    call: { on(event: "cancelled", listener: () => void): unknown },
  ): Promise<languageModule.RunResponse> {
    const response = new messages.RunResponse();
    const info = request.getInfo();
    try {
      const ending = await runProgram(
        {
          rootDirectory: info?.getRootDirectory() ?? "",
          programDirectory: info?.getProgramDirectory() ?? request.getPwd(),
          entryPoint: info?.getEntryPoint() ?? ".",
          options: optionsOf(info),
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
        this.#signal(call),
      );
      response.setError(ending.error);
      response.setBail(ending.bail);
    } catch (error) {
      response.setError(error instanceof Error ? error.message : String(error));
    }
    return response;
  }

  #runPlugin(call: PluginCall): void {
    const { request } = call;
    const info = request.getInfo();
    const send = (fill: (message: languageModule.RunPluginResponse) => void): void => {
      const message = new messages.RunPluginResponse();
      fill(message);
      call.write(message);
    };
    end(call, () =>
      runPlugin(
        {
          programDirectory: info?.getProgramDirectory() ?? request.getProgram(),
          pwd: request.getPwd(),
          options: optionsOf(info),
          args: request.getArgsList(),
          env: request.getEnvList(),
          kind: request.getKind(),
          stdout: (bytes) => {
            send((message) => message.setStdout(bytes));
          },
          stderr: (bytes) => {
            send((message) => message.setStderr(bytes));
          },
        },
        this.#signal(call),
      ).then(() => {
        send((message) => message.setExitcode(0));
      }),
    );
  }

  /** Fires when the engine gives up this call, or everything. */
  #signal(call: { on(event: "cancelled", listener: () => void): unknown }): AbortSignal {
    const gone = new AbortController();
    call.on("cancelled", () => {
      gone.abort();
    });
    return AbortSignal.any([this.#stopped.signal, gone.signal]);
  }
}

type InstallCall = grpc.ServerWritableStream<
  languageModule.InstallDependenciesRequest,
  languageModule.InstallDependenciesResponse
>;

type PluginCall = grpc.ServerWritableStream<
  languageModule.RunPluginRequest,
  languageModule.RunPluginResponse
>;

function pluginInfo(): pluginModule.PluginInfo {
  const response = new plugins.PluginInfo();
  response.setVersion(version);
  return response;
}

async function getRequiredPackages(
  request: languageModule.GetRequiredPackagesRequest,
): Promise<languageModule.GetRequiredPackagesResponse> {
  const directory = request.getInfo()?.getProgramDirectory() ?? ".";
  const response = new messages.GetRequiredPackagesResponse();
  response.setPackagesList((await requiredPackages(directory)).map(dependency));
  return response;
}

async function getProgramDependencies(
  request: languageModule.GetProgramDependenciesRequest,
): Promise<languageModule.GetProgramDependenciesResponse> {
  const directory = request.getInfo()?.getProgramDirectory() ?? ".";
  const found = await dependencies(directory, request.getTransitivedependencies());
  const response = new messages.GetProgramDependenciesResponse();
  response.setDependenciesList(found.map(dependencyInfo));
  return response;
}

function about(request: languageModule.AboutRequest): languageModule.AboutResponse {
  const { packagemanager } = optionsOf(request.getInfo());
  const manager = packagemanager === "auto" ? "npm" : packagemanager;
  const response = new messages.AboutResponse();
  response.setExecutable(process.execPath);
  response.setVersion(process.version);
  response.getMetadataMap().set("packagemanager", manager);
  return response;
}

function install(call: InstallCall): void {
  const info = call.request.getInfo();
  const send = (fill: (message: languageModule.InstallDependenciesResponse) => void): void => {
    const message = new messages.InstallDependenciesResponse();
    fill(message);
    call.write(message);
  };
  end(call, () =>
    installDependencies(info?.getProgramDirectory() ?? ".", optionsOf(info), {
      stdout: (bytes) => {
        send((message) => message.setStdout(bytes));
      },
      stderr: (bytes) => {
        send((message) => message.setStderr(bytes));
      },
    }),
  );
}

/** Ends a streaming call when its work is done, with the error when it failed. */
function end(call: grpc.ServerWritableStream<unknown, unknown>, work: () => Promise<void>): void {
  Promise.resolve()
    .then(work)
    .then(
      () => call.end(),
      (error: unknown) => call.emit("error", serviceError(error)),
    );
}

function optionsOf(info: languageModule.ProgramInfo | undefined): Options {
  return parseOptions(info?.getOptions()?.toJavaScript() ?? {});
}

function dependencyInfo({ name, version }: Dependency): languageModule.DependencyInfo {
  const message = new messages.DependencyInfo();
  message.setName(name);
  message.setVersion(version);
  return message;
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
