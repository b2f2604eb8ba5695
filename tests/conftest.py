"""What all tests share: profiles of the property tests, LibreOffice, and the shared folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.office import Office, find_office
from tests.quick import is_quick, needs_office, scopes
from tests.raised import Raised, RaisedInRun
from tests.sound import Ledgers
from xlplan.codes.families import every_message

ROOT = Path(__file__).resolve().parent.parent
OFFICE_GROUPS = 2
"""How many workers start a LibreOffice of their own when tests run in parallel."""
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("dev", max_examples=50, deadline=None, suppress_health_check=_SLOW)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,  # a busy machine is no fault of the code
    derandomize=True,  # a red run can be repeated anywhere; nightly runs look for new examples
    print_blob=True,
    suppress_health_check=_SLOW,
)
settings.register_profile(
    "nightly", max_examples=5000, deadline=None, print_blob=True, suppress_health_check=_SLOW
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if IN_CI else "dev"))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "quick: marked by rule, see tests/quick.py")
    config.addinivalue_line("markers", "office: needs LibreOffice and the Python that has UNO")
    config.addinivalue_line(
        "markers", "damages_ledger: does on purpose what `verify` must find, so is not verified"
    )
    config.addinivalue_line("markers", "xdist_group(name): tests that run on one worker")
    raised, patch = Raised(), pytest.MonkeyPatch()
    raised.watch(patch)
    config.add_cleanup(patch.undo)
    strict = IN_CI or os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
    plugin = RaisedInRun(raised, every_message(), strict=strict)
    config.pluginmanager.register(plugin, "raised-codes")


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that are quick and those that use LibreOffice. What is made once for several
    tests is made on one worker: a LibreOffice, or a fixture of a module."""
    modules: list[Path] = []
    for item in items:
        if is_quick(item):
            item.add_marker(pytest.mark.quick)
        if needs_office(item):
            item.add_marker(pytest.mark.office)
            if item.path not in modules:
                modules.append(item.path)
            number = modules.index(item.path) % OFFICE_GROUPS
            item.add_marker(pytest.mark.xdist_group(f"office-{number}"))
        elif made_once := _of_the_module(item):
            item.add_marker(pytest.mark.xdist_group(made_once))


def _of_the_module(item: pytest.Item) -> str:
    """The fixtures of its module that a test needs, each with its parameter; blank for none."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    names = [f"{name}={params.get(name, '')}" for name, scope in scopes(item) if scope == "module"]
    return f"{item.path.name} {' '.join(names)}" if names else ""


@pytest.fixture(scope="session", autouse=True)
def ledgers() -> Iterator[Ledgers]:
    """The ledgers that this worker opens."""
    with pytest.MonkeyPatch.context() as patch:
        yield Ledgers(patch)


@pytest.fixture(autouse=True)
def every_ledger_is_sound(request: pytest.FixtureRequest, ledgers: Ledgers) -> Iterator[None]:
    """After each test `verify` finds nothing wrong with any ledger that it opened or made, unless
    the test is marked ``damages_ledger``."""
    yield
    if request.node.get_closest_marker("damages_ledger"):
        ledgers.forget()
        return
    found = [f"{path.parent}: {problem}" for path, problem in ledgers.unsound(_made_below(request))]
    assert not found, "\n".join(found)


def _made_below(request: pytest.FixtureRequest) -> Path | None:
    """The test's own folder, where it has one."""
    folder = request.node.funcargs.get("tmp_path")
    return folder if isinstance(folder, Path) else None


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A LibreOffice of this worker's own; see `tests/office.py`."""
    found = find_office()
    if isinstance(found, str):
        if IN_CI or os.environ.get("XLPLAN_REQUIRE_OFFICE"):
            pytest.fail(found)
        pytest.skip(found)
    driver = Office(*found, tmp_path_factory.mktemp("office"))
    yield driver
    driver.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real plans and files that are not part of the project."""
    folder = Path(os.environ.get("XLPLAN_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        pytest.skip("the folder ../shared (or the one XLPLAN_SHARED names) is not here")
    return folder
