"""Programs of others that sign and verify the same forms, where this machine has them."""

import shutil

import pytest


def needs(program: str) -> pytest.MarkDecorator:
    """Skip a test where ``program`` is not installed; it is a Debian package of the same name."""
    absent = shutil.which(program) is None
    return pytest.mark.skipif(absent, reason=f"{program} is not installed (apt install {program})")
