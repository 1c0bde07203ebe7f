import type { RunResult, Status } from "../contract/status.ts";
import { Hopeless, Unreachable } from "../kube/errors.ts";
import { oneLine } from "../kube/oneLine.ts";
import { diagnose, needs } from "./diagnosis.ts";
import { closingTable, resultOf, roundLine } from "./report.ts";
import { failureSentence } from "./remedy.ts";
import { beforeStatus, whileWaiting } from "./situation.ts";
import { isRolledOut, outdatedClients, unscheduledClients, type Snapshot } from "./snapshot.ts";

/** Which run to follow, and how far. */
export interface Request {
  readonly context: string;
  readonly namespace: string;
  readonly run: string;
  /** Seconds to follow at most. */
  readonly timeout: number;
  /** To the end; else only until it has started. */
  readonly wait: boolean;
}

/** Changes to the federation that an update makes while it follows. */
export interface Hands {
  /** Deletes pods of the federation: their controllers make new ones. */
  renew(pods: readonly string[]): Promise<void>;
  /** Has the server begin anew, so that an interrupted run goes on. */
  restart(): Promise<void>;
}

/** What the follower needs of the world. */
export interface World {
  /** The server's status; null while it has no pod that runs. */
  status(): Promise<Status | null>;
  observe(): Promise<Snapshot>;
  /** Undefined for a follower that only looks. */
  readonly hands?: Hands;
  print(line: string): void;
  now(): Date;
  sleep(seconds: number): Promise<void>;
}

const PAUSE = 1;
const LONGEST_PAUSE = 8;
const BETWEEN_DIAGNOSES = 5;
// A cause must still be seen at a later look; how long each may last is the diagnosis' matter.
const CONFIRMED = 10;
// An API server that restarts is gone for up to a minute.
const WITHOUT_API = 75;
// Between two signs of progress before the first round; a long pull is one.
const WITHOUT_PROGRESS = 150;
const WITHOUT_ROUND = 60;

/** Follows one run; prints a line a round and finds out why it does not go on. */
export class Follower {
  private readonly started: number;
  private apiAnswered: number;
  private moved: number;
  private progressed: number;
  private diagnosed = -BETWEEN_DIAGNOSES;
  private troubledSince: number | null = null;
  private shownRounds = 0;
  private shownWaiting = "";
  private restarted = false;
  /** Whether the look before found clients of an older template. */
  private renewed = false;
  /** Whether the run was seen before its end. */
  private sawTraining = false;
  private last: Status | null = null;
  private problem = "no pod of flower-server runs";
  private pause = PAUSE;

  constructor(
    private readonly request: Request,
    private readonly world: World,
  ) {
    this.started = this.seconds();
    this.apiAnswered = this.moved = this.progressed = this.started;
  }

  /**
   * The result when the run is completed (without `wait`: or has started).
   * @throws Error with the cause and the remedy in one sentence
   */
  async result(): Promise<RunResult> {
    for (;;) {
      const status = await this.status();
      if (status !== null && !(await this.goesOn(status))) {
        this.show(status);
        if (await this.isOver(status)) return resultOf(status);
      }
      await this.diagnose(status);
      this.checkDeadlines();
      await this.world.sleep(this.pause);
    }
  }

  /** Whether there is nothing more to follow. */
  private async isOver(status: Status): Promise<boolean> {
    const { state } = status;
    this.sawTraining ||= state === "running" || state === "waiting";
    if (state === "waiting") return false;
    if (state === "running") return !this.request.wait;
    if (state === "completed" && !(await this.isSettled(status))) return false;
    for (const line of closingTable(status)) this.world.print(line);
    if (state === "failed") throw new Error(failureSentence(status));
    return true;
  }

  /**
   * Whether the pods are those that the stack declares, and as many clients connected as a run needs.
   * Where a run was completed before, only the pods can be what this update has changed.
   */
  private async isSettled({ nodes }: Status): Promise<boolean> {
    if (this.sawTraining) return true;
    try {
      const seen = await this.world.observe();
      const { start } = needs(seen);
      if (!isRolledOut(seen)) this.say("waiting for pods of the new settings");
      else if (nodes.length >= start) return true;
      else this.say(`waiting for clients: ${nodes.length} of ${start} connected`);
    } catch (error) {
      this.accept(error);
    }
    return false;
  }

  /**
   * How the run ended, also when it did not end well: `reason` then says why.
   */
  async outcome(): Promise<RunResult> {
    try {
      return await this.result();
    } catch (error) {
      const reason = oneLine(error instanceof Error ? error.message : String(error), 2000);
      return { ...(this.last === null ? unknown(this.request.run) : resultOf(this.last)), reason };
    }
  }

  /** Whether a run that was interrupted before now goes on; it gets one chance to. */
  private async goesOn({ failure, reason, history }: Status): Promise<boolean> {
    const { hands } = this.world;
    if (failure?.interrupted !== true || this.restarted || this.shownRounds > 0) return false;
    if (hands === undefined) return false;
    this.restarted = true;
    this.world.print(
      `the run goes on after round ${history.length}; it was interrupted: ${oneLine(reason ?? "", 300)}`,
    );
    await hands.restart();
    return true;
  }

  /** The wanted run's status, or null with the reason in `problem`. */
  private async status(): Promise<Status | null> {
    try {
      const status = await this.world.status();
      this.answered();
      if (status === null) {
        this.problem = "no pod of flower-server runs";
        return null;
      }
      if (status.run !== this.request.run) {
        this.problem = `flower-server works on run ${status.run}, another \`pulumi up\` may have started it`;
        return null;
      }
      // While it waits for clients, only a change is progress.
      if (status.state === "running") this.moved = this.seconds();
      this.last = status;
      this.problem = "";
      return status;
    } catch (error) {
      this.accept(error);
      return null;
    }
  }

  private show(status: Status): void {
    if (status.history.length < this.shownRounds) {
      const kept = String(status.history.length);
      this.world.print(`the server was replaced; the run goes on after round ${kept}`);
      this.shownRounds = status.history.length;
    }
    const fresh = status.history.filter(({ round }) => round > this.shownRounds);
    for (const round of fresh) {
      this.world.print(roundLine(round, status.rounds));
      this.shownRounds = round.round;
    }
    if (fresh.length > 0) this.progressed = this.seconds();
  }

  private async diagnose(status: Status | null): Promise<void> {
    const now = this.seconds();
    const well = status?.state === "running" && now - this.progressed < WITHOUT_ROUND;
    if (well) this.troubledSince = null;
    if (well || now - this.diagnosed < BETWEEN_DIAGNOSES) return;
    this.diagnosed = now;
    try {
      const seen = await this.world.observe();
      this.answered();
      if (status?.state !== "running") {
        await this.renew(seen);
      }
      this.showWaiting(status, seen);
      const cause = diagnose(seen, status?.state === "running");
      if (cause === null) this.troubledSince = null;
      else if (this.troubledSince === null) this.troubledSince = now;
      else if (now - this.troubledSince >= CONFIRMED) throw new Hopeless(cause.sentence);
    } catch (error) {
      this.accept(error);
    }
  }

  /**
   * Deletes clients of an older template. A client of the new one that only they kept from its node
   * follows at the next look: the scheduler would try it again after five minutes.
   */
  private async renew(seen: Snapshot): Promise<void> {
    const outdated = outdatedClients(seen);
    const held = this.renewed && outdated.length === 0 ? unscheduledClients(seen) : [];
    this.renewed = outdated.length > 0;
    const pods = [...outdated, ...held];
    if (pods.length > 0) await this.world.hands?.renew(pods.map(({ metadata }) => metadata.name));
  }

  /** Says for what the run waits; a situation that changes, or a long pull, is no silence. */
  private showWaiting(status: Status | null, seen: Snapshot): void {
    if (status !== null && status.state !== "waiting") return;
    const { text, busy } = status === null ? beforeStatus(seen) : whileWaiting(status, seen);
    if (busy) this.moved = this.seconds();
    this.say(text);
  }

  /** Prints what is being waited for, once; a situation that changes is progress. */
  private say(text: string): void {
    if (text === this.shownWaiting) return;
    this.moved = this.seconds();
    this.world.print(text);
    this.shownWaiting = text;
  }

  private answered(): void {
    if (this.pause > PAUSE) this.world.print("the cluster answers again");
    this.pause = PAUSE;
    this.apiAnswered = this.seconds();
  }

  private accept(error: unknown): void {
    if (error instanceof Hopeless) throw error;
    this.problem = error instanceof Error ? error.message : String(error);
    if (!(error instanceof Unreachable)) {
      this.answered();
      return;
    }
    if (this.pause === PAUSE) {
      this.world.print(`the cluster does not answer (${oneLine(this.problem, 200)}); trying again`);
    }
    this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
  }

  private checkDeadlines(): void {
    const now = this.seconds();
    const { context, namespace, run, timeout } = this.request;
    const lately = oneLine(this.problem).slice(0, 500);
    if (now - this.apiAnswered >= WITHOUT_API) {
      throw new Error(
        `the cluster of context ${context} has not answered for ${WITHOUT_API} s (${lately}) — check that it is up; the run goes on — then run \`pulumi up\` again`,
      );
    }
    const known = this.last?.run === run && this.last.state === "waiting";
    if (now - this.moved >= WITHOUT_PROGRESS) {
      const seen = this.shownWaiting === "" ? lately : this.shownWaiting;
      const more = known || ["", seen].includes(lately) ? "" : ` (${lately})`;
      throw new Error(
        `run ${run} made no progress for ${WITHOUT_PROGRESS} s: ${seen}${more} — see \`kubectl -n ${namespace} logs ${known ? "flower-client-0" : "deploy/flower-server"}\` — then run \`pulumi up\` again`,
      );
    }
    if (now - this.started >= timeout) {
      const where =
        this.last === null
          ? lately
          : this.last.state === "waiting"
            ? whileWaiting(this.last, null).text
            : `${this.last.state}, ${this.last.history.length} of ${this.last.rounds} rounds done`;
      throw new Error(
        `run ${run} is not completed after ${timeout} s (${where}) — the run goes on: \`pulumi up\` follows it again — or raise \`timeout\``,
      );
    }
  }

  private seconds(): number {
    return this.world.now().getTime() / 1000;
  }
}

/** The result of a run whose server was never reached. */
function unknown(id: string): RunResult {
  const nothing = { accuracy: null, loss: null, modelSha256: null, seconds: null };
  return { id, state: "unknown", reason: null, rounds: 0, ...nothing };
}
