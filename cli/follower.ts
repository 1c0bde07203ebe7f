import { NAMES } from "../contract/names.ts";
import type { RunResult, Status } from "../contract/status.ts";
import { Hopeless, TooLate, Unreachable } from "../kube/errors.ts";
import { oneLine } from "../kube/oneLine.ts";
import { ClientRenewal } from "./clientRenewal.ts";
import { ClusterContact } from "./clusterContact.ts";
import { Deadlines } from "./deadlines.ts";
import { deadlineSentence } from "./deadlineSentence.ts";
import type { Cause } from "./diagnosis/cause.ts";
import { diagnose } from "./diagnosis/diagnose.ts";
import type { Snapshot } from "./diagnosis/snapshot.ts";
import {
  podsReady,
  waitingForClients,
  waitingForServer,
  type Waiting,
} from "./diagnosis/waiting.ts";
import { failureSentence } from "./failureSentence.ts";
import type { FollowRequest } from "./followRequest.ts";
import { KeyRenewal } from "./keyRenewal.ts";
import { LastingCause } from "./lastingCause.ts";
import { nextSteps } from "./nextSteps.ts";
import { PhasePrinter } from "./phasePrinter.ts";
import { closingTable } from "./report.ts";
import { policyWarning } from "./policyWarning.ts";
import { resultOf, unknownResult } from "./result.ts";
import { RoundPrinter } from "./roundPrinter.ts";
import type { World } from "./world.ts";

const NO_POD = `no pod of ${NAMES.server} runs`;

/** Follows one run: prints what it waits for and a line a round, and finds the cause when it does not go on. */
export class Follower {
  readonly #request: FollowRequest;
  readonly #world: World;
  readonly #deadlines: Deadlines;
  readonly #contact: ClusterContact;
  readonly #phases: PhasePrinter;
  readonly #rounds: RoundPrinter;
  readonly #cause: LastingCause;
  readonly #renewal: ClientRenewal;
  readonly #keys: KeyRenewal;
  /** Last status of the run; null before the first. */
  #status: Status | null = null;
  /** Why the last look gave no status of the run; null when it did. */
  #problem: string | null = NO_POD;
  /** Cause that holds the run up, as it was told last; null when nothing does. */
  #told: string | null = null;
  /** Whether the run was seen before its end. */
  #sawTraining = false;
  #warned = false;
  #restarted = false;

  constructor(request: FollowRequest, world: World) {
    const seconds = (): number => world.now().getTime() / 1000;
    const print = (line: string): void => {
      world.print(line);
    };
    this.#request = request;
    this.#world = world;
    this.#deadlines = new Deadlines(seconds, request.timeout);
    this.#contact = new ClusterContact(this.#deadlines, print);
    this.#phases = new PhasePrinter(print, seconds);
    this.#rounds = new RoundPrinter(print);
    this.#cause = new LastingCause(seconds);
    this.#renewal = new ClientRenewal(world.actions);
    this.#keys = new KeyRenewal(world.actions, seconds);
  }

  /**
   * Follows the run until it is completed; without `wait` until it has started.
   * @throws Error with the cause and the remedy in one sentence
   */
  async result(): Promise<RunResult> {
    for (;;) {
      const status = await this.#read();
      if (status !== null && !(await this.#resume(status))) {
        if (this.#rounds.show(status)) this.#cause.roundFinished();
        if (await this.#isOver(status)) return resultOf(status);
      }
      await this.#diagnose(status);
      this.#checkDeadlines();
      await this.#world.sleep(this.#contact.pause);
    }
  }

  /** Follows the run like `result`, but gives a bad end as a result, too: its `reason` says why. */
  async outcome(): Promise<RunResult> {
    try {
      return await this.result();
    } catch (error) {
      const result =
        this.#status === null ? unknownResult(this.#request.run) : resultOf(this.#status);
      return { ...result, reason: oneLine(messageOf(error), 2000) };
    }
  }

  /** Reads the status of the wanted run; null when there is none, and `#problem` says why. */
  async #read(): Promise<Status | null> {
    try {
      const status = await this.#world.status();
      this.#contact.answered();
      this.#problem = this.#problemOf(status);
      if (status?.run !== this.#request.run) return null;
      if (status.state === "waiting") this.#phases.enter("clients");
      if (status.state === "running") {
        this.#phases.enter(null);
        // Until the run has started, only a change is progress.
        this.#deadlines.progressed();
      }
      this.#status = status;
      await this.#notice(status);
      return status;
    } catch (error) {
      this.#survive(error);
      return null;
    }
  }

  /** Warns once of policies that nobody enforces, and gives the server keys that it lacks. */
  async #notice(status: Status): Promise<void> {
    const warning = policyWarning(status);
    if (warning !== null && !this.#warned) this.#world.print(warning);
    this.#warned ||= warning !== null;
    if (await this.#keys.renew(status)) {
      this.#world.print("the cluster signs tokens with new keys, and the server has taken them");
    }
  }

  #problemOf(status: Status | null): string | null {
    if (status === null) return NO_POD;
    if (status.run === this.#request.run) return null;
    return `${NAMES.server} works on run ${status.run}, another \`pulumi up\` may have started it`;
  }

  /** Restarts, once, the server of a run that was interrupted before; returns whether it did. */
  async #resume({ failure, reason, history }: Status): Promise<boolean> {
    const { actions } = this.#world;
    const wasBefore = failure?.interrupted === true && this.#rounds.shown === 0;
    if (actions === undefined || !wasBefore || this.#restarted) return false;
    this.#restarted = true;
    this.#world.print(
      `the run goes on after round ${history.length}; it was interrupted: ${oneLine(reason ?? "", 300)}`,
    );
    await actions.restartServer();
    return true;
  }

  /** Tells whether there is nothing more to follow; a failed run throws. */
  async #isOver(status: Status): Promise<boolean> {
    const { state } = status;
    this.#sawTraining ||= state === "running" || state === "waiting";
    if (state === "waiting") return false;
    if (state === "running" && this.#request.wait) return false;
    if (state === "completed") {
      if (!(await this.#isSettled(status))) return false;
      this.#phases.enter(null);
    }
    const table = state === "running" ? [] : closingTable(status);
    for (const line of [...table, nextSteps(state)]) this.#world.print(line);
    if (state === "failed") throw new Error(failureSentence(status));
    return true;
  }

  /**
   * Tells whether the pods are those that the stack declares, with as many clients connected as a run
   * needs. Asked only for a run that was completed before: this update can then have changed only pods.
   */
  async #isSettled({ nodes }: Status): Promise<boolean> {
    if (this.#sawTraining) return true;
    try {
      const snapshot = await this.#world.snapshot();
      const needed = snapshot.clientsNeeded(false);
      if (snapshot.isRolledOut() && nodes.length >= needed) return true;
      this.#phases.enter("pods");
      const text = snapshot.isRolledOut()
        ? `waiting for ${needed - nodes.length} of ${needed} clients`
        : "waiting for pods of the new settings";
      this.#say({ text, busy: false });
    } catch (error) {
      this.#survive(error);
    }
    return false;
  }

  async #diagnose(status: Status | null): Promise<void> {
    const running = status?.state === "running";
    if (!this.#cause.isDue(running, isAmiss(status))) return;
    try {
      const snapshot = await this.#world.snapshot();
      this.#contact.answered();
      if (!running) await this.#renewal.renew(snapshot);
      this.#sayWaiting(status, snapshot);
      const cause = diagnose(snapshot, running);
      this.#tell(cause);
      this.#cause.found(cause, running);
    } catch (error) {
      this.#survive(error);
    }
  }

  #sayWaiting(status: Status | null, snapshot: Snapshot): void {
    if (status !== null && status.state !== "waiting") return;
    if (status === null) this.#phases.enter("server");
    const waiting =
      status === null ? waitingForServer(snapshot) : waitingForClients(status, snapshot);
    this.#say(waiting, status === null ? podsReady(snapshot) : undefined);
  }

  /** Prints what the run waits for when that has changed; a change is progress, as is a pull. */
  #say(waiting: Waiting, count?: string): void {
    if (this.#phases.show(waiting, count) || waiting.busy) this.#deadlines.progressed();
  }

  /** Prints what holds the run up as soon as it is known; whether it lasts shows later. */
  #tell(cause: Cause | null): void {
    if (cause !== null && cause.text !== this.#told) this.#world.print(cause.text);
    this.#told = cause?.text ?? null;
  }

  /**
   * Notes an error that may pass.
   * @throws Hopeless when it is one that stays
   */
  #survive(error: unknown): void {
    if (error instanceof Hopeless) throw error;
    const message = messageOf(error);
    this.#problem = message;
    if (error instanceof Unreachable) this.#contact.lost(message);
    else this.#contact.answered();
  }

  #checkDeadlines(): void {
    const deadline = this.#deadlines.passed();
    if (deadline === undefined) return;
    const seen = {
      status: this.#status,
      cause: this.#told,
      waiting: this.#phases.waiting,
      problem: this.#problem,
    };
    throw new TooLate(deadlineSentence(deadline, this.#request, seen));
  }
}

/** Tells whether a run that goes on may be held up: a client is offline, or one is missing. */
function isAmiss(status: Status | null): boolean {
  return status === null || status.clients.some(({ doing }) => doing === "offline");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
