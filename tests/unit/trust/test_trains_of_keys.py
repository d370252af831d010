"""For which releases a key counts, by the grammars of the platforms themselves."""

import pytest

from netintegrity.app import PLATFORMS
from netintegrity.store.keys import read_keys
from netintegrity.trust.keyring import load_keyring

BUILT_IN = load_keyring(read_keys(None).files)


@pytest.mark.parametrize(
    ("anchor_id", "platform", "right", "wrong"),
    [
        ("openwrt/24.10", "openwrt", ("24.10.0", "24.10.3", "24.10.0-rc1"), ("23.05.3", "24.1.0")),
        ("openwrt/21.02", "openwrt", ("21.02.7",), ("21.2.7", "22.03.0", "2.21.02")),
        ("openwrt/24.10", "openwrt", (), ("24.10-SNAPSHOT r28427-6df0e3d02a",)),
        ("openbsd/7.0-base", "openbsd", ("7.0",), ("7.1", "6.9", "7.0-current")),
    ],
)
def test_a_key_of_one_release_is_for_that_release_alone(
    anchor_id: str, platform: str, right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    anchor = BUILT_IN.by_id(anchor_id)
    assert anchor is not None
    read = PLATFORMS[platform].parse_release
    for text in (*right, *wrong):
        release = read(text)
        assert anchor.is_for(release) is (text in right), text
    assert not anchor.is_for(None)


def test_every_built_in_key_with_trains_is_for_a_release_its_platform_can_read() -> None:
    """A key that no release can match rejects every list of its vendor."""
    for anchor in BUILT_IN:
        platform = PLATFORMS.get(anchor.vendor or "")
        if "*" in anchor.trains or platform is None:
            continue
        read = platform.parse_release
        texts = [t.removeprefix(f"{anchor.vendor}-") for t in anchor.trains]
        releases = [read(text) or read(f"{text}.0") for text in texts]
        assert any(anchor.is_for(r) for r in releases), anchor.id
