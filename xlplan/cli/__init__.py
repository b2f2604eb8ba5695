"""The command line: open, call one thing, print. Sole importer of click."""

from xlplan.cli.main import main

__all__ = ["main"]
