import * as providerModule from "@pulumi/pulumi/proto/provider_pb.js";
import * as structModule from "google-protobuf/google/protobuf/struct_pb.js";

import { commonJs } from "../../../docker/commonJs.ts";
import type { Properties } from "./properties.ts";
import type { Difference, Failure } from "./provider.ts";

const messages = commonJs(providerModule);
const { Struct } = commonJs(structModule);
const { DiffChanges } = messages.DiffResponse;
const { Kind } = messages.PropertyDiff;

/** Kinds of a change: in place, and by a replacement. */
const KINDS = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

/** Reads properties from a message. */
export function readProperties(struct: structModule.Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

/** Writes properties for a message. */
export function writeProperties(properties: Properties): structModule.Struct {
  return Struct.fromJavaScript(properties);
}

/** Answer of Check: the inputs to use, and the refused ones. */
export function checkResponse(
  inputs: Properties,
  failures: readonly Failure[],
): providerModule.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(writeProperties(inputs));
  response.setFailuresList(failures.map(checkFailure));
  return response;
}

function checkFailure({ property, reason }: Failure): providerModule.CheckFailure {
  const message = new messages.CheckFailure();
  message.setProperty(property);
  message.setReason(reason);
  return message;
}

/** Answer of Diff: each changed place, and whether it replaces the resource. */
export function diffResponse({ changes, replace }: Difference): providerModule.DiffResponse {
  const response = new messages.DiffResponse();
  response.setChanges(changes.size > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
  response.setHasdetaileddiff(true);
  for (const [path, change] of changes) {
    const entry = new messages.PropertyDiff();
    entry.setKind(KINDS[change][replace(path) ? 1 : 0]);
    entry.setInputdiff(true);
    response.getDetaileddiffMap().set(path, entry);
    response.addDiffs(path);
    if (replace(path)) response.addReplaces(path);
  }
  return response;
}
