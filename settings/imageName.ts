const PART = "[a-z0-9]+((\\.|__?|-+)[a-z0-9]+)*";
/** Name of an image that stays the same: with a tag that is not latest, or a digest. */
export const IMAGE_NAME = new RegExp(
  `^([a-z0-9][a-z0-9.-]*(:\\d+)?/)?${PART}(/${PART})*(:(?!latest$)\\w[\\w.-]*|(:\\w[\\w.-]*)?@sha256:[0-9a-f]{64})$`,
);
