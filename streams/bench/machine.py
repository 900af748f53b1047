"""What the figures were measured on."""

import os
import platform
import socket
import struct
from importlib.metadata import version
from pathlib import Path
from typing import Any

import confluent_kafka

_FEATURE = b"metadata.version"
_RELEASES = {21: "3.9", 25: "4.0", 30: "4.3"}
"""Levels that belong to a release."""


def describe(bootstrap: str) -> dict[str, Any]:
    """Return machine and versions for the report."""
    return {
        "machine": here(),
        "versions": {"python": platform.python_version(), "librdkafka": confluent_kafka.libversion()[0], "confluent-kafka": version("confluent-kafka"),
                     "faust-streaming": version("faust-streaming"), "kafka": kafka_version(bootstrap)},
        "load_average_before": round(os.getloadavg()[0], 1),
    }


def here() -> dict[str, Any]:
    """Return what this process may use."""
    return {"cpu": _cpu(), "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(), "memory_gb": _memory(), "system": f"{platform.system()} {platform.release()}"}


def kafka_version(bootstrap: str) -> str:
    """Say which Kafka answers, by the level of its metadata, the only thing a broker tells of its release; "" where it does not say."""
    try:
        told = _api_versions(bootstrap.split(",")[0])
    except OSError:
        return ""  # Not without encryption, or not at all.
    place = told.rfind(_FEATURE)
    if place < 0:
        return ""
    level = int.from_bytes(told[place + len(_FEATURE):][:2], "big")
    return f"{_RELEASES[level]} (metadata.version {level})" if level in _RELEASES else f"metadata.version {level}"


def _api_versions(address: str) -> bytes:
    """Return the answer to an ApiVersions request of version 3, undecoded: the finalized features come last in it."""
    host, _, port = address.rpartition(":")
    name = b"spm-bench"
    request = struct.pack(">hhih", 18, 3, 1, len(name)) + name + b"\0" + bytes([len(name) + 1]) + name + b"\x020\0"
    with socket.create_connection((host, int(port)), timeout=5) as connection, connection.makefile("rb") as answer:
        connection.sendall(struct.pack(">i", len(request)) + request)
        size = int.from_bytes(answer.read(4), "big")
        return answer.read(size) if size < 1 << 20 else b""


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _memory() -> float:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (ValueError, OSError):
        return 0.0
