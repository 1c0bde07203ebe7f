import { readSettings } from "../../../settings/read.ts";
import { BAD_CONFIGS, refusalOf } from "../../support/badConfigs.ts";
import { projectDefaults } from "../../support/stackConfig.ts";

type Values = Readonly<Record<string, string>>;

/** Wrong settings of several rows of BAD_CONFIGS, and all that is said about them. */
export interface BadBatch {
  readonly values: Values;
  readonly refusal: string;
}

/**
 * Puts rows together that one stack can have at once: each preview takes seconds. A row joins only
 * where all say then what each says alone; tests/settings/read.test.ts has each alone.
 */
export function badBatches(): BadBatch[] {
  const defaults = projectDefaults();
  const batches: { values: Values; lines: readonly string[]; refusal: string }[] = [];
  for (const [values, ...lines] of BAD_CONFIGS) {
    const joined = batches.find((batch) => {
      if (Object.keys(values).some((key) => key in batch.values)) return false;
      const all = sorted({ ...batch.values, ...values });
      const told = refusal({ ...defaults, ...all })
        .split("\n")
        .slice(1);
      const alone = [...batch.lines, ...lines].map((line) => `  ${line}`);
      if (told.length !== alone.length || !alone.every((line) => told.includes(line))) return false;
      Object.assign(batch, {
        values: all,
        lines: [...batch.lines, ...lines],
        refusal: refusalOf(told.map((line) => line.slice(2))),
      });
      return true;
    });
    if (joined === undefined) batches.push({ values, lines, refusal: refusalOf(lines) });
  }
  return batches;
}

/** Pulumi hands keys over in this order, in which unknown ones are told. */
function sorted(values: Values): Values {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function refusal(values: Values): string {
  try {
    readSettings(values, "dev");
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
