import type { Ended, Machine } from "../../../cli/doctor/machine.ts";

/** Parts of a machine that a test varies. */
interface Parts extends Partial<Omit<Machine, "run">> {
  /** End of each program that it has. */
  readonly programs?: Readonly<Record<string, Ended | null>>;
}

/** A machine with no programs but those given. */
export function machine({ programs = {}, ...rest }: Parts): Machine {
  return {
    node: "v22.0.0",
    settings: {},
    env: {},
    platform: "linux",
    run: (program) => Promise.resolve(programs[program] ?? null),
    ...rest,
  };
}
