"""The room that a run needs on the volume, compared with what is there before it trains."""

from kubeflower import volume
from kubeflower.run_failure import RunFailed
from kubeflower.run_folder import RunFolder

COPIES = 2
"""Copies of the model that a run needs at a time: a checkpoint, and the next or the final model."""
RECORD = 1 << 20
"""Bytes for metrics, events and the like."""
SHARED = 2
"""Times its claim that a volume is at least, if it has no size of its own but that of a disk."""


class Room:
    """Tells early that a run will find no room."""

    def __init__(self, folder: RunFolder) -> None:
        """Make a check of the run in `folder`."""
        self.folder = folder
        self.claim: int | None = None
        """Bytes that the volume's claim asks for; None: nobody has said."""
        self.warning: str | None = None
        """Why the run takes more than the claim asks for, with what to do; None if it does not."""

    def check(self, model: int) -> None:
        """Compare what a run with this model needs at least with the free space.

        Args:
            model: Bytes of the model that the run begins or goes on with.

        Raises:
            RunFailed: there is too little; the run goes on when there is enough.
        """
        own = [path.stat().st_size for path in self.folder.path.glob("checkpoint-*")]
        # A checkpoint has the strategy's state beside the model.
        needed = COPIES * max([model, *own]) + RECORD
        what = f"the run needs {volume.mib(needed)} MiB for checkpoints and a model"
        what += f" of {volume.mib(model)} MiB"
        facts, users = volume.usage(self.folder.data)
        free, total = facts["free"], facts["total"]
        shared = self.claim is not None and total > SHARED * self.claim
        if free + sum(own) < needed:
            facts |= {"wanted": total - free - sum(own) + needed, "shared": shared}
            raise RunFailed(f"{what}, and {volume.free_text(facts)}{users}", "disk", **facts)
        if self.claim is not None and shared:
            self._compare_with_claim(self.claim, needed - sum(own), what)

    def _compare_with_claim(self, claim: int, more: int, what: str) -> None:
        """Warn of a run that takes more than the claim asks for, where no cluster enforces it."""
        used = sum(volume.run_sizes(self.folder.data).values())
        if used + more <= claim:
            return
        self.warning = (
            f"{what}, with all runs {volume.mib(used + more)} MiB, and the volume's claim is of "
            f"{volume.mib(claim)} MiB, which this cluster does not enforce — keep fewer runs: "
            "pulumi config set keepRuns <number>, or ask for more: pulumi config set storage "
            f"{-(-(used + more) * 5 // (4 * volume.MIB))}Mi"
        )
        print(f"warning: {self.warning}")
