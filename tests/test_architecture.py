"""The rooms of the house, and which way imports may point between them.

Each rule is a function from the house (sources by module name) to sentences that say what breaks
it. The house as it stands must give none; a small house with one fault planted must give one.
Rules of the tests take the tests by file in the same way.

python -m tests.test_architecture     prints how many modules and lines each room has
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import pytest

import xlplan
from tests.conftest import ROOT
from xlplan.codes.families import every_message
from xlplan.codes.message import RESERVED, places_of

pytestmark = pytest.mark.xdist_group("house")  # parsed once, on one worker
ORDER = (
    "cli",
    "xlplan",  # the package itself: the public names
    "cycle",
    "post",
    "source",
    "issued",
    "returned",
    "board",
    "workbook",
    "ledger",
    "frames",
    "merge",
    "plan",
    "codes",
    "language",
    "progress",
    "errors",
    "late",
)
"""Every room may import those after it, and itself."""
SOLE_IMPORTERS = {
    "click": "cli",
    "openpyxl": "workbook",
    "xlsxwriter": "workbook",
    "python_calamine": "workbook",
    "docx": "workbook",
    "asn1crypto": "workbook",
    "tnefparse": "workbook",
    "sqlite3": "ledger",
    "pandas": "frames",
}
PURE = ("merge", "plan")
SHARED = ("xlplan.returned.as_issued.", "xlplan.returned.furniture.")
"""The words that issued workbooks are written and read by: sheets, marks, columns, headings."""
IMPURE_MODULES = frozenset(
    (
        "asyncio",
        "fcntl",
        "glob",
        "http",
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "secrets",
        "select",
        "shutil",
        "signal",
        "socket",
        "sqlite3",
        "subprocess",
        "tempfile",
        "threading",
        "time",
        "urllib",
        "uuid",
    )
)
IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint"})
CLOCK_CALLS = frozenset({"now", "today", "utcnow"})
MAX_LINES = 400
MAX_MODULES = 319
"""On the way to 165: lower it whenever it can be lowered."""
NAMED_ALIKE: Mapping[str, str] = {}
"""File names that stand in more than one place, each with the reason; take off what is mended."""
USED_BY_NOTHING: Mapping[str, str] = {}
"""Modules that no other imports, each with the reason. Starting points are no modules by that."""
STARTS = frozenset({"xlplan.cli.main"})

READ_BACK = "xlplan.ledger.codec"
"""Makes problems out of what a ledger holds."""
MAKES_MESSAGES = frozenset({"Problem", "Filled"})
CODE_NAME = re.compile(r"[A-Z]{2,5}_\d{3}")
FILLS = {"problem": 1, "fault": 1, "fill": 0}
"""The methods that fill a message, and how many arguments stand before its variant."""

House = Mapping[str, str]
When = Literal["load", "call", "typing"]


@dataclass(frozen=True)
class Import:
    """One import; `target` is as far as the statement tells (``xlplan.plan.values.Raw``)."""

    target: str
    line: int
    when: When
    """``load``: as the module is imported; ``call``: later; ``typing``: for the type checker."""

    @property
    def top(self) -> str:
        return self.target.partition(".")[0]


@cache
def read_house() -> House:
    found = {}
    for path in sorted((ROOT / "xlplan").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[f"{name}.__init__" if parts[-1] == "__init__" else name] = path.read_text("utf-8")
    return found


@cache
def parse(source: str) -> ast.Module:
    return ast.parse(source)


@cache
def calls(source: str) -> tuple[ast.Call, ...]:
    return tuple(node for node in ast.walk(parse(source)) if isinstance(node, ast.Call))


def room_of(module: str) -> str:
    """``xlplan.plan.values`` is in ``plan``; the package itself is a room of its own."""
    parts = module.removesuffix(".__init__").split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def room_of_target(target: str) -> str:
    parts = target.split(".")
    if len(parts) > 1 and (len(parts) > 2 or parts[1] in ORDER):
        return parts[1]
    return "xlplan"


@cache
def imports(module: str, source: str) -> tuple[Import, ...]:
    return tuple(_imports(module, parse(source), "load"))


def _imports(module: str, node: ast.AST, when: When) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for name in child.names:
                yield Import(name.name, child.lineno, when)
        elif isinstance(child, ast.ImportFrom):
            parent = module.split(".")[: -child.level] if child.level else []
            base = ".".join([*parent, *filter(None, [child.module])])
            for name in child.names:
                yield Import(f"{base}.{name.name}", child.lineno, when)
        elif not isinstance(child, ast.expr):  # no expression holds an import
            yield from _imports(module, child, _when(child, when))


def _when(node: ast.AST, outside: When) -> When:
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        return "typing"
    deferred = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return "call" if deferred and outside == "load" else outside


def unknown_rooms(house: House) -> Iterator[str]:
    for module in house:
        if room_of(module) not in ORDER:
            yield f"{module} is in no room of the house ({', '.join(ORDER)})"


def imports_that_point_up(house: House) -> Iterator[str]:
    for module, source in house.items():
        room = room_of(module)
        for found in imports(module, source):
            if found.top != "xlplan" or room not in ORDER:
                continue
            target = room_of_target(found.target)
            if target not in ORDER or ORDER.index(target) < ORDER.index(room):
                yield f"{module}:{found.line}: {room} may not import {found.target}"


FOR_COMMANDS = ("cli", "codes", "errors", "late", "progress")


def commands_that_look_behind_the_library(house: House) -> Iterator[str]:
    """The command line knows what any caller knows: the public names, and the messages."""
    for module, source in house.items():
        for found in imports(module, source):
            if room_of(module) != "cli" or found.top != "xlplan":
                continue
            room, name = room_of_target(found.target), found.target.removeprefix("xlplan.")
            if room not in FOR_COMMANDS and name not in xlplan.__all__:
                yield f"{module}:{found.line}: {found.target} is no public name of xlplan"


def imports_of_what_reads(house: House) -> Iterator[str]:
    """What goes out and what reads it back share these words alone; neither needs the other."""
    for module, source in house.items():
        for found in imports(module, source) if room_of(module) == "issued" else ():
            if found.target.startswith("xlplan.returned.") and not found.target.startswith(SHARED):
                yield f"{module}:{found.line}: issued shares {SHARED} alone, not {found.target}"


def reading_needs_writing(house: House) -> Iterator[str]:
    """Within the room of workbooks, what reads and what writes know nothing of each other."""
    sides = ("xlplan.workbook.read.", "xlplan.workbook.write.")
    for module, source in house.items():
        for one, other in (sides, sides[::-1]):
            for found in imports(module, source) if module.startswith(one) else ():
                if found.target.startswith(other):
                    yield f"{module}:{found.line}: what reads and what writes stay apart"


def imports_of_others_tools(house: House) -> Iterator[str]:
    for module, source in house.items():
        for found in imports(module, source):
            owner = SOLE_IMPORTERS.get(found.top)
            if owner and room_of(module) != owner and found.when != "typing":
                yield f"{module}:{found.line}: only {owner} imports {found.top}"


def impure_thoughts(house: House) -> Iterator[str]:
    for module, source in house.items():
        if room_of(module) not in PURE:
            continue
        for found in imports(module, source):
            if found.top in IMPURE_MODULES:
                yield f"{module}:{found.line}: imports {found.top}"
        for node in calls(source):
            if name := _impure_call(node.func):
                yield f"{module}:{node.lineno}: calls {name}()"


def _impure_call(called: ast.expr) -> str:
    if isinstance(called, ast.Name) and called.id in IMPURE_CALLS:
        return called.id
    if isinstance(called, ast.Attribute) and called.attr in CLOCK_CALLS:
        return ast.unparse(called)
    return ""


def long_modules(house: House) -> Iterator[str]:
    for module, source in house.items():
        lines = len(source.splitlines())
        if lines >= MAX_LINES:
            yield f"{module} has {lines} lines; under {MAX_LINES} it can be read at one sitting"


def too_many_modules(house: House) -> Iterator[str]:
    if len(house) > MAX_MODULES:
        yield f"{len(house)} modules are more than {MAX_MODULES}; a house is held in the head"


def file_names_used_twice(house: House) -> Iterator[str]:
    places: dict[str, list[str]] = {}
    for module in house:
        places.setdefault(module.rpartition(".")[2], []).append(module)
    for name, modules in places.items():
        if len(modules) > 1 and name != "__init__" and name not in NAMED_ALIKE:
            yield f"{name}.py is in {len(modules)} places: {', '.join(modules)}"


def modules_that_nothing_uses(house: House) -> Iterator[str]:
    used = {
        name
        for module, source in house.items()
        for found in imports(module, source)
        if (name := _module_named(found.target, house)) != module
    }
    for module in house.keys() - used - STARTS - USED_BY_NOTHING.keys():
        if not module.endswith(".__init__"):
            yield f"no other module imports {module}"


def modules_without_docstring(house: House) -> Iterator[str]:
    for module, source in house.items():
        if source.strip() and not ast.get_docstring(parse(source)):
            yield f"{module} does not say what it is for"


def import_cycles(house: House) -> Iterator[str]:
    """Modules of one room that need each other while they load."""
    needs = {
        module: {
            name
            for found in imports(module, source)
            if found.when == "load"
            and (name := _module_named(found.target, house))
            and name != module
            if room_of(name) == room_of(module)
        }
        for module, source in house.items()
    }
    while free := {module for module, wanted in needs.items() if not wanted & needs.keys()}:
        needs = {module: wanted for module, wanted in needs.items() if module not in free}
    if needs:
        yield f"these import each other, or need some that do: {', '.join(sorted(needs))}"


def made_as_a_module_loads(house: House) -> Iterator[str]:
    """What costs much each time a module loads, and is made at its first use by `xlplan.late`."""
    for module, source in house.items():
        if module == "xlplan.late":
            continue
        for node in _as_it_loads(parse(source)):
            if ast.unparse(node.func) == "re.compile":
                yield f"{module}:{node.lineno}: use regex of xlplan.late"


def _as_it_loads(node: ast.AST) -> Iterator[ast.Call]:
    """The calls that are made while a module loads."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            if isinstance(child, ast.Call):
                yield child
            yield from _as_it_loads(child)


def codes_away_from_home(house: House) -> Iterator[str]:
    """Codes written as literals outside the home of messages."""
    code = re.compile(r"[A-Z]{2,5}-\d{3}")
    for module, source in house.items():
        if room_of(module) == "codes" or not code.search(source):
            continue
        for node in ast.walk(parse(source)):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(node, ast.Constant) and isinstance(text, str) and code.fullmatch(text):
                yield f"{module}:{node.lineno}: name {text} by {text.replace('-', '_')}"


def texts_away_from_home(house: House) -> Iterator[str]:
    """Problems with a text of their own, where `xlplan.codes` should hold it."""
    for module, source in house.items():
        if room_of(module) in ("codes", "errors") or module == READ_BACK:
            continue
        for node in calls(source):
            if ast.unparse(node.func) in MAKES_MESSAGES and not _passes_on(node):
                yield f"{module}:{node.lineno}: fill a message of xlplan.codes instead"


def _passes_on(call: ast.Call) -> bool:
    """Whether code and text are those of one value that has them: ``Problem(x.code, …)``."""
    parts = [arg for arg in call.args if isinstance(arg, ast.Attribute)]
    return [part.attr for part in parts] == ["code", "message"] and len(
        {ast.unparse(part.value) for part in parts}
    ) == 1


def messages_filled_wrongly(house: House) -> Iterator[str]:
    """Calls that name no message, no variant of it, or not its places; else found when it fails."""
    for module, source in house.items():
        for node in calls(source):
            if wrong := _filled_wrongly(node):
                yield f"{module}:{node.lineno}: {wrong}"


def _filled_wrongly(call: ast.Call) -> str:
    method = call.func
    if not isinstance(method, ast.Attribute) or method.attr not in FILLS:
        return ""
    name = ast.unparse(method.value).rpartition(".")[2]
    if not CODE_NAME.fullmatch(name):
        return ""
    message = every_message().get(name.replace("_", "-"))
    if message is None:
        return f"there is no message {name}"
    which = call.args[FILLS[method.attr] :]
    variant = ast.literal_eval(which[0]) if which else ""
    if variant not in message.variants:
        return f'{name} has no variant "{variant}", but {sorted(message.variants)}'
    places = {word.arg for word in call.keywords if word.arg not in RESERVED}
    wanted = places_of(message.variants[variant]).keys()
    return "" if places == wanted else f"the places of {name} are {sorted(wanted)}"


def _module_named(target: str, house: House) -> str:
    for name in (target, target.rpartition(".")[0]):
        for module in (name, f"{name}.__init__"):
            if module in house:
                return module
    return ""


Rule = Callable[[House], Iterator[str]]
RULES: tuple[Rule, ...] = (
    unknown_rooms,
    imports_that_point_up,
    commands_that_look_behind_the_library,
    imports_of_what_reads,
    reading_needs_writing,
    imports_of_others_tools,
    impure_thoughts,
    long_modules,
    too_many_modules,
    file_names_used_twice,
    modules_that_nothing_uses,
    modules_without_docstring,
    import_cycles,
    made_as_a_module_loads,
    codes_away_from_home,
    texts_away_from_home,
    messages_filled_wrongly,
)
PLANTED: tuple[tuple[Rule, House], ...] = (
    (unknown_rooms, {"xlplan.utils": '"""U."""'}),
    (imports_that_point_up, {"xlplan.merge.a": "import xlplan.cycle.plan"}),
    (
        imports_that_point_up,
        {"xlplan.plan.a": "def f():\n    from xlplan.merge.model import Write"},
    ),
    (imports_that_point_up, {"xlplan.ledger.a": "from ..workbook import book"}),
    (imports_that_point_up, {"xlplan.errors": "from xlplan.plan import values"}),
    (imports_that_point_up, {"xlplan.plan.a": "from xlplan import open_plan"}),
    (
        reading_needs_writing,
        {"xlplan.workbook.read.a": "def f():\n    from xlplan.workbook.write.sheet import Cell"},
    ),
    (
        reading_needs_writing,
        {"xlplan.workbook.write.a": "from xlplan.workbook.read.book import a1"},
    ),
    (imports_that_point_up, {"xlplan.plan.a": "from xlplan import frames"}),
    (commands_that_look_behind_the_library, {"xlplan.cli.a": "from xlplan.cycle.plan import Plan"}),
    (commands_that_look_behind_the_library, {"xlplan.cli.a": "def f():\n    import xlplan.frames"}),
    (commands_that_look_behind_the_library, {"xlplan.cli.a": "from xlplan import secret"}),
    (imports_of_what_reads, {"xlplan.issued.a": "from xlplan.returned.tables import find_tables"}),
    (imports_of_others_tools, {"xlplan.issued.a": "def f():\n    import openpyxl.styles"}),
    (imports_of_others_tools, {"xlplan.cycle": "from pandas import DataFrame"}),
    (impure_thoughts, {"xlplan.plan.a": "from pathlib import Path"}),
    (impure_thoughts, {"xlplan.merge.a": "x = open('y')"}),
    (impure_thoughts, {"xlplan.merge.a": "import datetime\nx = datetime.date.today()"}),
    (long_modules, {"xlplan.plan.a": "x = 1\n" * MAX_LINES}),
    (too_many_modules, {f"xlplan.plan.a{n}": '"""A."""' for n in range(MAX_MODULES + 1)}),
    (modules_without_docstring, {"xlplan.plan.a": "x = 1"}),
    (
        import_cycles,
        {"xlplan.plan.a": "from xlplan.plan.b import x", "xlplan.plan.b": "import xlplan.plan.a"},
    ),
    (made_as_a_module_loads, {"xlplan.plan.a": "class A:\n    x = f(re.compile('x'))"}),
    (imports_that_point_up, {"xlplan.codes.a": "from xlplan.plan.values import Value"}),
    (
        codes_away_from_home,
        {"xlplan.cycle.a": 'x = name("VER-002")'},
    ),
    (codes_away_from_home, {"xlplan.ledger.a": 'x = {"GATE-001": 1}'}),
    (texts_away_from_home, {"xlplan.ledger.a": "x = Problem(code, '', 'Event 3 is missing.')"}),
    (texts_away_from_home, {"xlplan.cycle.a": "x = Filled(code, 'There are no rows.', level)"}),
    (texts_away_from_home, {"xlplan.source.a": "x = Problem(v.code, '', w.message)"}),
    (codes_away_from_home, {"xlplan.source.a": 'x = y.code == "NEW-001"'}),
    (
        file_names_used_twice,
        {f"xlplan.{room}.pages": "from xlplan.plan import pages" for room in ("merge", "plan")},
    ),
    (modules_that_nothing_uses, {"xlplan.plan.a": "import xlplan.plan.a"}),
    (messages_filled_wrongly, {"xlplan.ledger.a": "x = VER_999.problem('')"}),
    (messages_filled_wrongly, {"xlplan.ledger.a": "x = VER_002.problem('')"}),
    (messages_filled_wrongly, {"xlplan.ledger.a": "x = VER_002.fault('', seq=3)"}),
    (messages_filled_wrongly, {"xlplan.ledger.a": "x = VER_005.problem('', 'gone', file='a')"}),
    (messages_filled_wrongly, {"xlplan.ledger.a": "x = folder_codes.VER_005.fill(file='a')"}),
)
ALLOWED: House = {
    "xlplan.__init__": '"""P."""\nfrom xlplan.cycle import open_plan',
    "xlplan.cli.main": '"""C."""\nimport click\nfrom xlplan import __version__, open_plan',
    "xlplan.cycle": '"""C."""\nimport os\nfrom xlplan import errors, frames\n'
    "from xlplan.source import rows\n"
    "from xlplan.issued import form\nfrom xlplan.ledger import codec, chain\n"
    "from xlplan.post.drafts import x\nfrom xlplan.workbook.write import cells",
    "xlplan.post.drafts": '"""P."""\nif TYPE_CHECKING:\n    from pandas import DataFrame',
    "xlplan.issued.form": '"""I."""\nfrom xlplan.returned.as_issued import ID_PREFIX',
    "xlplan.workbook.write.cells": '"""W."""\nfrom xlplan.workbook.write.sheet import Cell',
    "xlplan.frames": '"""F."""\ndef f():\n    import pandas',
    "xlplan.errors": '"""E."""\nx = Problem(code, "", "")',
    "xlplan.plan.a": '"""A."""\nfrom xlplan.plan.b import x\nfrom datetime import date',
    "xlplan.codes.words": '"""C."""\nVER_002 = Message("VER-002", "Event {event} is missing.")',
    "xlplan.source.rows": '"""S."""\nx = Problem(v.code, str(at), v.message, "warning")',
    "xlplan.ledger.codec": '"""L."""\nx = Problem(*parts)',
    "xlplan.ledger.chain": '"""L."""\nfrom xlplan.codes.words import VER_002\n'
    'x = VER_005.problem("", "missing", level="note", file="a")\n'
    "y = VER_002.fill(event=3)\nz = plan.fill(4)",
    "xlplan.plan.b": '"""B."""\nfrom xlplan.late import regex\nX = regex("x")\n'
    'def f():\n    from xlplan.plan import a\n    re.compile("x")\n\n\nx = date(2026, 1, 1)',
    "xlplan.late": '"""L."""\nimport re\nX = re.compile("x")',
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_as_it_stands_keeps_the_rule(rule: Rule) -> None:
    broken = list(rule(read_house()))
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize(("rule", "house"), PLANTED)
def test_a_planted_fault_is_found(rule: Rule, house: House) -> None:
    assert len(list(rule(house))) == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_house_is_left_alone(rule: Rule) -> None:
    assert list(rule(ALLOWED)) == []


def test_shared_is_not_needed() -> None:
    """The folder beside the repository holds real plans; the project must do without it."""
    named = re.compile(r"(?<!\w)\.\./shared\b|XLPLAN_SHARED")
    suffixes = {".py", ".toml", ".md", ".yml", ".csv", ".sh"}
    needing = []
    for folder in ("xlplan", "examples", "workbook_templates", "tests", ".ci"):
        for path in sorted((ROOT / folder).rglob("*")):
            if not path.is_file() or (path.suffix not in suffixes and folder != ".ci"):
                continue
            text = path.read_text("utf-8", "replace")
            guarded = folder == "tests" and "skip" in text
            if named.search(text) and not guarded:
                needing.append(str(path.relative_to(ROOT)))
    assert needing == []


def count_rooms(house: House) -> str:
    """A line for each room: how many modules it has, how many lines, and its longest module."""
    rooms: dict[str, dict[str, int]] = {}
    for module, source in house.items():
        rooms.setdefault(room_of(module), {})[module] = len(source.splitlines())
    found = []
    for room in ORDER:
        if modules := rooms.get(room):
            name, most = max(modules.items(), key=lambda each: each[1])
            count, lines = len(modules), sum(modules.values())
            found.append(f"{room:10} {count:4} {lines:7,}  {name} has {most}")
    lines = sum(sum(each.values()) for each in rooms.values())
    return "\n".join([*found, f"{'all':10} {len(house):4} {lines:7,}"])


def test_modules_and_lines_are_counted_by_room() -> None:
    house = {"xlplan.plan.a": "x = 1\n", "xlplan.plan.b": "x = 1\ny = 2\n", "xlplan.errors": ""}
    text = count_rooms(house)
    assert [line.split()[:3] for line in text.splitlines()] == [
        ["plan", "2", "3"],
        ["errors", "1", "0"],
        ["all", "3", "3"],
    ]


if __name__ == "__main__":
    print(count_rooms(read_house()))
