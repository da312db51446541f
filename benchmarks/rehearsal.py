"""`keyturn rehearse`, as a user gives it, for the measure of what recording costs.

`python -m benchmarks.rehearsal FOLDER [bare]` rehearses once, with its recording in FOLDER; with `bare` nothing is
pictured or filmed, see `benchmarks.engine`.
"""

from __future__ import annotations

import sys

from benchmarks.engine import recording
from keyturn.cli import main

if __name__ == "__main__":
    folder, *bare = sys.argv[1:]
    sys.argv = ["keyturn", "rehearse", "--recordings", folder]
    with recording(kept=not bare):
        sys.exit(main())
