"""Words for tests of planned outages: `work("card", starts="10:00")`, `cancel("10:10")`, `standing(stage)`."""

from typing import Any

from streams.domain.alarm_record import AlarmChanged, Standing
from streams.domain.messages import OutageAnnounced, OutageMatched
from streams.domain.view import Emit
from tests.builders import a_network, at
from tests.domain.correlating import Correlator

PATHS = a_network(("svc", ["path-a", "path-b"], 1), ("path-a", "card"), ("shop", "path-a"), services=["svc", "shop"])


def work(*objects: str, starts: str = "10:00", ends: str = "11:00", ident: str = "chg", told: str = "09:00", **but: Any) -> OutageAnnounced:
    return OutageAnnounced(ident, "", objects, at(starts), at(ends), False, at(told), position=f"planned-outages/0/{told}", **but)


def cancel(when: str, ident: str = "chg") -> OutageAnnounced:
    return OutageAnnounced(ident, "", (), 0, 0, True, at(when), position=f"planned-outages/0/{when}")


def told(out: list[Emit]) -> list[AlarmChanged]:
    return [e.value for e in out if e.topic == "alarm-records"]


def standing(stage: Correlator) -> dict[str, str]:
    """Object -> the work that explains it, or `problem`; of active alarms."""
    found = {}
    for record in stage.view.alarm_records.rows.values():
        life = stage.view.alarm_lives.get(record.id)
        if record.standing is not Standing.CLEARED:
            found[life.alarm.object] = life.outage or "problem"
    return found


def answers(stage: Correlator) -> list[OutageMatched]:
    return [e.value for e in stage.out if isinstance(e.value, OutageMatched)]
