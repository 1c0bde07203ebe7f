declare const PLUGIN_VERSION: string | undefined;

/** Version of the official plugin that this one stands in for; the bundler inserts it. */
export const version = typeof PLUGIN_VERSION === "string" ? PLUGIN_VERSION : "0.0.0";
