"""``python -m netintegrity``."""

import sys

from netintegrity.cli import main

sys.exit(main())
