const UNITS = "kMGTPE";

/**
 * Bytes of a Kubernetes quantity of storage or memory, such as `512Mi`, `1.5Gi` or `2G`.
 * @throws RangeError for anything else
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function bytesOf(quantity: string): number {
  const [, number, unit = "", binary] = /^(\d+(?:\.\d+)?)([kKMGTPE]?)(i?)$/.exec(quantity) ?? [];
  if (number === undefined) throw new RangeError(`${quantity} is no size such as 512Mi`);
  const power = unit === "" ? 0 : UNITS.indexOf(unit === "K" ? "k" : unit) + 1;
  return Number(number) * (binary === "i" ? 1024 : 1000) ** power;
}

/**
 * Amount of any quantity that Kubernetes takes, such as `250m`, `1.5Gi` or `1e3`. Not by
 * `quantityToScalar` of @kubernetes/client-node, which throws for fractions of a Gi.
 */
export function amountOf(quantity: string): number {
  const [, number = "", unit = ""] = /^(.*?)([numkKMGTPE]i?)?$/.exec(quantity) ?? [];
  const small = ["m", "u", "n"].indexOf(unit);
  return small < 0 && unit !== ""
    ? Number(number) * bytesOf(`1${unit}`)
    : Number(number) / 1000 ** (small + 1);
}
