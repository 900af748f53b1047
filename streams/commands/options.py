"""The options that commands share, each with its environment variable (design section 5)."""

from pathlib import Path
from typing import Annotated

import typer

TopologyPath = Annotated[Path | None, typer.Option("--topology", "-t", envvar="SPM_TOPOLOGY", help="Path of topology.yaml.", show_default="topology.yaml")]
DataPath = Annotated[Path | None, typer.Option("--data", envvar="SPM_DATA", help="Folder of state.", show_default=".spm")]
Bootstrap = Annotated[str | None, typer.Option("--bootstrap", envvar="SPM_BOOTSTRAP", help="Kafka's bootstrap servers.", show_default="none")]
Group = Annotated[str | None, typer.Option("--group", envvar="SPM_GROUP", help="Consumer group.", show_default="spm")]
Prefix = Annotated[str | None, typer.Option("--prefix", envvar="SPM_PREFIX", help="Put before the name of every topic written.", show_default="none")]
Instance = Annotated[str | None, typer.Option("--instance", envvar="SPM_INSTANCE", help="Stable name of this worker.", show_default="host name")]
Clock = Annotated[str | None, typer.Option("--clock", envvar="SPM_CLOCK", help="What makes time pass: wall (live) or event (backfill).", show_default="wall")]
CommitInterval = Annotated[str | None, typer.Option("--commit-interval", envvar="SPM_COMMIT_INTERVAL", help="How long a unit of work stays open, 1ms to 5s.", show_default="20ms")]
HttpPort = Annotated[str | None, typer.Option("--http-port", metavar="PORT", envvar="SPM_HTTP_PORT", help="TCP port that takes alarms; 0: none.", show_default="8642")]
Bind = Annotated[str | None, typer.Option("--bind", envvar="SPM_BIND", help="IP address that the ports listen on.", show_default="127.0.0.1")]
MetricsPort = Annotated[str | None, typer.Option("--metrics-port", metavar="PORT", envvar="SPM_METRICS_PORT", help="TCP port of Prometheus metrics; 0: none.", show_default="9464")]
