import type { Checkout } from "../../../dev/checkout.ts";

/**
 * Makes the stack `local` of a checkout one whose run is over in seconds: one round of the tests'
 * smallest app. Where it runs is left to `npm run up`.
 */
export async function tinyStack(checkout: Checkout): Promise<void> {
  await checkout.pulumi("stack", "init", "local");
  await checkout.pulumi("config", "set", "app", "tests/app/tiny");
  await checkout.pulumi("config", "set", "rounds", "1");
}
