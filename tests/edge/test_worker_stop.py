"""A worker is told to stop while it still waits for Kafka."""

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_a_worker_without_a_broker_ends_in_order_when_it_is_asked_to(tmp_path: Path) -> None:
    ours = {"SPM_BOOTSTRAP": "127.0.0.1:1", "SPM_TOPOLOGY": str(ROOT / "topology.yaml"), "SPM_DATA": str(tmp_path), "SPM_METRICS_PORT": "0", "SPM_HTTP_PORT": "0"}
    worker = subprocess.Popen([sys.executable, "-m", "streams", "worker"], cwd=ROOT, env=os.environ | ours, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True)
    try:
        assert worker.stderr is not None
        assert any("waiting for Kafka" in line for line in worker.stderr)
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=30)
        assert worker.returncode == 0
    finally:
        worker.kill()
        worker.wait()
