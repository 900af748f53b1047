"""`spm tables snapshot` and `tell`: the problems as the tables have them, shown, or told again where a compacted topic lost them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from streams.domain.instant import iso
from streams.domain.problem import ENDED
from streams.domain.problem_record import ProblemRecord
from streams.domain.report_index import ever_made
from streams.domain.request_told import RequestTold
from streams.edge.records import problem, trouble_report
from streams.engine.embedded import Given
from streams.state.consistency import differing
from streams.state.rows import held, newest
from streams.stored import Stored


class Again(NamedTuple):
    """A record of a compacted topic as the tables have it; `value` None: no table knows the key."""

    topic: str
    key: str
    value: Any
    at: int


def open_problems(stored: Stored) -> list[dict[str, Any]]:
    """Return the problems that have not ended, as `problems` tells them, by id."""
    rows = held(stored, ("problems",))["problems"]
    return [problem.render(row) for ident, (_, row) in sorted(rows.items()) if row.status not in ENDED]


def missing(stored: Stored) -> Iterator[Again]:
    """Iterate over what `problems` and `trouble-reports` do not have as the tables do."""
    rows: dict[str, ProblemRecord] = {ident: row for ident, (_, row) in sorted(held(stored, ("problems",))["problems"].items())}
    told = newest(stored, "problems")
    last = max((row.last_at for row in rows.values()), default=0)
    for ident, row in rows.items():
        if row.published_at and (ident not in told or differing(row, told[ident])):
            yield Again("problems", ident, problem.render(row), row.last_at)
    yield from (Again("problems", ident, None, last) for ident in sorted(told.keys() - rows.keys()))
    reports, known = newest(stored, "trouble-reports"), set[str]()
    for row in rows.values():
        known.update(ever_made(row))
        for ident, value in _reports(row):
            if ident not in reports or reports[ident].get("status") != value["status"]:
                yield Again("trouble-reports", ident, value, row.last_at)
    yield from (Again("trouble-reports", ident, None, last) for ident in sorted(reports.keys() - known))


def _reports(row: ProblemRecord) -> Iterator[tuple[str, dict[str, Any]]]:
    if row.report is not None:
        yield row.report.id, trouble_report.render(row)
    for one in row.desk.requests if row.desk is not None else ():
        yield one.report.id, trouble_report.render(RequestTold(row, one))


def tell(stored: Stored, again: list[Again], partition: Any) -> None:
    """Write them; `partition`: (topic, key) -> partition."""
    for topic in ("problems", "trouble-reports"):
        records: list[Given] = [
            (partition(topic, each.key), each.key.encode(), None if each.value is None else msgspec.json.encode(each.value), (("at", iso(each.at).encode()),))
            for each in again if each.topic == topic]
        if records:
            stored.peek.write(stored.output(topic), records)
