"""W3C trace context (traceparent) of what comes in: read where it is well formed, passed on as it is, else as if there were none.

https://www.w3.org/TR/trace-context/: version-traceid-parentid-flags, lower-case hex; all zeros and version ff are invalid.
"""

import re

HEADER = "traceparent"
_WELL_FORMED = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def well_formed(told: bytes | None) -> str:
    """Return a traceparent, "" for what is none."""
    return told.decode() if told and _WELL_FORMED.fullmatch(told) else ""


def trace_of(headers: tuple[tuple[str, bytes], ...]) -> str:
    """Return the traceparent among a record's headers, "" where there is none."""
    return next((found for name, value in headers if name == HEADER and (found := well_formed(value))), "")
