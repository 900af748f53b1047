"""How long repairs took is read from what a run left."""

from pathlib import Path

from typer.testing import CliRunner

from streams.cli import app
from streams.learned_repairs import of_state
from tests.state.running import left_by

STORY = "work-around-then-repair"


def test_the_class_of_all_has_every_closed_problem_and_is_shown(tmp_path: Path) -> None:
    found = {one.kind: one for one in of_state(left_by(STORY, tmp_path))}

    assert found["*"].cases == max(one.cases for one in found.values()) >= 1
    assert 0 < found["*"].half_seconds <= found["*"].most_seconds
    shown = CliRunner().invoke(app, ["learned", "repairs", "--data", str(tmp_path)])
    assert f"{len(found)} classes" in shown.stdout
    assert f"{found['*'].most_seconds / 60:,.0f} min" in shown.stdout
