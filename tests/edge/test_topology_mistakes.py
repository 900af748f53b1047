"""What is wrong in a topology.yaml is told all at once, each mistake with its file, line, place and remedy."""

from pathlib import Path

import pytest

from streams.edge.formats import NAMES
from streams.edge.topology_file import from_text, load
from streams.edge.topology_finding import TopologyError


def mistakes(text: str, base: Path | None = None) -> list[str]:
    with pytest.raises(TopologyError) as refused:
        from_text(text, base)
    return [str(finding) for finding in refused.value.findings]


# --- mistakes ---


def test_a_dangling_name_is_told_with_its_line_and_the_nearest_name() -> None:
    text = """network:
  resources:
    - {id: ont-88}
    - {id: olt-7}
  dependencies:
    - {from: ont-88, to: olt-7}
    - {from: ont-88, to: olt-9}
    - from: olt-7
      to:
        - ont-88
        - elsewhere
"""

    assert mistakes(text) == [
        "topology.yaml:7: network.dependencies[1].to: 'olt-9' is not declared; did you mean 'olt-7'?",
        "topology.yaml:11: network.dependencies[2].to[1]: 'elsewhere' is not declared; declare it under network.resources or services",
    ]


def test_unknown_names_are_told_with_the_nearest_known_one() -> None:
    text = """netwrk: {}
feeds:
  - topic: raw-alarms
    fromat: ves
  - {topic: ran, format: tmf624}
policy:
  correlate:
    quiet_perod: 15m
streams:
  alarm-event: {partitions: 3}
"""

    *first, last = (repr(name) for name in NAMES)

    assert mistakes(text) == [
        "topology.yaml:1: netwrk: 'netwrk' is not a known name here; did you mean 'network'?",
        "topology.yaml:4: feeds[0].fromat: 'fromat' is not a known name here; did you mean 'format'?",
        f"topology.yaml:5: feeds[1].format: 'tmf624' is not one of {', '.join(first)} or {last}; did you mean 'tmf642'?",
        "topology.yaml:8: policy.correlate.quiet_perod: 'quiet_perod' is not a known name here; did you mean 'quiet_period'?",
    ]
    assert mistakes(text[text.index("streams") :]) == [
        "topology.yaml:2: streams.alarm-event: 'alarm-event' is no stream of the processor; did you mean 'alarm-events'?"
    ]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("mode: actt", 1, "did you mean 'act'?"),
        ("network:\n  resources:\n    - {id: 12}", 3, "12 is not text; write it in quotes"),
        ("network:\n  resources:\n    - {type: olt}", 3, "'id' is missing"),
        ("network:\n  resources:\n    - {id: a}\n    - {id: a}", 4, "'a' is declared twice"),
        ("network:\n  resources: [{id: a}]\nservices:\n  - {id: a}", 4, "'a' is declared twice"),
        ("network:\n  resources:\n    - {id: a, aliases: [x]}\n    - {id: b, aliases: [x]}", 4, "alias 'x' is already one of 'a'"),
        ("services: [{id: s, type: t}]\nproducts:\n  - {id: p, service: s, aliases: [x]}\n  - {id: q, service: s, aliases: [x]}", 4, "alias 'x' is already one of 'p'"),
        ("network:\n  resources:\n    - {id: a, aliases: [b]}\n    - {id: b}", 3, "alias 'b' is the id of another object"),
        ("network:\n  resources: [{id: a}]\n  dependencies:\n    - {from: a, to: a}", 4, "depends on itself"),
        ("network:\n  resources: [{id: a}, {id: b}]\n  dependencies:\n    - {from: a, to: b, needs: 2}", 4, "needs 2 of 1"),
        (
            "network:\n  resources: [{id: a}, {id: b}]\n  dependencies:\n    - {from: a, to: b, degraded_below: 2}",
            4,
            "degraded below 2 of 1",
        ),
        ("network:\n  resources: [{id: a}, {id: b}]\n  dependencies:\n    - {from: a, to: []}", 4, "should have at least 1 item"),
        ("products:\n  - {id: p, service: s}", 2, "service 's' is not declared"),
        ("services: [{id: s}]\nproducts:\n  - {id: p, service: s, sla: gold}", 3, "sla 'gold' is not declared"),
        ("slas:\n  gold: {restore_within: 4x}", 2, "'4x' is no duration"),
        ("slas:\n  gold: {restore_within: 4h, warn_at: 175%}", 2, "not between 0 and 1"),
        ("slas:\n  gold: {restore_within: 4h, pauses: [held]}", 2, "no clock pauses in held"),
        ("slas:\n  gold: {restore_within: 4h, calendar: offices}\ncalendars:\n  office: {time_zone: UTC, hours: {mon: '08:00-18:00'}}", 2, "calendar 'offices' is not declared; did you mean 'office'?"),
        ("slas:\n  gold: {restore_within: 4h, escalations: [{level: 11, at: 50%, tell: noc}]}", 2, "less than or equal to 10"),
        ("slas:\n  gold: {restore_within: 0s}", 2, "at least a second"),
        ("suppliers:\n  acme: gold", 2, "sla 'gold' is not declared"),
        ("calendars:\n  office: {time_zone: Europe/Berln, hours: {mon-fri: '08:00-18:00'}}", 2, "did you mean 'Europe/Berlin'?"),
        ("calendars:\n  office: {time_zone: UTC, hours: {mon-fri: '18:00-08:00'}}", 2, "no hours of one day"),
        ("calendars:\n  office: {time_zone: UTC, hours: {mon-fri: '08:00-18:00', wed: '09:00-12:00'}}", 2, "wed is in 'mon-fri' and in 'wed'"),
        ("calendars:\n  office: {time_zone: UTC, hours: {mon: ['08:00-12:00', '11:00-18:00']}}", 2, "overlap"),
        ("calendars:\n  office: {time_zone: UTC, hours: {mon: '08:00-12:00'}, holidays: ['2026-13-01']}", 2, "is no date"),
        ("feeds:\n  - {topic: a}\n  - {topic: a}", 3, "already a feed"),
        ("feeds:\n  - {topic: problems}", 2, "one of the processor's own"),
        ("feeds:\n  - topic: a\n    rewrite:\n      - {match: '(', to: x}", 4, "is no regular expression"),
        ("streams:\n  alarm-events: {partitions: 3}\n  problem-inbox: {partitions: 4}", 3, "give them one count"),
        ("streams:\n  network-inbox: {partitions: 2}", 2, "has one partition"),
        ("policy:\n  manage:\n    report_after: {12: 5m}", 3, "less than or equal to 10"),
        ("mode: report\nmode: act", 2, "is no YAML"),
        ("network: [}", 1, "is no YAML"),
        ("- a\n- b", 1, "not a mapping"),
        ('{"mode":\n "actt"}', 1, "did you mean 'act'?"),
        ('{"network": {"resources": [\n {"id": "a"},\n {"id": 3}]}}', 3, "3 is not text"),
    ],
)
def test_each_mistake_has_its_line_and_says_what_is_wrong(text: str, line: int, words: str) -> None:
    told = mistakes(text)

    assert len(told) == 1, told
    assert told[0].startswith(f"topology.yaml:{line}:")
    assert words in told[0]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    told = mistakes("mode: x\nfeeds:\n  - {topic: 1}\nslas: {gold: {}}\n")

    assert [line.split(":")[1] for line in told] == ["1", "3", "4"]


def test_an_error_with_very_many_mistakes_stays_readable() -> None:
    with pytest.raises(TopologyError) as refused:
        from_text("network:\n  resources:\n" + "".join(f"    - {{id: {n}}}\n" for n in range(50)))

    assert len(refused.value.findings) == 50
    assert str(refused.value).endswith("and 40 more; `spm check` lists them")


@pytest.mark.parametrize("kind", ["hosted_on", "part_of"])
def test_what_is_hosted_on_itself_in_the_end_is_refused_with_the_way_round(kind: str) -> None:
    told = mistakes(f"""network:
  resources: [{{id: a}}, {{id: b}}, {{id: c}}]
  dependencies:
    - {{from: a, to: b, kind: {kind}}}
    - {{from: b, to: c, kind: {kind}}}
    - {{from: c, to: a, kind: {kind}}}
""")

    assert told == [
        f"topology.yaml:6: network.dependencies[2]: {kind} goes round: a -> b -> c -> a; remove one of these dependencies, or give it the kind it has"
    ]


# --- files ---


def test_a_mistake_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text("resources:\n  - {id: a}\ndependencies:\n  - {from: a, to: b}\n")

    assert mistakes("network: {file: network.yaml}", tmp_path) == [
        "network.yaml:4: dependencies[0].to: 'b' is not declared; declare it under network.resources or services"
    ]


@pytest.mark.parametrize("name", ["../secret.yaml", "/etc/passwd", "sub/../../secret.yaml", "link.yaml"])
def test_an_include_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("resources: []")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")

    assert "outside the folder" in mistakes(f"network:\n  file: {name}", folder)[0]


def test_an_include_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    assert mistakes("network:\n  file: [none.yaml]", tmp_path)[0].startswith("topology.yaml:2: network.file: there is no file 'none.yaml'")


def test_a_file_that_is_not_there_or_no_text_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes(b"mode: \xe4")

    with pytest.raises(TopologyError, match="cannot be read: No such file"):
        load(tmp_path / "none.yaml")
    with pytest.raises(TopologyError, match="is not UTF-8"):
        load(tmp_path / "latin.yaml")


def test_rules_of_expect_and_actions_name_a_feed_that_is_declared_and_have_names_of_their_own() -> None:
    text = """feeds:
  - {topic: alarms-it}
expect:
  - {name: backup, feed: alarms-ti, every: 24h}
  - {name: backup, feed: alarms-it, every: 24h}
actions:
  - {name: call, when: alarm, then: request, feed: elsewhere}
"""

    assert mistakes(text) == [
        "topology.yaml:4: expect[0].feed: 'alarms-ti' is no feed; did you mean 'alarms-it'?",
        "topology.yaml:5: expect[1].name: 'backup' is declared twice; give this rule another name",
        "topology.yaml:7: actions[0].feed: 'elsewhere' is no feed; known are alarms-it",
    ]


@pytest.mark.parametrize(("rule", "message"), [
    ("{name: n, when: not-cleared, then: request}", "`after` is needed with `when: not-cleared`"),
    ("{name: n, when: alarm, after: 1h, then: request}", "`after` is needed with `when: not-cleared`"),
    ("{name: n, when: alarm, then: clear}", "`then: clear` goes with `when: not-cleared` only"),
    ("{name: n, when: alarm, then: command}", "`action` names the command or test"),
    ("{name: n, when: alarm, then: request, action: x}", "`action` names the command or test"),
])
def test_an_action_says_all_that_it_needs_and_nothing_else(rule: str, message: str) -> None:
    [told] = mistakes(f"actions:\n  - {rule}\n")

    assert message in told


def test_nothing_is_expected_more_often_than_every_second() -> None:
    [told] = mistakes("expect:\n  - {name: n, feed: raw-alarms, every: 100ms}\n")

    assert "more often than every second" in told


def test_a_misspelt_name_in_a_mapping_is_told_with_the_nearest() -> None:
    text = "feeds:\n  - topic: a\n    format: mapped\n    mapping:\n      object: $.o\n      cause: $.c\n      severty: $.s\n"

    assert ["topology.yaml:7: feeds[0].mapping.severty: 'severty' is not a known name here; did you mean 'severity'?"] == mistakes(text)


def test_a_way_round_that_is_not_declared_is_told() -> None:
    text = """network:
  resources:
    - {id: path-1}
restoration:
  - action: reassign
    alternative:
      - path-1
      - protection
      - path-2
  - {action: restart, service: svc}
"""

    assert mistakes(text) == [
        "topology.yaml:9: restoration[0].alternative[2]: 'path-2' is not declared; did you mean 'path-1'?",
        "topology.yaml:10: restoration[1].service: service 'svc' is not declared; declare it under services",
    ]
