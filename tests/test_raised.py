"""A code counts as raised where the house raises it; a whole run that left one out fails."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import ROOT
from tests.raised import Raised
from xlplan.codes.folder_codes import VER_002
from xlplan.errors import Problem
from xlplan.ledger.codec import from_body, to_body
from xlplan.merge.model import Decided, Place
from xlplan.plan.values import Invalid

PLANTED = """\
import pickle
from xlplan.codes.folder_codes import VER_002
from xlplan.errors import Problem
from xlplan.plan.values import Invalid

def problem():
    return Problem("AAA-001", "", "")

def fault():
    raise VER_002.fault("ledger.db", event=3)

def value():
    return Invalid("", "AAA-002", "")

def received(data):
    return pickle.loads(data)
"""


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    folder = tmp_path / "raising_house"
    folder.mkdir()
    (folder / "__init__.py").write_text(PLANTED)
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("raising_house", None)
    return importlib.import_module("raising_house")


@pytest.fixture
def raised(house: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Raised:
    """What the planted house raises."""
    found = Raised(Path(str(house.__file__)).parent)
    found.watch(monkeypatch)
    return found


def test_what_the_house_makes_counts(house: ModuleType, raised: Raised) -> None:
    house.problem()
    assert raised.codes == {"AAA-001"}
    house.value()
    with pytest.raises(Exception, match="VER-002"):
        house.fault()
    assert raised.codes == {"AAA-001", "AAA-002", "VER-002"}


def test_what_a_child_sends_counts(house: ModuleType, raised: Raised) -> None:
    house.received(pickle.dumps(Problem("AAA-003", "", "")))
    assert raised.codes == {"AAA-003"}


def test_what_a_test_makes_does_not_count(raised: Raised) -> None:
    Problem("AAA-001", "", "")
    Invalid("", "AAA-002", "")
    VER_002.problem("ledger.db", event=3)
    pickle.loads(pickle.dumps(Problem("AAA-003", "", "")))
    assert raised.codes == set()


def test_what_a_ledger_holds_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    raised = Raised()
    raised.watch(monkeypatch)
    value = Invalid("soon", "VAL-001", "")
    fact = Decided("d-1", "q-1", "invalid", "a-1", "due", "Other", True, value, "", frozenset(),
                   Place("decisions.xlsx"))  # fmt: skip
    assert from_body("decided", to_body(fact)) == fact
    assert raised.codes == set()


def run(folder: Path, tests: str, *words: str) -> subprocess.CompletedProcess[str]:
    """pytest on a small project whose every code is AAA-001 and AAA-002."""
    (folder / "pytest.ini").write_text("[pytest]\ntestpaths = .\naddopts = -p no:cacheprovider\n")
    (folder / "conftest.py").write_text(
        "import pytest\nfrom tests.raised import Raised, RaisedInRun\n"
        "from pathlib import Path\n\n"
        "def pytest_configure(config):\n"
        "    raised = Raised(Path(__file__).parent / 'raising_house')\n"
        "    raised.watch(pytest.MonkeyPatch())\n"
        "    plugin = RaisedInRun(raised, ['AAA-001', 'AAA-002'], [])\n"
        "    config.pluginmanager.register(plugin)\n"
    )
    (folder / "test_planted.py").write_text(f"import raising_house\n\n{tests}")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words],
        cwd=folder, env={"PYTHONPATH": f"{ROOT}:{folder}"}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


ONE = "def test_one():\n    raising_house.problem()\n"
BOTH = f"{ONE}\ndef test_two():\n    raising_house.value()\n"


@pytest.mark.usefixtures("house")
def test_a_whole_run_that_raised_every_code_is_green_on_several_workers(tmp_path: Path) -> None:
    done = run(tmp_path, BOTH, "-n", "2")
    assert done.returncode == 0, done.stdout


@pytest.mark.usefixtures("house")
def test_a_whole_run_that_left_a_code_out_fails_and_names_it(tmp_path: Path) -> None:
    done = run(tmp_path, ONE)
    assert done.returncode == 1, done.stdout
    assert "no test raises AAA-002" in done.stdout
    assert "AAA-001" not in done.stdout


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("words", [["-k", "one"], ["test_planted.py"], ["-m", "not slow"], ["-x"]])
def test_a_run_of_some_tests_is_not_asked(tmp_path: Path, words: list[str]) -> None:
    done = run(tmp_path, ONE, *words)
    assert done.returncode == 0, done.stdout
