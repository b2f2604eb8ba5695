"""The command line: open, call one thing, print. Sole importer of click."""

import gc

from xlplan.late import no_collecting

NEW_OBJECTS = 100_000
"""So many before Python looks for circles among them: nearly all that a command loads and makes is
in none, lives to its end, and would be gone through each time."""

with no_collecting():
    gc.set_threshold(NEW_OBJECTS)
    from xlplan.cli.main import main

__all__ = ["NEW_OBJECTS", "main"]
