"""The short version of `python -m tests.soak`: some seconds of load with a fault or two; what is judged is exactness, not time."""

from pathlib import Path

from tests.soak.hours import soak


def test_under_load_and_faults_every_alarm_is_accounted_for_once(kafka: str, tmp_path: Path) -> None:
    seen = soak(kafka, tmp_path, seconds=12, every=4, rate=150)

    assert seen.exactness.is_exact, str(seen.exactness)
    assert seen.faults[:1] == ["kill"]      # On a busy machine there is time for no other.
    assert seen.exactness.fed == seen.fed
