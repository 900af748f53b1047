"""Pages that are tasks name commands that exist, and there is one for each task that an operator has."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from streams.cli import app
from tests.runbooks.page import FOLDER, tasks
from tests.runbooks.site import BIN, TOOLS

TASKS = (
    "drain-a-worker", "forget-a-customer", "freeze-learning", "full-disk", "lost-disk", "lost-topic", "more-partitions", "move-to-another-cluster", "rebuild-a-table",
    "redrive-dead-letters", "replay-a-day", "scale-out-and-in", "upgrade")
PLAIN = frozenset((
    "apply", "cat", "cp", "export", "grep", "mkdir", "mv", "printf", "python", "rm", "sed", "seq", "sleep", "tail", "unset", "true"))
"""What every shell has."""


def said(script: str) -> list[str]:
    """Return the commands of a script, one a simple command; what python reads is none."""
    script = re.sub(r"<<'END'\n.*?^END$", "", script, flags=re.S | re.M)
    found = []
    for line in script.replace("\\\n", " ").splitlines():
        for part in re.split(r"\|\|?|&&|;|\$?\(|\)", re.sub(r"'[^']*'|\"[^\"]*\"", "Q", line)):
            words = [word for word in part.split() if not re.fullmatch(r"\w+=\S*", word)]
            if words and not words[0].startswith("#"):
                found.append(" ".join(words))
    return found


def known(words: list[str]) -> bool:
    """Tell whether a command line begins with a command that exists."""
    if words[0] != "spm":
        return words[0] in {*PLAIN, *TOOLS, *(path.name for path in BIN.iterdir())}
    commands = get_command(app).commands  # type: ignore[attr-defined]
    command = commands.get(words[1])
    below = getattr(command, "commands", None)
    return command is not None and (below is None or len(words) < 3 or words[2].startswith("-") or words[2] in below)


def test_each_task_has_its_page_and_each_page_is_a_task() -> None:
    assert list(TASKS) == sorted(tasks())
    assert "python -m tests.disaster" in (FOLDER / "disaster-recovery.md").read_text()


@pytest.mark.parametrize("name", TASKS)
def test_its_commands_exist(name: str) -> None:
    lines = said(tasks()[name].script.partition("\n")[2])

    assert [line for line in lines if not line.startswith("echo ") and not known(line.split())] == []
    assert tasks()[name].text.startswith(f"# {name}\n")


def test_a_command_that_does_not_exist_is_seen() -> None:
    assert [True, False, False, True] == [known(line.split()) for line in ("spm tables export x", "spm tables explode", "frobnicate", "start w1")]


def test_pages_name_pages_that_exist() -> None:
    there = {path.stem for path in Path(FOLDER).glob("*.md")}
    for page in tasks().values():
        named = set(re.findall(r"(?:runbook |\()([a-z]+(?:-[a-z]+)+)(?=[\s).,;:])", page.text))

        assert {name for name in named if name in there or name in TASKS} <= there, page.name
