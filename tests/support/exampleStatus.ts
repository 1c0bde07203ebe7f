import { parseStatus, type Round } from "../../contract/status.ts";

/** A finished round. */
export const ROUND: Round = {
  round: 3,
  seconds: 2.314,
  loss: 0.61,
  accuracy: 0.8,
  replies: [0, 1],
  failures: [],
  clients: {},
};

/** The status of a run that has just begun. */
export const RUNNING = parseStatus('{"run":"ab12","state":"running","rounds":5}');
