/** Public keys, as a JSON Web Key Set (RFC 7517) names them. */
export interface KeySet {
  readonly keys: readonly Key[];
}

/** One public key; all but its id is the verifier's business. */
export interface Key {
  /** Id of the key, which a token names. */
  readonly kid?: string;
}

/** Writes a key set so that the same keys give the same text, whoever listed them in which order. */
export function keySetText({ keys }: KeySet): string {
  const id = ({ kid = "" }: Key): string => kid;
  return JSON.stringify({ keys: [...keys].sort((a, b) => (id(a) < id(b) ? -1 : 1)) });
}
