"""A judged run, written into its folder with all it was judged by."""

from netintegrity.app.grounds import Material
from netintegrity.app.registries import report_formats
from netintegrity.inventory.site import Site
from netintegrity.model.run import RunReport
from netintegrity.store._run_files import digest_of
from netintegrity.store.keys import KeyFiles
from netintegrity.store.run_record import RunRecord
from netintegrity.store.runs import RunFolder, RunInputs


def inputs_of(site: Site, keys: KeyFiles, material: Material) -> RunInputs:
    """Return everything a run is judged by, as its folder keeps it."""
    files = dict(site.files)
    manifests: dict[str, bytes] = {}
    for manifest in material.manifests:
        manifests[manifest.filename] = manifest.raw
        for suffix, signature in manifest.detached.items():
            manifests[f"{manifest.filename}{suffix}"] = signature
    return RunInputs(
        manifests=manifests,
        keys=keys.files,
        policy=material.policy_bytes,
        inventory=files,
        known_hosts=files.get("known_hosts", b""),
        memory=material.memory_bytes,
        waivers=material.waivers,
        plan=None if material.plan is None else material.plan.raw,
    )


def store_run(folder: RunFolder, report: RunReport, inputs: RunInputs, phase: str | None) -> str:
    """Write a judged run, and return the digest of its report (``sha256:hex``).

    Raises:
        StoreError: it could not be written whole; without ``run.json`` it is none.
    """
    for result in report.results:
        folder.write_evidence(result.evidence)
    folder.write_inputs(inputs)
    rendered = report_formats()["json"].render(report).encode()
    folder.write("report.json", rendered)
    folder.finish(
        RunRecord(
            run_id=report.run_id,
            site=report.site,
            started_at=report.started_at,
            finished_at=report.finished_at,
            at=report.at,
            tool_version=report.tool_version,
            devices=tuple(r.evidence.device.name for r in report.results),
            changed_files=report.changed_files,
            phase=phase,
            history=report.history,
            complete=report.complete,
        )
    )
    return digest_of(rendered)
