"""python -m tests.golden [--write] [NAME…]: how what is said now differs from what is kept.

With --write what is said now is kept. Read the differences first: each should be one that the
change was made for.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.golden.played import (
    NAMES,
    PARTS,
    Golden,
    differences,
    read_expected,
    texts_of,
    write_expected,
)


def main(args: list[str]) -> int:
    """The exit status: 1 where something differs and is not kept."""
    write = "--write" in args
    differ = 0
    for name in [arg for arg in args if arg != "--write"] or NAMES:
        golden = Golden(name)
        now: dict[str, str] = {}
        for part in PARTS:
            with tempfile.TemporaryDirectory() as scratch:
                now |= texts_of(golden, part, Path(scratch))
        found = differences(read_expected(golden), now)
        differ += bool(found)
        print(f"{name}: {len(found)} lines differ" if found else f"{name}: the same")
        print("\n".join(found), end="\n" if found else "")
        if write and found:
            write_expected(golden, now)
    return 1 if differ and not write else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
