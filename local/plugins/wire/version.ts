declare const PLUGIN_VERSION: string | undefined;

/** The version of the official plugin this one stands in for, put in when the plugin is bundled. */
export const version = typeof PLUGIN_VERSION === "string" ? PLUGIN_VERSION : "0.0.0";
