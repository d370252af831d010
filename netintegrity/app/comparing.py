"""Compare two stored runs; both are judged anew from their evidence."""

from pathlib import Path

from netintegrity.app.assessing import assess_stored
from netintegrity.app.registries import parse_release
from netintegrity.app.windows import PlanFile, announced_in
from netintegrity.assess.compare import Comparison, compare
from netintegrity.model.run import RunReport
from netintegrity.store.keys import read_keys
from netintegrity.store.runs import read_run
from netintegrity.trust.keyring import load_keyring


def compare_stored(
    before: Path, after: Path, plan: PlanFile | None, *, keys_folder: Path | None
) -> Comparison:
    """Return what is different in the run ``after``; what either concluded once is not read.

    Each run is judged by its own manifests, policy and memory, and for its own moment.

    Args:
        before: a run folder.
        after: a run folder.
        plan: None: nothing was announced.
        keys_folder: None: the built-in keys; never those a run brings along.

    Raises:
        NetIntegrityError: a run cannot be read as it was stored, the runs are in the wrong order,
            or the plan contradicts itself.
    """
    announced = None
    if plan is not None:
        announced = announced_in(plan, load_keyring(read_keys(keys_folder).files)).plan
    return compare(
        _judged(before, keys_folder),
        _judged(after, keys_folder),
        announced,
        releases=parse_release,
    )


def _judged(folder: Path, keys_folder: Path | None) -> RunReport:
    return assess_stored(
        read_run(folder), keys_folder=keys_folder, manifests_folder=None, policy=None, at=None
    )
