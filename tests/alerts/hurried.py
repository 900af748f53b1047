"""The rules of deploy/monitoring as a test runs them: a minute is a second, and thresholds in seconds or amounts to match."""

import re
from pathlib import Path

from tests.monitoring.prometheus import MONITORING

FASTER = 60
SECONDS = {"s": 1, "m": 60, "h": 3600}
_DURATION = re.compile(r"(?<![\w.:])(\d+)([smh])\b")
THRESHOLDS = {
    "spm_restoring_seconds > 300": "spm_restoring_seconds > 5",
    "spm_commit_age_seconds > 10": "spm_commit_age_seconds > 2",
    "(spm_probe_sent_seconds) > 180": "(spm_probe_sent_seconds) > 5",
    "spm:lag_seconds:max > 60": "spm:lag_seconds:max > 1",
    "max(spm_hottest_domain_records) > 6000": "max(spm_hottest_domain_records) > 100",
    "4 * 3600": "4 * 60",
}
"""As it is -> as it is here: what a minute's sixtieth means for it."""
CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: ["{rules}/*.yaml"]
alerting: {{alertmanagers: [{{static_configs: [{{targets: [{alertmanager}]}}]}}]}}
scrape_configs:
  - {{job_name: spm-worker, file_sd_configs: [{{files: ["{targets}"], refresh_interval: 1s}}]}}
"""


def hurried(text: str) -> str:
    """Return rules with all durations a sixtieth, a second at least, and the thresholds that go with them."""
    for as_it_is, here in THRESHOLDS.items():
        text = text.replace(as_it_is, here)
    return _DURATION.sub(lambda found: f"{max(1, int(found[1]) * SECONDS[found[2]] // FASTER)}s", text)


def lay_rules(folder: Path) -> Path:
    """Write the rules into a folder; AssertionError where a threshold is not what it was."""
    into = folder / "rules"
    into.mkdir()
    told = {path.name: path.read_text() for path in sorted((MONITORING / "rules").glob("*.yaml"))}
    missing = [threshold for threshold in THRESHOLDS if not any(threshold in text for text in told.values())]
    assert not missing, f"no rule says {missing} any more"
    for name, text in told.items():
        (into / name).write_text(hurried(text))
    return into
