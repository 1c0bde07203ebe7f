import type { Snapshot } from "./diagnosis/snapshot.ts";
import type { Actions } from "./world.ts";

/**
 * Deletes client pods of an older template, so that those of the new one come all at once. A new pod
 * that only an older one kept from its node is deleted once no older one is left, and made again: the
 * scheduler would wait five minutes before it tries it again.
 */
export class ClientRenewal {
  readonly #actions: Actions | undefined;
  /** Whether clients of an older template were there since new ones were last made again. */
  #wereOutdated = false;

  constructor(actions: Actions | undefined) {
    this.#actions = actions;
  }

  /** Deletes the pods that this snapshot shows to be due. */
  async renew(snapshot: Snapshot): Promise<void> {
    const outdated = snapshot.outdatedClients();
    this.#wereOutdated ||= outdated.length > 0;
    const areGone = outdated.length === 0 && !snapshot.clientsEnd();
    const pods = this.#wereOutdated && areGone ? snapshot.unscheduledClients() : outdated;
    if (areGone) this.#wereOutdated = false;
    if (pods.length > 0) {
      await this.#actions?.deletePods(pods.map(({ metadata }) => metadata.name));
    }
  }
}
