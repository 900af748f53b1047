"""The topics that `streams:` of topology.yaml may speak of, and what is asked of them."""

import msgspec

from streams.domain.instant import Span

LANES = ("alarm-events", "problem-changes", "problem-inbox")
"""Inboxes of stages 2 to 4: partition p of one feeds p of the next, so they have one partition count."""
INBOXES = (*LANES, "service-effects", "network-inbox")
OUTPUTS = (
    "alarm-records",
    "problems",
    "trouble-reports",
    "progress",
    "customer-impacts",
    "probe-arrivals",
    "restoration-commands",
    "test-requests",
    "dead-letters",
)
REQUESTS = (
    "planned-outages",
    "operator-actions",
    "inventory",
    "problem-handling-requests",
    "trouble-report-updates",
    "problem-handling-requests",
    "restoration-results",
    "test-results",
    "topology",
)
STREAMS = (*INBOXES, *OUTPUTS, *REQUESTS, "marks", "trace")
"""Every topic but the feeds."""


class StreamSettings(msgspec.Struct, frozen=True):
    """What topology.yaml says about one topic."""

    partitions: int = 0
    """0: the default of whoever creates it."""
    retention: Span = 0
    """0: the default of whoever creates it."""
