/**
 * SHA-256 of the model that the default run ends with, on every x86-64 machine with AVX2. The CPUs
 * that it was seen on are in docs/adr/0015-the-same-instructions-everywhere.md.
 */
export const DEFAULT_MODEL = "1a8fbd27362ee8b4201a3ac0d6e498f59363278c4a8feb5934ffc5a45ba89ec1";
