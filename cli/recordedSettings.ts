import type { Origin, RunRecord, Spec } from "../contract/record.ts";
import { runId } from "../settings/runId.ts";
import type { RunSpec } from "../settings/table.ts";

/** One setting of a stack; null where it must not be set. */
export interface Value {
  readonly key: string;
  readonly value: string | null;
}

/**
 * Fits values to a stack: where it has an object as one text, a path would lose the rest of it.
 * @param config the stack's config by key
 */
export function fitted(
  values: readonly Value[],
  config: Readonly<Record<string, unknown>>,
): readonly Value[] {
  return values.map(({ key, value }) => {
    const [name = "", part] = key.split(".");
    const text = config[name];
    if (part === undefined || typeof text !== "string") return { key, value };
    const rest = Object.entries(JSON.parse(text) as object).filter(([one]) => one !== part);
    const whole = [...rest, ...(value === null ? [] : [[part, value] as const])];
    return { key: name, value: JSON.stringify(Object.fromEntries(whole)) };
  });
}

/** Platform of the image by the kind of machine that ran it: another one rounds sums differently. */
const PLATFORMS: Readonly<Record<string, string>> = {
  x86_64: "linux/amd64",
  aarch64: "linux/arm64",
};

/** Settings of a stack that decide how a run ends. */
export function valuesOf(record: RunRecord): Value[] {
  const { runConfig = {}, ...own } = specOf(record);
  const isEmpty = Object.keys(runConfig as object).length === 0;
  return [
    ...Object.entries(own).map(([key, value]) => ({ key, value: String(value) })),
    { key: "runConfig", value: isEmpty ? null : JSON.stringify(runConfig) },
    ...originValues(record),
  ];
}

function originValues({ origin, machine }: RunRecord): Value[] {
  if (origin === null) return ["base", "runToken"].map((key) => ({ key, value: null }));
  const { app, base = null, runToken, sources, threads, gpus } = origin;
  // A stack with a ready image has its name in place of the sources' hash.
  const image = /[:@]/.test(sources) ? sources : null;
  return [
    { key: "app", value: app },
    { key: "base", value: base },
    { key: "runToken", value: runToken === "" ? null : runToken },
    { key: "image", value: image },
    { key: "platform", value: image === null ? (PLATFORMS[machine] ?? null) : null },
    ...(threads === undefined
      ? []
      : [
          { key: "gpus", value: gpus === undefined ? null : String(gpus) },
          { key: "serverResources.cpu", value: cpus(threads.server) },
          { key: "clientResources.cpu", value: cpus(threads.client) },
        ]),
  ];
}

/** CPUs that give a pod this number of threads; the default gives one. */
function cpus(threads: number): string | null {
  return threads < 2 ? null : String(threads);
}

/** The run's settings as a stack has them: with GPUs the record says native, whatever was set. */
function specOf({ spec, origin, run }: RunRecord): Spec {
  const portable = { ...spec, arithmetic: "portable" };
  return (origin?.gpus ?? 0) > 0 && idOf(portable, origin) === run ? portable : spec;
}

/** Tells whether the settings give the run's own id, with the same sources. */
export function givesSameId(record: RunRecord): boolean {
  return record.origin !== null && idOf(specOf(record), record.origin) === record.run;
}

/** Id that these settings give. */
function idOf(spec: Spec, origin: Origin | null): string {
  const { sources = "", runToken = "" } = origin ?? {};
  return runId({ sources, runToken, run: spec as unknown as RunSpec });
}

/** A setting that no record has. */
interface Unrecorded {
  readonly key: string;
  /** Text of what to do. */
  readonly words: string;
}

/** Settings that may decide about the model and that no record has, each with what to do. */
export function unrecorded({ origin }: RunRecord): Unrecorded[] {
  const threads =
    "the record does not say how many CPUs the pods had: give them as many whole ones (clientResources, serverResources)";
  const names = origin?.buildArgs ?? [];
  const args = `the values of buildArgs ${names.join(", ")} are not recorded, as they may hold passwords: set them where this build needs them`;
  return [
    ...(origin?.threads === undefined ? [{ key: "clientResources", words: threads }] : []),
    ...(names.length === 0 ? [] : [{ key: "buildArgs", words: args }]),
  ];
}
