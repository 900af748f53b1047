"""The short version of `python -m tests.load.storm`: a core site is lost. What is right is looked at, not how long it takes."""

from pathlib import Path

from tests.load import storm_network
from tests.load.storm import run


def test_a_storm_in_one_domain_is_one_problem_with_its_cause_and_one_report_that_stays(kafka: str, tmp_path: Path) -> None:
    seen = run(kafka, tmp_path, alarms=5_000, quiet=3, warm_up=2)

    assert storm_network.ROOT == seen.cause
    assert (1, 1, []) == (seen.problems, seen.reports - seen.withdrawn, seen.quick_updates)
    assert not [wrong for wrong in seen.wrong if "never" in wrong]
