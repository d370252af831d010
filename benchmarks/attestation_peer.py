"""The same saved quotes, judged here and by Cisco's BootIntegrityValidator 2.2.1.

The peer wants a virtual environment of its own::

    python3.11 -m venv /tmp/peer
    /tmp/peer/bin/pip install 'setuptools<70' pyOpenSSL==22.1.0 BootIntegrityValidator==2.2.1
    python -m benchmarks.attestation_peer --peer /tmp/peer/bin/python --captures CAPTURES

CAPTURES holds a genuine quote of a Catalyst 9300 over nonce 123, whose identity has not expired
(the peer refuses expired ones). Neither has a list with its development build, so both are given
one, made here of the values in the quote: what is compared is what they make of the quote.
"""

import argparse
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from netintegrity.model.attestation import BootStage, Challenge, Nonce, QuotedMeasurements
from netintegrity.model.digest import Digest, DigestAlgorithm, Measurement, MeasurementKind
from netintegrity.model.reference import (
    Provenance,
    ReferenceImage,
    ReferenceKind,
    ReferenceSet,
)
from netintegrity.platforms import _cisco_quote as quote
from netintegrity.store.keys import read_keys
from netintegrity.trust.attestation._spec import Grounds
from netintegrity.trust.attestation.cisco_sudi import ROOT
from netintegrity.trust.attestation.together import judge_all
from netintegrity.trust.keyring import load_keyring

NONCE: Final = 123
SERIAL: Final = "FCW2131L0JE"
_SUDI: Final = "cisco/iosxe/biv_v1/c9300_show_plat_sudi_nonce123.txt"
_INTEGRITY: Final = "cisco/iosxe/biv_v1/c9300_show_plat_int_nonce123.txt"
_KINDS: Final = {
    BootStage.BOOT0: ("boot0", ReferenceKind.BOOT0),
    BootStage.BOOT_LOADER: ("blr", ReferenceKind.BOOT_LOADER),
    BootStage.OS: ("osimage", ReferenceKind.IMAGE),
}
_PEER: Final = """
import json, sys
from BootIntegrityValidator import BootIntegrityValidator
asked = json.load(sys.stdin)
try:
    peer = BootIntegrityValidator(known_good_values=asked["list"].encode())
    peer.validate(asked["integrity"], asked["sudi"])
    print("accepts")
except Exception as error:
    print("rejects: " + type(error).__name__)
"""

Case = tuple[str, str, str, int, str]
"""What it is, certificates, measurements, the nonce we sent, the serial we expect."""


def cases(sudi: str, integrity: str) -> Iterator[Case]:
    """Yield the genuine quote, and what an attacker can make of it without a key."""
    line = next(text for text in integrity.split("\n") if text.startswith("PCR8"))
    unsigned = integrity[: integrity.index("Signature version")]
    last = integrity.index("\nPCR0")
    yield "genuine, over our nonce", sudi, integrity, NONCE, SERIAL
    yield "a recording: we sent another nonce", sudi, integrity, 4711, SERIAL
    yield "relayed: another box was expected", sudi, integrity, NONCE, "FCW2131L0XX"
    yield "signature cut off", sudi, unsigned, NONCE, SERIAL
    yield (
        "signature cut off, registers made up",
        sudi,
        unsigned.replace(line, f"PCR8: {'AB' * 32}"),
        NONCE,
        SERIAL,
    )
    yield (
        "one more package listed, not measured",
        sudi,
        f"{integrity[:last]}\ncat9k-extra.pkg: {'CD' * 64}{integrity[last:]}",
        NONCE,
        SERIAL,
    )
    yield (
        "boot 0 altered under the signature",
        sudi,
        integrity.replace("Boot 0 Hash: 5", "Boot 0 Hash: 6"),
        NONCE,
        SERIAL,
    )
    yield "register altered", sudi, integrity.replace("PCR8: F", "PCR8: E"), NONCE, SERIAL
    yield (
        "signature of an unknown layout",
        sudi,
        integrity.replace("Signature version: 1", "Signature version: 2"),
        NONCE,
        SERIAL,
    )


def ours(case: Case, listed: QuotedMeasurements) -> str:
    """Return our verdict, and the first reason for it."""
    _, sudi, integrity, nonce, serial = case
    sent = Nonce.of_number(nonce)
    claims = quote.claims_of(quote.read_certificates(sudi), quote.read_measurements(integrity))
    grounds = Grounds(
        keyring=load_keyring(read_keys().files),
        references=_references(listed),
        releases=lambda _platform, _text: None,
        at=datetime(2026, 11, 24, tzinfo=UTC),
    )
    challenge = Challenge(certificates=sent, measurements=sent, compliance=sent)
    together = judge_all(claims, challenge, grounds, root=ROOT, serials=[serial])
    reasons = [reason for result in together.results for reason in result.reasons]
    if reasons:
        return f"{together.verdict}: {reasons[0]}"
    caveats = {str(c) for r in together.results for c in r.assurance.caveats} - {"age-unknown"}
    told = ", ".join(sorted(caveats - {"owner-signed"}))
    return f"{together.verdict}{f', caveat {told}' if told else ''}"


def theirs(case: Case, listed: QuotedMeasurements, peer: Path) -> str:
    """Return the peer's verdict, from its own interpreter."""
    asked = {"list": _known_good_values(listed), "integrity": case[2], "sudi": case[1]}
    done = subprocess.run(
        [str(peer), "-W", "ignore", "-c", _PEER],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip().splitlines()[-1]


def _references(listed: QuotedMeasurements) -> ReferenceSet:
    zero = Digest(DigestAlgorithm.SHA256, bytes(32))
    return ReferenceSet(
        images=tuple(
            ReferenceImage(
                kind=_KINDS[v.stage][1],
                platforms=None,
                filename=v.name,
                release=None,
                measurements=frozenset({Measurement(MeasurementKind.BIV_HASH, v.value)}),
                manifest_id="made-here",
            )
            for v in (*listed.boot, *listed.os)
        ),
        provenance=(
            Provenance(
                manifest_id="made-here",
                list_id="made-here",
                format_id="made-here",
                manifest_digest=zero,
                signer="nobody",
                key_id="nobody",
                key_fingerprint=str(zero),
                vendor_signed=False,
            ),
        ),
    )


def _known_good_values(listed: QuotedMeasurements) -> str:
    rows = [
        {
            "filename": v.name if v.stage is BootStage.OS else v.version,
            "dtype": _KINDS[v.stage][0],
            "biv_hash": v.value.hex().upper(),
        }
        for v in (*listed.boot, *listed.os)
    ]
    return json.dumps({"header": {"version": "Sandbox_0.0"}, "bulkHash": rows})


def main() -> None:
    """Print one row of a table for each case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--peer", type=Path, required=True, help="its Python interpreter")
    parser.add_argument("--captures", type=Path, required=True)
    arguments = parser.parse_args()
    sudi, integrity = ((arguments.captures / n).read_text() for n in (_SUDI, _INTEGRITY))
    (listed,) = quote.read_measurements(integrity)
    print("| case | netintegrity | BootIntegrityValidator 2.2.1 |\n|---|---|---|")
    for case in cases(sudi, integrity):
        print(f"| {case[0]} | {ours(case, listed)} | {theirs(case, listed, arguments.peer)} |")


if __name__ == "__main__":
    main()
