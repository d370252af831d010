"""Where tests find things; captures are real outputs of real devices, kept beside the project."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CAPTURES = ROOT.parent / "shared" / "captures"

needs_captures = pytest.mark.skipif(
    not CAPTURES.is_dir(), reason="the folder of captures is not beside this checkout"
)
