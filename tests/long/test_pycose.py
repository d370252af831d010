"""pycose signs and we verify, we sign and it verifies; neither takes what was changed.

pycose 1.1.0 reads nothing with cbor2 6, so it has an environment of its own.
"""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.adversary.cose_peer import SWID, TAG, CoseSigner, sealed, with_headers
from tests.adversary.peers import needs
from tests.adversary.vendor_simulator import flip
from tests.long.foreign import environment

pytestmark = [pytest.mark.proof, pytest.mark.timeout(900), needs("openssl")]

PROGRAM = """
import json, sys
from pycose.algorithms import Es256
from pycose.headers import Algorithm, ContentType
from pycose.keys import EC2Key
from pycose.messages import CoseMessage, Sign1Message

for line in sys.stdin:
    order = json.loads(line)
    try:
        x, y, d = (bytes.fromhex(order[n]) for n in ("x", "y", "d"))
        key = EC2Key(crv="P_256", x=x, y=y, d=d)
        if "payload" in order:
            headers = {Algorithm: Es256, ContentType: order["type"]}
            message = Sign1Message(phdr=headers, payload=bytes.fromhex(order["payload"]))
            message.key = key
            answer = message.encode().hex()
        else:
            message = CoseMessage.decode(bytes.fromhex(order["raw"]))
            message.key = key
            answer = type(message) is Sign1Message and bool(message.verify_signature())
    except Exception as error:
        answer = False
    print(json.dumps(answer), flush=True)
"""


class Pycose:
    """The library, one order to a line."""

    def __init__(self, programs: Path, key: ec.EllipticCurvePrivateKey) -> None:
        self._process = subprocess.Popen(
            [str(programs / "python"), "-c", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        numbers = key.private_numbers()
        public = numbers.public_numbers
        values = {"x": public.x, "y": public.y, "d": numbers.private_value}
        self._key = {name: value.to_bytes(32).hex() for name, value in values.items()}

    def _ask(self, **order: str) -> Any:  # noqa: ANN401 - what JSON holds
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(self._key | order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def sign(self, payload: bytes, content_type: str = SWID) -> bytes:
        return bytes.fromhex(self._ask(payload=payload.hex(), type=content_type))

    def accepts(self, raw: bytes) -> bool:
        return bool(self._ask(raw=raw.hex()))

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pycose]:
    folder = tmp_path_factory.mktemp("pycose") / "venv"
    made = Pycose(environment(folder, "pycose==1.1.0", "cbor2==5.9.0"), KEY)
    yield made
    made.stop()


@pytest.fixture
def signer(tmp_path: Path) -> CoseSigner:
    return CoseSigner(folder=tmp_path, key=KEY)


def test_each_accepts_what_the_other_signs(peer: Pycose, signer: CoseSigner) -> None:
    assert signer.judge(peer.sign(cbor2.dumps(TAG))) == "verified"
    assert peer.accepts(signer.sign())


Spoil = Callable[[list[Any]], bytes]
SPOILT: dict[str, Spoil] = {
    "another content": lambda p: sealed(p, _2=cbor2.dumps(TAG | {0: "other"})),
    "a byte of the content": lambda p: sealed(p, _2=flip(p[2], 5)),
    "no content": lambda p: sealed(p, _2=b""),
    "a byte of the headers": lambda p: sealed(p, _0=flip(p[0], len(p[0]) - 1)),
    "no headers": lambda p: sealed(p, _0=b""),
    "another algorithm": lambda p: with_headers(p, {1: -35, 3: SWID}),
    "another content type": lambda p: with_headers(p, {1: -7, 3: "application/x"}),
    "a header more": lambda p: with_headers(p, {1: -7, 3: SWID, 99: 1}),
    "the headers in another order": lambda p: with_headers(p, {3: SWID, 1: -7}),
    "r": lambda p: sealed(p, _3=flip(p[3], 0)),
    "s": lambda p: sealed(p, _3=flip(p[3], 63)),
    "all zero": lambda p: sealed(p, _3=bytes(64)),
    "short": lambda p: sealed(p, _3=p[3][:-1]),
    "long": lambda p: sealed(p, _3=p[3] + b"\0"),
    "no signature": lambda p: sealed(p, _3=b""),
    "several signers' tag": lambda p: sealed(p, 98),
    "no tag": lambda p: sealed(p, None),
    "a part less": lambda p: sealed(p[:3]),
    "cut short": lambda p: sealed(p)[:-1],
}
UNSIGNED = "what is not signed, it takes as it comes"
SPELLING = "it reads every spelling of CBOR"
STRICTER: dict[str, tuple[Spoil, str]] = {
    "any header, unsigned": (lambda p: sealed(p, _1={"note": 1}), UNSIGNED),
    "more behind it": (lambda p: sealed(p) + b"\0", "it stops behind the first value"),
    "lengths not stated": (lambda p: b"\xd2\x9f" + sealed(p, None)[1:] + b"\xff", SPELLING),
}


@pytest.mark.parametrize("change", SPOILT)
def test_neither_takes_a_spoilt_envelope(peer: Pycose, signer: CoseSigner, change: str) -> None:
    raw = SPOILT[change](signer.parts())
    assert signer.judge(raw) != "verified"
    assert not peer.accepts(raw)


@pytest.mark.parametrize("change", STRICTER)
def test_it_takes_a_second_spelling_and_we_take_one(
    peer: Pycose, signer: CoseSigner, change: str
) -> None:
    raw = STRICTER[change][0](signer.parts())
    assert signer.judge(raw) != "verified"
    assert peer.accepts(raw), STRICTER[change][1]
