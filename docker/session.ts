import { randomUUID } from "node:crypto";

import * as grpc from "@grpc/grpc-js";
import * as protobufModule from "google-protobuf";

import { commonJs } from "./commonJs.ts";
import type { DockerApi } from "./dockerApi.ts";
import type { Credentials } from "./credentials.ts";

const { BinaryReader, BinaryWriter } = commonJs(protobufModule);

/** The client's side of a BuildKit build, which BuildKit asks for credentials. */
export interface Session {
  /** Names the session in the request for the build. */
  readonly id: string;
  /** Ends the connection. */
  close(): void;
}

/**
 * Opens a BuildKit session: a connection to Docker over which BuildKit calls this process.
 *
 * @param credentials returns the credentials for a registry's host
 */
export async function openSession(
  engine: DockerApi,
  credentials: (host: string) => Promise<Credentials | undefined>,
): Promise<Session> {
  const id = randomUUID();
  const socket = await engine.upgrade("/session", {
    "X-Docker-Expose-Session-Uuid": id,
    "X-Docker-Expose-Session-Name": "kubeflower",
    "X-Docker-Expose-Session-Grpc-Method": "/moby.filesync.v1.Auth/Credentials",
  });
  const server = new grpc.Server();
  server.addService(auth, {
    Credentials: (
      call: grpc.ServerUnaryCall<string, Credentials>,
      callback: Answer<Credentials>,
    ) => {
      credentials(call.request).then(
        (found) => {
          callback(null, found ?? { username: "", password: "" });
        },
        (error: unknown) => {
          callback({ code: grpc.status.UNKNOWN, details: String(error) });
        },
      );
    },
  });
  // Without answers to this call BuildKit drops the session within seconds.
  server.addService(health, {
    Check: (_call: unknown, callback: Answer<null>) => {
      callback(null, null);
    },
  });
  server.createConnectionInjector(grpc.ServerCredentials.createInsecure()).injectConnection(socket);
  return {
    id,
    close: () => {
      server.forceShutdown();
      socket.destroy();
    },
  };
}

type Answer<T> = (error: Partial<grpc.StatusObject> | null, value?: T) => void;

/** The call `Credentials` of `moby.filesync.v1.Auth`; its other calls have no answer. */
const auth: grpc.ServiceDefinition = {
  Credentials: {
    ...unaryMethod("/moby.filesync.v1.Auth/Credentials"),
    requestDeserialize: (bytes: Buffer) => {
      const reader = new BinaryReader(new Uint8Array(bytes));
      let host = "";
      while (reader.nextField()) {
        if (reader.getFieldNumber() === 1) host = reader.readString();
        else reader.skipField();
      }
      return host;
    },
    responseSerialize: ({ username, password }: Credentials) => {
      const writer = new BinaryWriter();
      writer.writeString(1, username);
      writer.writeString(2, password);
      return Buffer.from(writer.getResultBuffer());
    },
  },
};

/** `grpc.health.v1.Health`: always serving. */
const health: grpc.ServiceDefinition = {
  Check: {
    ...unaryMethod("/grpc.health.v1.Health/Check"),
    requestDeserialize: () => null,
    responseSerialize: () => Buffer.from([0x08, 0x01]),
  },
};

function unaryMethod(path: string): {
  path: string;
  requestStream: false;
  responseStream: false;
  requestSerialize: () => Buffer;
  responseDeserialize: () => null;
} {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    responseDeserialize: () => null,
  };
}
