import { amountOf } from "../../../contract/quantity.ts";
import { bytesText } from "../../quantities.ts";
import type { ClusterCheck } from "../check.ts";
import { ok, unchecked, warning, type Finding } from "../finding.ts";

/** Part of the volume that runs may take without a warning. */
const MOST = 0.8;

/** Checks that the server's volume has room for another run. */
export const space: ClusterCheck = {
  name: "space",
  run: async (patient) => {
    const claim = (await patient.snapshot())?.objects.claims[0];
    const size = claim?.status?.capacity?.storage;
    if (size === undefined) return unchecked("no server has a volume yet");
    const runs = await patient.status.runs();
    if (runs === null) return unchecked("no pod of the server runs that could tell");
    const bytes = runs.map((run) => run.bytes as number | undefined);
    return spaceFinding(amountOf(size), bytes);
  },
};

/**
 * @param size bytes of the volume
 * @param known bytes that each run takes; servers of 0.1 do not tell
 */
export function spaceFinding(size: number, known: readonly (number | undefined)[]): Finding {
  const runs = known.filter((bytes) => bytes !== undefined);
  if (runs.length < known.length) {
    return unchecked("the server is of an older version, which does not tell", "pulumi up");
  }
  const used = runs.reduce((sum, bytes) => sum + bytes, 0);
  const text = `${runs.length} ${runs.length === 1 ? "run takes" : "runs take"} ${bytesText(used)} of the volume's ${bytesText(size)}`;
  // A run needs as much as the largest one; its checkpoints are in addition to its model.
  const next = Math.max(0, ...runs);
  if (used + next <= size && used <= MOST * size) return ok(text);
  const wanted = Math.ceil((2 * size) / 2 ** 20);
  const fewer = runs.length > 1 ? ", unless keepRuns keeps fewer" : "";
  return warning(
    `${text}: another run may fill it${fewer}`,
    `pulumi config set storage ${wanted}Mi`,
  );
}
