// Pulumi's runner loads a policy pack by `require`. It would check the types of TypeScript, which is slow; tsx only strips them.
require("tsx/cjs");
require("./pack.ts");
