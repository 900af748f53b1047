"""Every figure that the processor shows, declared once; page.py writes deploy/monitoring/METRICS.md from it."""

from streams.catalogue.engine import ENGINE, PROCESS
from streams.catalogue.gateway import GATEWAY
from streams.catalogue.metric import Metric
from streams.catalogue.processor import PROCESSOR

ALL: tuple[Metric, ...] = (*ENGINE, *PROCESSOR, *GATEWAY, *PROCESS)
WORKER: tuple[Metric, ...] = (*ENGINE, *PROCESSOR, *PROCESS)
"""What a worker shows; `spm run` shows a gateway's too."""

__all__ = ["ALL", "ENGINE", "GATEWAY", "PROCESS", "PROCESSOR", "WORKER", "Metric"]
