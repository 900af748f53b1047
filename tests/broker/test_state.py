"""State on a real Kafka: exported, imported by another group, gone on from; it agrees with its topics, and a lost one is told again."""

from pathlib import Path

from confluent_kafka.admin import AdminClient

from streams.engine import topics
from streams.flow_topics import topics_wanted
from streams.state.carry import export, import_into_kafka
from streams.state.consistency import look
from streams.state.rows import inboxes, newest, stored_rows
from streams.state.tell import missing, open_problems, tell
from streams.stored import Stored, stored
from tests.chaos import network as made
from tests.chaos.run import Run, at_work
from tests.chaos.stories import await_, now, send


def rows(where: Stored, run: Run) -> dict[tuple[str, int, bytes], bytes]:
    return {(each.inbox, each.partition, each.raw): each.stored for inbox in inboxes([run.feed]) for each in stored_rows(where, inbox)}


def test_state_is_carried_to_another_group_and_gone_on_from(kafka: str, tmp_path: Path) -> None:
    counties = made.counties(2)
    run = Run(kafka, tmp_path, lambda feed: made.topology(counties, feed, 2), clock="wall")
    first, second = (f"{each.name}/switch-0/card-0" for each in counties)
    with run.crew("w0") as crew:
        while not all(map(at_work, crew.workers)):
            crew.tend(0.2)
        raised = now()
        send(run, *((each.name, made.alarm_of(name, "lossOfSignal", "critical", raised)) for each, name in zip(counties, (first, second), strict=True)))
        await_(run, crew, "trouble-reports", lambda told: len({one.key for one in told}) >= 2)
    with stored(run.settings) as where:
        assert [] == look(where).differences
        export(tmp_path / "state.jsonl.gz", where, run.topology, run.settings)
        before, problems = rows(where, run), [each["id"] for each in open_problems(where)]
        admin = AdminClient({"bootstrap.servers": kafka})
        for gone in admin.delete_topics([f"{run.settings.prefix}problems"]).values():
            gone.result()

    run.settings = run.settings.model_copy(update={"group": f"{run.settings.group}-2"})
    topics.apply(run.settings.kafka_config(), topics_wanted(run.topology, run.settings))
    with stored(run.settings) as where:
        for _ in range(2):                                          # as if it had been interrupted
            import_into_kafka(tmp_path / "state.jsonl.gz", where, run.topology, run.settings, "exported")
        assert before == rows(where, run)
        assert {"problems-are-told"} == {each.rule for each in look(where).differences}
        tell(where, list(missing(where)), lambda topic, key: 0)
        assert ([], problems) == (look(where).differences, sorted(newest(where, "problems")))
    with run.crew("w1") as crew:
        send(run, (counties[0].name, made.alarm_of(first, "lossOfSignal", "critical", raised, cleared=now())))
        await_(run, crew, "alarm-records", lambda told: any(one.value["event"]["alarm"].get("state") == "cleared" for one in told))
    with stored(run.settings) as where:
        assert [] == look(where).differences
