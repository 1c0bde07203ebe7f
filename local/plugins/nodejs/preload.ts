// Loaded into every program before anything else.
//
// Some releases of Node.js 20 (20.20.2 is one) colour a stack trace in an endless loop, half a minute long, when a frame
// lies in a file directly under a scope as in node_modules/@pulumi/resource.ts. Source maps of @pulumi/pulumi make such
// frames, and its runner colours every error a program ends with. Those errors are printed without colours instead.
import util from "node:util";

const SCOPED_FILE = /[/\\]node_modules[/\\]@[^/\\]+[/\\][^/\\\n]*$/m;

util.inspect = new Proxy(util.inspect, {
  apply: (inspect, self, [value, options, ...rest]: Parameters<typeof util.inspect>) => {
    const endless =
      value instanceof Error && SCOPED_FILE.test(value.stack ?? "") && isColoured(options);
    return Reflect.apply(inspect, self, [
      value,
      endless ? { ...options, colors: false } : options,
      ...rest,
    ]);
  },
});

function isColoured(options: unknown): options is util.InspectOptions {
  return typeof options === "object" && (options as util.InspectOptions | null)?.colors === true;
}
