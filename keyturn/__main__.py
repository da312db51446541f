"""`python -m keyturn` is `keyturn`."""

from __future__ import annotations

import sys

from keyturn.cli import main

sys.exit(main())
