"""Where things are: tests by the name of what they test, helpers apart, pages that name what is.

Rules are functions from files (texts by path below the repository) to sentences, as in
`test_architecture.py`, and each is tried on files with one fault.

python -m tests.test_layout --write     writes the table of tests by theme in tests/README.md anew
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath

import pytest

from tests.conftest import ROOT
from tests.quick import is_quick, room_of_test

pytestmark = pytest.mark.xdist_group("house")  # parsed once, on one worker
Files = Mapping[str, str]
ROOMS = sorted(
    path.name
    for path in (ROOT / "xlplan").iterdir()
    if path.is_dir() and any(path.glob("*.py")) and path.name != "post"
)
"""Rooms with modules; each has a folder of tests of the same name."""
WITHOUT_PAGE: frozenset[str] = frozenset()
"""Rooms whose page is still to be written: take a room off when it is there."""
_PLANTED = "tests/merge/test_planted_bugs.py", "runs it again with a bug planted"
TRIED_ANEW: Mapping[tuple[str, str], str] = {
    (_PLANTED[0], name): _PLANTED[1]
    for name in ("tests.merge.test_merge_properties", "tests.cycle.test_office_year")
}
"""Test modules that another may import, each with the reason."""
THEMES = "tests/README.md"
BEGINS, ENDS = "<!-- themes -->", "<!-- /themes -->"
NO_FILE = frozenset(
    {
        "xlplan/board/by_cost.py",
        "plan.toml",
        "set-up.xlsx",
        "master.xlsx",
        "decisions.xlsx",
        "post.xlsx",
    }
)


@cache
def read_files() -> Files:
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    for folder in ("xlplan", "tests"):
        for suffix in ("*.py", "*.md"):
            paths += (ROOT / folder).rglob(suffix)
    return {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in sorted(paths)}


def is_test(file: str) -> bool:
    return file.startswith("tests/") and PurePosixPath(file).name.startswith("test_")


def imports_of_tests(files: Files) -> Iterator[str]:
    for file, text in files.items():
        if not file.startswith("tests/") or not file.endswith(".py"):
            continue
        for node in _statements(_parse(text)):
            for target in _imported(node):
                if re.search(r"\.test_\w+$", target) and (file, target) not in TRIED_ANEW:
                    yield f"{file} imports {target}: what both need goes into a module of helpers"


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield child
            yield from _statements(child)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{name.name}" for name in node.names)


def themes(files: Files) -> Iterator[str]:
    """Test modules that bear the name of no module of their room: they are about a theme."""
    for file in filter(is_test, files):
        folder, name = PurePosixPath(file).parent, PurePosixPath(file).name
        top = folder.name == "tests"
        room = "xlplan/" if top else f"xlplan/{folder.name}/"
        inside = [PurePosixPath(path.removeprefix(room)) for path in files if path.startswith(room)]
        modules = {path.name for path in inside if not top or len(path.parts) == 1}
        if name.removeprefix("test_") not in modules:
            yield file


def theme_table(files: Files) -> str:
    """The table of `tests/README.md`: each test module by theme, and what it shows."""
    lines = ["| tests | show |", "|---|---|"]
    for file in themes(files):
        shown = (ast.get_docstring(_parse(files[file])) or "").partition("\n\n")[0]
        name = file.removeprefix("tests/")
        lines.append(f"| `{name}` | {' '.join(shown.split()).replace('|', '/')} |")
    return "\n".join(lines)


def unlisted_tests(files: Files) -> Iterator[str]:
    """Tests by theme that the page of the tests does not list, or lists otherwise."""
    table = theme_table(files)
    if files.get(THEMES, "").partition(BEGINS)[2].partition(ENDS)[0].strip() != table:
        yield "tests/README.md is stale: run python -m tests.test_layout --write"


def undescribed_tests(files: Files) -> Iterator[str]:
    for file in filter(is_test, files):
        if not ast.get_docstring(_parse(files[file])):
            yield f"{file} does not say what it shows"


def rooms_without_a_page(files: Files) -> Iterator[str]:
    rooms = {
        PurePosixPath(file).parts[1] for file in files if re.match(r"xlplan/\w+/.*\.py$", file)
    }
    for room in sorted(rooms - WITHOUT_PAGE - {"post"}):
        if f"xlplan/{room}/README.md" not in files:
            yield f"{room} has no README.md that says what it is for"


def pages_that_name_what_is_not_there(files: Files) -> Iterator[str]:
    """Files named in the pages for contributors: below the page, its room's tests, or the root."""
    for page, text in files.items():
        if not page.endswith(".md") or page in ("README.md", "CHANGELOG.md"):
            continue
        for name in re.findall(r"`([\w./-]+\.(?:py|md))`", text):
            if name not in NO_FILE and not _is_there(name, PurePosixPath(page).parent, files):
                yield f"{page} names {name}, which is not there"


def _is_there(name: str, folder: PurePosixPath, files: Files) -> bool:
    tests = PurePosixPath("tests") / folder.name
    places = (folder, PurePosixPath(), PurePosixPath("xlplan"), PurePosixPath("tests"), tests)
    return any(str(place / name) in files for place in places)


Rule = Callable[[Files], Iterator[str]]
RULES: tuple[Rule, ...] = (
    imports_of_tests,
    unlisted_tests,
    undescribed_tests,
    rooms_without_a_page,
    pages_that_name_what_is_not_there,
)
PLANTED: tuple[tuple[Rule, Files], ...] = (
    (imports_of_tests, {"tests/a/test_b.py": "import tests.codes.test_hints"}),
    (imports_of_tests, {"tests/a/b.py": "from tests.codes import test_hints"}),
    (unlisted_tests, {"tests/codes/test_gone.py": '"""G."""', "xlplan/codes/hints.py": ""}),
    (
        unlisted_tests,
        {
            THEMES: f"{BEGINS}\n| tests | show |\n|---|---|\n| `codes/test_a.py` | A. |\n{ENDS}",
            "tests/codes/test_a.py": '"""Another."""',
        },
    ),
    (undescribed_tests, {"tests/codes/test_hints.py": "x = 1"}),
    (rooms_without_a_page, {"xlplan/letters/one.py": ""}),
    (pages_that_name_what_is_not_there, {"xlplan/codes/README.md": "See `gone.py`."}),
    (pages_that_name_what_is_not_there, {"CONTRIBUTING.md": "See `xlplan/codes/gone.py`."}),
)
ALLOWED: Files = {
    "CONTRIBUTING.md": "See `xlplan/codes/hints.py` and `plan.toml`.",
    "xlplan/README.md": "See `codes/hints.py`, `tests/codes/test_hints.py`.",
    "xlplan/codes/README.md": "See `hints.py` and `xlplan/README.md`.",
    THEMES: f"{BEGINS}\n| tests | show |\n|---|---|\n| `codes/test_all.py` | All of it. |\n{ENDS}",
    "xlplan/codes/hints.py": "",
    "tests/helper.py": "import tests.conftest",
    "tests/codes/test_hints.py": '"""H."""\nfrom tests.helper import name_of',
    "tests/codes/test_all.py": '"""All\nof it.\n\nAnd more."""\nimport tests.helper',
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_what_is_here_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(read_files())) == []


@pytest.mark.parametrize(("rule", "files"), PLANTED)
def test_a_planted_fault_is_found(rule: Rule, files: Files) -> None:
    assert len(list(rule(files))) == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_good_files_are_left_alone(rule: Rule) -> None:
    assert list(rule(ALLOWED)) == []


def test_every_room_has_quick_tests(request: pytest.FixtureRequest) -> None:
    named = request.config.args_source is pytest.Config.ArgsSource.ARGS
    if named or request.config.option.keyword:
        pytest.skip("the command names the tests to run")
    quick = {room_of_test(item) for item in request.session.items if is_quick(item)}
    assert sorted(set(ROOMS) - quick) == []


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        page = ROOT / THEMES
        before, begins, rest = page.read_text("utf-8").partition(BEGINS)
        after = rest.partition(ENDS)[2]
        page.write_text(f"{before}{begins}\n{theme_table(read_files())}\n{ENDS}{after}", "utf-8")
    else:
        print(theme_table(read_files()))
