"""What tests of this folder share: commands that were run once, to be interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faults import Server
from tests.interrupted import Whole, wholes_in


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="session")
def wholes(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Whole]:
    """The commands by name, each run once when it is first asked for."""
    return wholes_in(server, tmp_path_factory)
