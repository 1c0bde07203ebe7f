import type { Snapshot } from "./diagnosis/snapshot.ts";
import type { Actions } from "./world.ts";

/**
 * Deletes client pods of an older template, so that those of the new one come all at once. A new pod
 * that only an older one kept from its node is deleted at the next look, and made again: the scheduler
 * would wait five minutes before it tries it again.
 */
export class ClientRenewal {
  readonly #actions: Actions | undefined;
  /** Whether the last look found clients of an older template. */
  #deletedOutdated = false;

  constructor(actions: Actions | undefined) {
    this.#actions = actions;
  }

  /** Deletes the pods that this snapshot shows to be due. */
  async renew(snapshot: Snapshot): Promise<void> {
    const outdated = snapshot.outdatedClients();
    const mayBeHeld = this.#deletedOutdated && outdated.length === 0;
    const pods = mayBeHeld ? snapshot.unscheduledClients() : outdated;
    this.#deletedOutdated = outdated.length > 0;
    if (pods.length > 0) {
      await this.#actions?.deletePods(pods.map(({ metadata }) => metadata.name));
    }
  }
}
