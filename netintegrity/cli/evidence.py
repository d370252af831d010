"""``netintegrity evidence``: is a stored run still the one that was signed, and what is in it?"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netintegrity.cli import _trust
from netintegrity.cli._output import emit, emit_json, say
from netintegrity.cli._spec import Command
from netintegrity.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netintegrity.app.vouching import EvidenceVerification
    from netintegrity.model.evidence import Evidence

SCHEMA: Final = "netintegrity/evidence-verification/1"


def _configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = actions.add_parser(
        "verify", help="name every file that is not as it was signed", allow_abbrev=False
    )
    _add_run(verify)
    _trust.add_keys(verify)
    verify.add_argument(
        "--rejudge",
        action="store_true",
        help="judge the evidence again by your keys, and compare with the stored report",
    )
    _trust.add_format(verify)
    sign = actions.add_parser("sign", help="vouch for a run as it is", allow_abbrev=False)
    _add_run(sign)
    sign.add_argument("--key", type=Path, required=True, metavar="PEM", help="private key")
    show = actions.add_parser("show", help="print what each device said", allow_abbrev=False)
    _add_run(show)
    show.add_argument("--device", metavar="NAME", help="only this one")


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", type=Path, metavar="DIR", help="a run folder")


def _run(arguments: argparse.Namespace) -> ExitStatus:
    return {"verify": _verify, "sign": _sign, "show": _show}[arguments.action](arguments)


def _verify(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.app.vouching import verify_evidence
    from netintegrity.clock import utc_now

    found = verify_evidence(
        arguments.run, keys_folder=arguments.keys, rejudge=arguments.rejudge, at=utc_now()
    )
    if arguments.format == "json":
        emit_json(_document(found))
    else:
        for line in _lines(found):
            emit(line)
    return found.status


def _document(found: "EvidenceVerification") -> dict[str, object]:
    from netintegrity.plain_text import clean

    statement, anchor, record = found.statement, found.anchor, found.check.record
    return {
        "schema": SCHEMA,
        "path": clean(str(found.check.path)),
        "run_id": None if record is None else clean(record.run_id),
        "status": found.word,
        "reason": None if found.rejection is None else found.rejection.reason,
        "detail": None if found.rejection is None else clean(str(found.rejection)),
        "files": found.check.files,
        "problems": [
            {"file": clean(p.name), "problem": p.problem.value, "detail": clean(p.detail)}
            for p in found.problems
        ],
        "uncovered": [clean(n) for n in found.uncovered],
        "signer": None
        if anchor is None
        else {"subject": anchor.subject, "fingerprint": anchor.fingerprint, "key": anchor.id},
        "signed_at": None if statement is None else _trust.time_text(statement.signed_at),
        "caveats": sorted(c.value for c in found.caveats),
        "rejudged": None
        if found.differences is None
        else {
            "same": not found.differences,
            "differences": [
                {
                    "device": None if d.device is None else clean(d.device),
                    "what": clean(d.what),
                    "stored": clean(d.stored),
                    "now": clean(d.now),
                }
                for d in found.differences
            ],
        },
        "not_rejudged": clean(found.unjudged) or None,
    }


def _lines(found: "EvidenceVerification") -> "Iterator[str]":
    statement, anchor, record = found.statement, found.anchor, found.check.record
    named = "run.json cannot be read" if record is None else f"run {record.run_id}"
    yield _line(f"{found.check.path}: {found.word}; {named}, {found.check.files} files")
    if statement is not None and anchor is not None:
        caveats = "".join(f", {c.value}" for c in sorted(found.caveats))
        yield _line(f"  signed by {anchor.id} ({anchor.fingerprint}){caveats}")
        yield f"  at {_trust.time_text(statement.signed_at)}, by the signer's own clock"
    elif found.rejection is not None:
        yield _line(f"  {found.rejection}")
    else:
        yield "  nobody signed it: it may have been replaced as a whole"
    for problem in found.problems:
        yield _line(f"  {problem.problem.value}: {problem.name}: {problem.detail}")
    for name in found.uncovered if statement is None else ():
        yield _line(f"  nobody vouches for {name}")
    if found.unjudged:
        yield _line(f"  not judged again: {found.unjudged}")
    for d in found.differences or ():
        whole = "the run" if d.device is None else d.device
        yield _line(f"  judged otherwise: {whole}: {d.what} was {d.stored}, and is {d.now}")
    if found.differences == ():
        yield "  judged again by your keys, with the same result"


def _sign(arguments: argparse.Namespace) -> ExitStatus:
    import re

    from netintegrity.app.vouching import sign_evidence
    from netintegrity.clock import utc_now
    from netintegrity.trust.sign import anchor_yaml, public_pem

    pem, password = _trust.private_key(arguments.key)
    at = utc_now().replace(microsecond=0)
    file, statement = sign_evidence(arguments.run, pem, password, at=at)
    public, stem = public_pem(pem, password), arguments.key.stem
    stanza = anchor_yaml(
        public,
        anchor_id=f"owner/{re.sub('[^A-Za-z0-9._-]', '-', stem) or 'key'}",
        file=f"{stem}-public.pem",
        source="our own key; say here who holds it",
        purpose="run-statement",
        formats=(),
    )
    say(f"netintegrity: {file} vouches for {', '.join(sorted(statement.files))}")
    say("and for every file that run.json names. Whoever shall trust this key needs a folder for")
    say(f"--keys with two files. {stem}-public.pem:\n{public.decode()}keyring.yaml:\n{stanza}")
    return ExitStatus.VERIFIED


def _show(arguments: argparse.Namespace) -> ExitStatus:
    from netintegrity.store.runs import read_run

    evidence = [
        e for e in read_run(arguments.run).evidence if arguments.device in {None, e.device.name}
    ]
    if not evidence and arguments.device is not None:
        raise ConfigError("no such device in this run", where=f"{arguments.run} {arguments.device}")
    for one in evidence:
        for line in _transcript(one):
            emit(line)
    return ExitStatus.VERIFIED


def _transcript(evidence: "Evidence") -> "Iterator[str]":
    """Yield what a device said; every line of its own behind a bar, so that it can forge none."""
    from netintegrity.plain_text import clean

    device = evidence.device
    yield _line(f"{device.name} ({device.address} port {device.port}, {device.platform_id})")
    yield _line(
        f"collected {_trust.time_text(evidence.collected_at)}, host key "
        f"{evidence.host_key_fingerprint or 'not seen'} ({evidence.host_key_status.value})"
    )
    for exchange in evidence.exchanges:
        how = "" if exchange.complete else ", cut off"
        yield ""
        yield _line(f"> {exchange.command}")
        yield _line(f"  [{exchange.probe_id}, {exchange.elapsed_s:.1f} s{how}]")
        for line in clean(exchange.output).split("\n"):
            yield f"| {line}".rstrip()
    if evidence.failure is not None:
        yield ""
        yield _line(f"failed: {evidence.failure.kind.value}: {evidence.failure.detail}")
    yield ""


def _line(text: str) -> str:
    from netintegrity.plain_text import clean

    return clean(text).replace("\n", "\\n").replace("\t", "\\t")


COMMAND: Final = Command(
    id="evidence",
    summary="verify, sign or show a stored run",
    configure=_configure,
    run=_run,
)
