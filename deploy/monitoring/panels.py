"""What the two dashboards show: rows of panels, each some queries. dashboards.py makes Grafana's JSON of it, picture.py draws it."""

from collections.abc import Sequence
from typing import NamedTuple


class Query(NamedTuple):
    """One expression, and what its lines are called: {{label}} stands for a label."""

    expression: str
    legend: str = ""


class Panel(NamedTuple):
    """One picture. `unit` is Grafana's; `stat`: a number, else lines over time."""

    title: str
    queries: tuple[Query, ...]
    unit: str = "short"
    kind: str = "lines"
    stacked: bool = False
    red: float | None = None
    """From here on it is drawn red."""
    text: str = ""
    """What to make of it."""


class Board(NamedTuple):
    """One dashboard: rows of panels."""

    uid: str
    title: str
    rows: tuple[tuple[str, tuple[Panel, ...]], ...]


def lines(title: str, *queries: str | tuple[str, str], unit: str = "short", stacked: bool = False, text: str = "", red: float | None = None) -> Panel:
    return Panel(title, tuple(Query(query) if isinstance(query, str) else Query(*query) for query in queries), unit, "lines", stacked, red, text)


def stat(title: str, query: str, unit: str = "short", red: float | None = None, text: str = "") -> Panel:
    return Panel(title, (Query(query),), unit, "stat", False, red, text)


def columns_of(panels: Sequence[Panel]) -> int:
    """Return how many charts stand beside each other: four where there are four, else three."""
    return 4 if len(panels) == 4 else 3


OPERATIONS = Board("spm-operations", "spm: operations", (
    ("Is it well", (
        stat("Workers up", 'spm:workers_up:count'),
        stat("Alerts firing", 'count(ALERTS{alertname=~"Spm.*",alertstate="firing"}) or vector(0)', red=1),
        stat("Oldest unread", "max(spm_lag_seconds)", "s", red=60),
        stat("Silent feeds", "sum(max by (feed) (spm_feed_silent))", red=1),
        stat("Paused feed partitions", "sum(spm_feed_paused)", red=1),
        stat("Without state", "max(spm_restoring_seconds)", "s", red=60),
        stat("Newest probe through", "max(time() - min by (feed, end) (spm_probe_sent_seconds))", "s", red=180),
        stat("A commit is under way", "max(spm_commit_age_seconds)", "s", red=10),
    )),
    ("What comes in", (
        lines("Alarms a second by feed", ("spm:feed_records:rate10m and on (feed) max by (feed) (spm_feed_alarms)", "{{feed}}"), unit="ops"),
        lines("What became of inputs, a second", ("spm:alarms:rate5m > 0", "{{disposition}}"), unit="ops", stacked=True),
        lines("Dead letters a minute by reason", ("sum by (feed, reason) (increase(spm_dead_letters_total[1m]))", "{{feed}} {{reason}}"), stacked=True),
    )),
    ("Feeds", (
        lines("Seconds since a feed's time moved", ("spm:feed_silence:seconds", "{{feed}}"), unit="s"),
        lines("Share of undeclared objects", ("max by (feed) (spm_feed_unresolved_share)", "{{feed}}"), unit="percentunit"),
        lines("Alarms from the future, a minute", ("sum by (feed) (increase(spm_feed_suspect_times_total[1m]))", "{{feed}}")),
    )),
    ("Keeping up", (
        lines("Records not read yet", ("spm:lag_records:sum", "{{topic}}")),
        lines("Age of what is read", ("spm:lag_seconds:max", "{{topic}}"), unit="s", red=60),
        lines("Share of the hottest domain", ("max(spm_hottest_domain_share)", "share"), unit="percentunit", red=0.5),
    )),
    ("Commits and state", (
        lines("A commit takes", ("spm:commit_seconds:p99", "{{instance}} p99"), ("histogram_quantile(0.5, sum by (le, instance) (rate(spm_commit_seconds_bucket[5m])))", "{{instance}} median"), unit="s"),
        lines("Partitions owned", ("sum by (instance) (spm_partitions_owned)", "{{instance}}"), stacked=True),
        lines("Partitions taken or given a minute", ("sum by (instance, kind) (increase(spm_rebalances_total[1m]))", "{{instance}} {{kind}}")),
        lines("Rows in memory, largest tables", ("topk(8, sum by (table) (spm_table_rows_in_memory))", "{{table}}"), stacked=True),
        lines("State on disk", ("spm_state_bytes", "{{instance}}"), unit="bytes"),
        lines("Free where it lies", ("spm_data_free_bytes", "{{instance}}"), unit="bytes"),
    )),
    ("Processes", (
        lines("Processor", ("rate(process_cpu_seconds_total[1m])", "{{job}} {{instance}}"), unit="percentunit"),
        lines("Memory", ("process_resident_memory_bytes", "{{job}} {{instance}}"), unit="bytes"),
        lines("HTTP requests a second by status", ("sum by (path, status) (rate(spm_gateway_requests_total[1m]))", "{{path}} {{status}}"), unit="ops"),
    )),
))

SERVICE_PROBLEMS = Board("spm-problems", "spm: service problems", (
    ("Now", (
        stat("Open problems", "spm:problems_open:sum"),
        stat("Without a located cause", "spm:problems_undiagnosed:sum", red=1),
        stat("Products down", 'sum(spm_products_impacted{impact="down"})', red=1),
        stat("Products at risk", 'sum(spm_products_impacted{impact="at-risk"})'),
        stat("SLA clocks warned or violated", "spm:products_in_jeopardy:sum", red=1),
        stat("Breaker", "max(spm_breaker_latched)", red=1, text="1: no restoration command goes out."),
    )),
    ("Problems", (
        lines("Open by status", ("sum by (status) (spm_problems_open)", "{{status}}"), stacked=True),
        lines("Open by priority", ("sum by (priority) (spm_problems_open_by_priority) > 0", "{{priority}}"), stacked=True),
        lines("By level of escalation", ("sum by (level) (spm_problems_by_escalation) > 0", "level {{level}}"), stacked=True),
        lines("What was told of problems, a minute", ("sum by (change) (increase(spm_problem_changes_total[1m]))", "{{change}}")),
        lines("What became of them", ("spm_problems", "{{state}}")),
        lines("Causes of those restored", ("topk(8, spm_problems_by_cause)", "{{cause}}")),
    )),
    ("Customers", (
        lines("Products by impact", ("sum by (impact) (spm_products_impacted)", "{{impact}}"), stacked=True),
        lines("SLA clocks", ("sum by (state) (spm_sla_clocks)", "{{state}}"), stacked=True),
        lines("Times to restore kept and violated", ("sum by (outcome) (spm_sla_clocks_ended)", "{{outcome}}")),
    )),
    ("How long it takes", (
        lines("To detect", ('spm_problem_seconds{phase="detect",value!="most"}', "{{value}}"), unit="s"),
        lines("To locate", ('spm_problem_seconds{phase="locate",value!="most"}', "{{value}}"), unit="s"),
        lines("To restore", ('spm_problem_seconds{phase="restore",value!="most"}', "{{value}}"), unit="s"),
        lines("Restored by the time told", ('spm_problem_promises', "{{kept}}")),
    )),
    ("Commands and reports", (
        lines("Commands a minute", ("sum by (kind) (increase(spm_commands_total[1m]))", "{{kind}}")),
        lines("Results that count for the breaker", ("sum by (outcome) (spm_command_results)", "{{outcome}}"), stacked=True),
        lines("Reports nobody accepted", ("sum(spm_reports_unaccepted)", "unaccepted")),
        lines("What the ticketing system said", ("sum by (answer) (spm_report_updates)", "{{answer}}")),
    )),
))
BOARDS = (OPERATIONS, SERVICE_PROBLEMS)
