"""Incidents with lag, told to stage 6: what it must never order. Ten thousand of them: `python -m tests.incidents`."""

from tests.incidents.incident import run


def test_no_command_goes_to_what_is_restored_nor_to_the_survivor_nor_beyond_its_cap() -> None:
    counts = run(300)

    assert counts.to_restored == []
    assert counts.to_survivor == []
    assert counts.in_group == []
    assert counts.beyond_cap == []


def test_the_incidents_have_something_to_refuse_and_something_to_do() -> None:
    counts = run(100)

    assert counts.begun > 60
    assert counts.withdrawn > 5
    assert counts.refused > 5
    assert counts.doubled > 0
