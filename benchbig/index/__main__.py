"""Read some tasks of a store into its index: python -m benchbig.index STORE TASK..."""

from __future__ import annotations

import sys
from pathlib import Path

from benchbig.index.shelf import entries

if __name__ == "__main__":
    for task in sys.argv[2:]:
        entries(Path(sys.argv[1]), task)
