"""What all tests share: hypothesis profiles, and a real Kafka for those that need one.

Kafka is started once per run and skipped with instructions where there can be none; where Java and Maven are here and
it does not start all the same, that is a failure. The end of a run says how many tests ran on real Kafka.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from streams.engine.broker import JarKafka, KafkaDidNotStart, NoKafka, jars_possible, own_kafka, real_kafka

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("deep", max_examples=1000, deadline=None)
settings.register_profile("proof", max_examples=10_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ON_KAFKA = {"kafka", "restartable_kafka"}
"""Fixtures that are a real Kafka; whoever uses one is marked `kafka`."""

BROKERS = 2
"""Where tests are spread over processes: as many as deploy/test has."""


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """The bootstrap address of a real Kafka."""
    try:
        with real_kafka() as bootstrap:
            yield bootstrap
    except (NoKafka, KafkaDidNotStart) as error:
        _refuse(error)


@pytest.fixture
def restartable_kafka() -> Iterator[JarKafka]:
    """A Kafka of the test's own that it may stop and start."""
    try:
        with own_kafka() as kafka:
            yield kafka
    except (NoKafka, KafkaDidNotStart) as error:
        _refuse(error)


def _refuse(error: Exception) -> None:
    if jars_possible():
        pytest.fail(f"Java and Maven are here and yet Kafka did not start: {error}", pytrace=False)
    pytest.skip(str(error))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Kafka; where tests are spread over processes (`-n`), those first and by module on `BROKERS` brokers, every other module for itself."""
    on_kafka = [item for item in items if ON_KAFKA & set(getattr(item, "fixturenames", ()))]
    names = dict.fromkeys(item.path.stem for item in on_kafka)
    group = {name: f"kafka-{n % BROKERS}" for n, name in enumerate(names)}
    for item in on_kafka:
        item.add_marker(pytest.mark.kafka)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group[item.path.stem] if item in on_kafka else item.path.stem))
    if os.environ.get("PYTEST_XDIST_WORKER"):
        items.sort(key=lambda item: item.get_closest_marker("kafka") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on real Kafka."""
    counts = {outcome: sum("kafka" in getattr(report, "keywords", ()) for report in terminalreporter.stats.get(outcome, ())) for outcome in ("passed", "failed", "error", "skipped")}
    if any(counts.values()):
        told = ", ".join(f"{n} {outcome}" for outcome, n in counts.items() if n)
        terminalreporter.write_line(f"on real Kafka: {counts['passed'] + counts['failed']} tests ran ({told})")
    else:
        terminalreporter.write_line("on real Kafka: no test was chosen")
