"""The README says what is so: its flow is the wired one, its story really comes out, its files and commands exist."""

import re
from pathlib import Path

import pytest

from streams import topology
from tests.contract.readme_story import PICTURE, block, drawn, why

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)

ANEW = "write it anew: PYTHONPATH=. .venv/bin/python -m tests.contract.readme_story --write"


def test_the_flow_is_the_one_that_is_wired() -> None:
    assert topology.FLOW.strip("\n") in README


def test_the_story_is_what_its_scenario_comes_to() -> None:
    assert block() in README, ANEW


def unweighed(text: str) -> str:
    """Return a text without what a change of a rule's weight moves: confidences, weights, and where lines break with them."""
    return " ".join(re.sub(r"[+-]?\d\.\d\d\b|\b\d+%", "#", text).split())


def test_the_storys_explanation_is_what_the_command_prints() -> None:
    assert unweighed(why()) in unweighed(README), ANEW
    assert unweighed(drawn()) == unweighed(PICTURE.read_text(encoding="utf-8")), ANEW


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:streams|schemas|tests|deploy)(?:/[\w./-]+)?)", README))))
def test_every_path_it_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_command_it_names_exists() -> None:
    from typer.main import get_command

    from streams.cli import app

    known = get_command(app).commands  # type: ignore[attr-defined]
    named = {match for _, text in BLOCKS for match in re.findall(r"\bspm ([a-z-]+)\b", text)} | set(re.findall(r"`spm ([a-z-]+)", README))

    assert named and named <= set(known), named - set(known)
