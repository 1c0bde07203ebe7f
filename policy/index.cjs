// Pulumi's runner loads a policy pack by `require` and compiles TypeScript as slowly as it checks it; tsx only strips the types.
require("tsx/cjs");
require("./pack.ts");
