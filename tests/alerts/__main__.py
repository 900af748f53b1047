"""Makes every alert of deploy/monitoring fire against a running processor: python -m tests.alerts [--only NAME] [--folder DIR] [--pictures]

A Kafka of its own (the broker is killed), real workers, a real Prometheus with the rules sixty times as fast, a real
Alertmanager. Says of each alert how long it took to fire; status 1 where one did not. Some five minutes. `--pictures` draws
the dashboards as this run fills them into deploy/monitoring (needs matplotlib: `pip install -e .[pictures]`).
"""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from streams.engine.broker import own_kafka
from tests.alerts.deeds import deeds, unmount
from tests.alerts.stage import stage
from tests.monitoring.test_rules import rules


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="an alert's name, or part of it")
    parser.add_argument("--folder", type=Path, help="where logs and Prometheus's data stay")
    parser.add_argument("--pictures", action="store_true", help="draw the dashboards as they are at the end")
    told = parser.parse_args()
    with TemporaryDirectory(prefix="spm-alerts-") as made:
        folder = told.folder or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return fire(folder, told.only or "", told.pictures)
        finally:
            unmount(folder)


def fire(folder: Path, only: str, pictures: bool) -> int:
    wanted = {rule["alert"] for rule in rules("alert") if only.lower() in rule["alert"].lower()}
    fired: set[str] = set()
    started = monotonic()
    with own_kafka() as kafka, stage(kafka.bootstrap, folder) as there:
        there.worker("w0")
        there.wait_ready("w0")
        for deed in deeds(kafka):
            if not wanted.intersection(deed.alerts):
                continue
            began = monotonic()
            try:
                deed.do(there)
                for name in deed.alerts:
                    _, alert = there.wait_fired(name)
                    fired.add(name)
                    print(f"{name:<28} fired {monotonic() - began:5.1f} s after {deed.sentence} began: {alert['annotations']['summary']}", flush=True)
            except AssertionError as why:
                print(f"{', '.join(deed.alerts):<28} FAILED: {deed.sentence}: {str(why)[-600:]}", flush=True)
            deed.calm(there)
        if pictures:
            subprocess.run([sys.executable, "-m", "deploy.monitoring.picture", there.prometheus.url, "--minutes", str(round((monotonic() - started) / 60, 1))], check=True)
    for name in sorted(wanted - fired):
        print(f"{name:<28} did not fire", flush=True)
    print(f"{len(wanted & fired)} of {len(wanted)} alerts fired")
    return 0 if wanted <= fired else 1


if __name__ == "__main__":
    sys.exit(main())
