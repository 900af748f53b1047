"""deploy/README.md: its steps are shell, name only commands, settings and files that there are, and it refers to nothing that is not."""

import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from streams.cli import app
from streams.domain.policy import NormalizePolicy
from streams.settings import Settings, variable
from tests.deploy.follow import README, script, steps

TOLD = README.read_text()


def test_the_steps_are_well_formed_and_in_order() -> None:
    assert [str(number) for number in range(9)] == list(dict.fromkeys(name[0] for name, _ in steps()))
    assert 0 == subprocess.run(["bash", "-n"], input=script(), text=True).returncode


def test_every_setting_it_names_is_one() -> None:
    named = set(re.findall(r"SPM_[A-Z_]*[A-Z](?![A-Z_*])", TOLD)) - {"SPM_SASL", "SPM_SSL"}

    assert set() == named - {variable(name) for name in Settings.model_fields}


def test_every_command_and_policy_it_names_is_one() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    policies = set(re.findall(r"policy\.normalize\.(\w+)", TOLD))

    assert set() == set(re.findall(r"(?:^|`|until |SPM_[A-Z_]+=\S+ )spm ([a-z-]+)", TOLD, re.M)) - set(commands)
    assert policies and policies <= set(NormalizePolicy.__struct_fields__)


def test_every_file_it_refers_to_is_there() -> None:
    root = Path(README).parents[1]
    linked = re.findall(r"\]\(([\w./-]+)\)", TOLD)
    named = re.findall(r"`((?:deploy|tests)/[\w./-]+)`", TOLD)

    assert [] == [path for path in linked if not (README.parent / path).exists()]
    assert [] == [path for path in named if not (root / path).exists()]


@pytest.mark.parametrize("secret", ["spm-kafka-", "spm-http-look", "spm-http-send"])
def test_it_says_how_to_make_every_secret(secret: str) -> None:
    assert f"create secret generic {secret}" in TOLD
