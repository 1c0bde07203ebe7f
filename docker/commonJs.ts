/**
 * The exports of a CommonJS module imported as a namespace.
 *
 * The gRPC stubs of `@pulumi/pulumi/proto` fill `exports` at run time, so Node.js finds no named exports in them and
 * puts everything under `default`; a bundler or vitest may put it in the namespace itself.
 */
export function commonJs<T extends object>(module: T): T {
  return (module as { default?: T }).default ?? module;
}
