"""The README says what the program does: its commands, its Python; what its codes are it leads to.

Its table of commands is generated, between the markers ``<!-- commands -->`` and its end:
``python -m tests.cli.test_readme --write`` writes it anew. A Python block that opens with
``python run`` is run.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tests.conftest import ROOT
from tests.literals import CODE, NO_CODES, all_codes, codes_in
from xlplan.cli.commands import commands
from xlplan.codes.families import every_message
from xlplan.plan.load import load_definition

README = ROOT / "README.md"
DEFINITION = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = re.compile(r"^```python run\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def command_table() -> str:
    """The README's table of commands, from the help of each command."""
    lines = ["| command | does |", "|---|---|"]
    for name, command in sorted(commands.commands.items()):
        within = click.Context(command, info_name=name, **commands.context_settings)
        usage = command.collect_usage_pieces(within)
        options = " ".join(
            _option(each) for each in command.params if isinstance(each, click.Option)
        )
        asked = (
            " ".join(filter(None, [name, *usage[1:], options]))
            .replace("|", "\\|")
            .replace("...", "…")
        )
        does = (command.help or "").strip().partition("\n\n")[0].replace("\n", " ")
        lines.append(f"| `{asked}` | {does} |")
    return "\n".join(lines)


def _option(option: click.Option) -> str:
    value = "" if option.is_flag else f" {option.metavar or option.name}"
    text = f"{max(option.opts, key=len)}{value}"
    return text if option.required else f"[{text}]{'…' if option.multiple else ''}"


def between(text: str, name: str) -> str | None:
    """What stands between a pair of markers, or None where they are not there."""
    found = re.search(f"<!-- {name} -->(.*?)<!-- /{name} -->", text, re.DOTALL)
    return found[1].strip() if found else None


def with_commands(text: str) -> str:
    """`text` with its table of commands as it should be."""
    block = re.compile("<!-- commands -->.*?<!-- /commands -->", re.DOTALL)
    table = f"<!-- commands -->\n{command_table()}\n<!-- /commands -->"
    return block.sub(lambda _: table, text)


@pytest.fixture
def readme() -> str:
    return README.read_text("utf-8")


def test_the_commands_are_those_of_the_program(readme: str) -> None:
    written = between(readme, "commands")
    assert written is not None, "README.md has no <!-- commands --> block"
    assert written == command_table(), "run: python -m tests.cli.test_readme --write"


def test_its_codes_are_messages_and_it_leads_to_the_page_of_them(readme: str) -> None:
    named = set(CODE.findall(readme)) - NO_CODES
    assert named
    assert sorted(named - every_message().keys()) == [], "no message has these codes"
    assert "](xlplan/MESSAGES.md)" in readme


def test_its_python_runs(readme: str, tmp_path: Path) -> None:
    """All blocks in one process, in a folder with the example's spreadsheet in it."""
    example = ROOT / "examples" / "brag-by-recommendation" / "plan.xlsx"
    (tmp_path / "plan.xlsx").write_bytes(example.read_bytes())
    code = "\n".join(RUN.findall(readme))
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_its_plan_definition_is_one(readme: str) -> None:
    [text] = DEFINITION.findall(readme)
    assert load_definition(text, "README.md").issue.layout == "form"


def test_a_code_is_found_where_it_is_raised_and_nowhere_else() -> None:
    source = (
        '"""Raises ABC-001."""\nfault("ABC-002", f"{x} is ABC-003")  # not ABC-004\nh = "SHA-256"'
    )
    assert codes_in(source) == {"ABC-002", "ABC-003"}


def test_the_table_is_written_between_its_markers() -> None:
    old = "before\n<!-- commands -->\nold\n<!-- /commands -->\nafter\n"
    new = with_commands(old)
    assert between(new, "commands") == command_table()
    assert new.startswith("before\n")
    assert new.endswith("\nafter\n")
    assert with_commands(new) == new


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_command_says_what_it_does(name: str) -> None:
    assert (commands.commands[name].help or "").strip()
    assert f"`{name}" in command_table()


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        README.write_text(with_commands(README.read_text("utf-8")), "utf-8")
    else:
        print(command_table())
        print("\n".join(sorted(all_codes())))
