"""Judge a stored run again; trusting none of its conclusions, nor its keys."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import netintegrity
from netintegrity.app.grounds import Material, is_a_lab, make_grounds
from netintegrity.app.judging import Collected, RunTimes, judge_run
from netintegrity.app.registries import PLATFORMS
from netintegrity.app.windows import PlanFile
from netintegrity.assess.plan import Phase
from netintegrity.assess.policy import SitePolicy
from netintegrity.errors import EvidenceSchemaError
from netintegrity.inventory.policy import parse_policy
from netintegrity.model.run import RunReport
from netintegrity.store.keys import read_keys
from netintegrity.store.manifests import manifests_in, read_manifests
from netintegrity.store.runs import PLAN, StoredRun
from netintegrity.trust.admit import Submission


def assess_stored(
    run: StoredRun,
    *,
    keys_folder: Path | None,
    manifests_folder: Path | None,
    policy: tuple[SitePolicy, bytes] | None,
    at: datetime | None,
    plan: PlanFile | None = None,
) -> RunReport:
    """Judge a stored run again, by its own inputs where no others are named.

    The keys are never the run's own: whoever stored it must not choose whom its reader trusts.

    Args:
        run: as read back.
        keys_folder: None: the built-in keys.
        manifests_folder: None: those stored with the run.
        policy: None: the one stored with the run.
        at: UTC; None: the run's own moment.
        plan: None: the one stored with the run, if it is about a change window.
    """
    stored_policy = run.files.get("inputs/policy.yaml", b"")
    read_policy = policy or (policy_of(stored_policy, run.path / "inputs/policy.yaml"))
    devices = [e.device for e in run.evidence]
    for device in devices:
        if device.platform_id not in PLATFORMS:
            raise EvidenceSchemaError(
                f"{run.path}: {device.name} was read as {device.platform_id!r}, which this version "
                "does not know"
            )
    marked = "inputs/inventory/lab.yaml" in run.files
    material = Material(
        keys=read_keys(keys_folder),
        manifests=read_manifests(manifests_folder)
        if manifests_folder is not None
        else stored_manifests(run),
        policy=read_policy[0],
        policy_bytes=read_policy[1],
        memory_bytes=run.files["inputs/memory.json"],
        memory_name=str(run.path / "inputs/memory.json"),
        lab=is_a_lab(keys_folder, devices, marked=marked),
        changed_files=run.record.changed_files,
        waivers=run.below("inputs/waivers/"),
        plan=plan or plan_of(run),
    )
    moment = at or run.record.at
    grounds, _ = make_grounds(material, at=moment)
    times = RunTimes(
        started_at=run.record.started_at, finished_at=run.record.finished_at, at=moment
    )
    report = judge_run(
        [Collected(evidence=e) for e in run.evidence],
        grounds,
        run_id=run.record.run_id,
        site=run.record.site,
        tool_version=netintegrity.__version__,
        times=times,
        history=run.record.history,
        complete=run.record.complete,
    )
    # A run made with --at has two moments; both are its own.
    return replace(report, judged_as_of=moment not in {run.record.at, run.record.finished_at})


def policy_of(raw: bytes, path: Path) -> tuple[SitePolicy, bytes]:
    """Return a stored policy; nothing stored means the defaults."""
    return (parse_policy(raw, name=str(path)) if raw else SitePolicy()), raw


def plan_of(run: StoredRun) -> PlanFile | None:
    """Return the plan of the change window a stored run is about; None: it is about none."""
    raw, phase = run.files.get(PLAN), run.record.phase
    if raw is None:
        return None
    return PlanFile(
        name=str(run.path / PLAN), raw=raw, phase=None if phase is None else Phase(phase)
    )


def stored_manifests(run: StoredRun) -> tuple[Submission, ...]:
    """Return the manifests of a stored run: the very bytes whose digests were checked."""
    return manifests_in(run.below("inputs/manifests/"))
