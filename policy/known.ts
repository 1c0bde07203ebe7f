/**
 * Reads a value; undefined when only an update will know it, so that other values are still checked.
 * The error of @pulumi/policy is told by its field: `pulumi up` without the pack has no such package.
 */
export function known<T>(value: () => T): T | undefined {
  try {
    return value();
  } catch (error) {
    if (error instanceof Error && "unknownTypeSentinel" in error) return undefined;
    throw error;
  }
}
