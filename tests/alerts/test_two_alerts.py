"""Two of the alerts fire against a running processor on Kafka; all of them: python -m tests.alerts."""

from pathlib import Path

import pytest

from tests.alerts.deeds import Deed, rubbish, skew
from tests.alerts.hurried import hurried
from tests.alerts.stage import stage
from tests.broker.alertmanager import NoAlertmanager
from tests.broker.debian import NoPackage


def test_durations_are_a_sixtieth_and_names_stay() -> None:
    assert hurried("for: 15m\nexpr: delta(spm:dead_letters:share10m[10m]) > 0.05 and rate(x[1h]) and y[15s]") == (
        "for: 15s\nexpr: delta(spm:dead_letters:share10m[10s]) > 0.05 and rate(x[60s]) and y[1s]")


def test_a_skewed_clock_and_rubbish_reach_alertmanager(kafka: str, tmp_path: Path) -> None:
    done = (Deed("skew", skew, ("SpmClockSkew",)), Deed("rubbish", rubbish, ("SpmDeadLettersAboveShare",)))
    try:
        with stage(kafka, tmp_path) as there:
            there.worker("w0")
            there.wait_ready("w0")
            for deed in done:
                deed.do(there)
            alerts = {name: there.wait_fired(name)[1] for deed in done for name in deed.alerts}
    except (NoPackage, NoAlertmanager) as why:
        pytest.skip(str(why))

    assert alerts["SpmClockSkew"]["labels"]["feed"].endswith("-raw")
    assert alerts["SpmDeadLettersAboveShare"]["annotations"]["runbook_url"] == "deploy/runbooks/dead-letters-above-share.md"
