"""What the words of alarm formats mean: severities, alarm types, probable causes, booleans and times.

Words are compared after dropping case, spaces, `_` and `-`, so that `EQUIPMENT_ALARM`, `Equipment Alarm` and
`equipmentAlarm` are one word (X.733, MEF W148, TS 28.532 and the vendors spell them differently). Nothing here raises:
a word that nobody knows is told back as such, a time that cannot be read is 0.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from streams.domain.alarm import AlarmType, Severity
from streams.domain.instant import Instant

_DROPPED = str.maketrans("", "", " _-\t")


@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """Return a word as it is compared."""
    return word.translate(_DROPPED).lower()


# --- severity ---

_SEVERITY_WORDS = {
    Severity.CLEARED: ("cleared", "clear", "normal", "ok", "resolved"),
    Severity.INDETERMINATE: ("indeterminate", "unknown", "info", "informational", "information", "notice", "debug", "none"),
    Severity.WARNING: ("warning", "warn"),
    Severity.MINOR: ("minor", "average", "low"),
    Severity.MAJOR: ("major", "error", "err", "high"),
    Severity.CRITICAL: ("critical", "crit", "fatal", "emergency", "disaster", "page"),
}
SEVERITIES = {word: severity for severity, words in _SEVERITY_WORDS.items() for word in words}
"""Folded word -> severity: X.733's six, VES and Broadcom NORMAL (a clear), and what monitoring systems say instead."""


@lru_cache(maxsize=1024)
def severity(word: str) -> Severity | None:
    """Return the severity a word means, None for a word that nobody knows (numbers too: X.721's and RFC 8632's clash)."""
    return SEVERITIES.get(fold(word))


# --- alarm type ---

_OTHER_TYPES = {
    "communications": AlarmType.COMMUNICATIONS, "communication": AlarmType.COMMUNICATIONS,
    "communicationalarm": AlarmType.COMMUNICATIONS, "link": AlarmType.COMMUNICATIONS, "routing": AlarmType.COMMUNICATIONS,
    "signaling": AlarmType.COMMUNICATIONS, "processingerror": AlarmType.PROCESSING_ERROR,
    "environmental": AlarmType.ENVIRONMENTAL, "qualityofservice": AlarmType.QUALITY_OF_SERVICE,
    "qos": AlarmType.QUALITY_OF_SERVICE, "equipment": AlarmType.EQUIPMENT, "security": AlarmType.SECURITY,
    "securityservice": AlarmType.SECURITY, "mechanismviolation": AlarmType.SECURITY, "securityviolation": AlarmType.SECURITY,
}
ALARM_TYPES = {fold(t.value): t.value for t in AlarmType} | {word: t.value for word, t in _OTHER_TYPES.items()}
"""Folded word -> X.733 alarm type; MEF splits security in two, VES `eventCategory` says link, routing, security."""


@lru_cache(maxsize=1024)
def alarm_type(word: str) -> str:
    """Return the X.733 alarm type, "" for a vendor's own word."""
    return ALARM_TYPES.get(fold(word), "")


# --- probable cause ---

PROBABLE_CAUSES = ["adapterError", "applicationSubsystemFailure", "bandwidthReduced", "callEstablishmentError", "communicationsProtocolError", "communicationsSubsystemFailure", "configurationOrCustomizationError", "congestion", "corruptData", "cpuCyclesLimitExceeded", "datasetOrModemError", "degradedSignal", "dteDceInterfaceError", "enclosureDoorOpen", "equipmentMalfunction", "excessiveVibration", "fileError", "fireDetected", "floodDetected", "framingError", "heatingVentilationCoolingSystemProblem", "humidityUnacceptable", "ioDeviceError", "inputDeviceError", "lanError", "leakDetected", "localNodeTransmissionError", "lossOfFrame", "lossOfSignal", "materialSupplyExhausted", "multiplexerProblem", "outOfMemory", "outputDeviceError", "performanceDegraded", "powerProblem", "pressureUnacceptable", "processorProblem", "pumpFailure", "queueSizeExceeded", "receiveFailure", "receiverFailure", "remoteNodeTransmissionError", "resourceNearingCapacity", "responseTimeExcessive", "retransmissionRateExcessive", "softwareError", "softwareProgramTerminated", "softwareProgramError", "storageCapacityProblem", "temperatureUnacceptable", "thresholdCrossed", "timingProblem", "toxicLeakDetected", "transmitFailure", "transmitterFailure", "underlyingResourceUnavailable", "versionMismatch"]
"""The 57 of X.733 in MEF W148's spelling."""

_CAUSES = {fold(cause): cause for cause in PROBABLE_CAUSES}


@lru_cache(maxsize=8192)
def probable_cause(word: str) -> str:
    """Return MEF's spelling of a cause that X.733 knows, else the vendor's word, trimmed."""
    return _CAUSES.get(fold(word)) or word.strip()


# --- booleans ---

_BOOLEANS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}


def boolean(value: object) -> bool | None:
    """Return what a source means by true or "true" (BMC), None where it says nothing readable."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return {0: False, 1: True}.get(value)
    return _BOOLEANS.get(fold(value)) if isinstance(value, str) and len(value) < 16 else None


# --- times ---

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
LATEST: Instant = (datetime(2200, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
"""Later times count as this: every deadline after them can still be written as ISO 8601, which ends with year 9999."""

_UNITS = ((10**11, 1_000_000.0), (10**14, 1_000.0), (10**17, 1.0), (10**20, 0.001))
"""Epoch numbers below 1e11 are seconds (year 5138), below 1e14 milliseconds, below 1e17 microseconds, below 1e20 nanoseconds."""

_fromisoformat = datetime.fromisoformat


def time(value: object) -> Instant:
    """Read ISO 8601, RFC 2822 or an epoch number of any unit; 0 where there is no time or none that can be read.

    Without an offset it is UTC. Before 1970 is "not told": Go and Prometheus write year 1 for an unset time.
    """
    if isinstance(value, str):
        try:
            at = (_fromisoformat(value) - _EPOCH) // _MICROSECOND
        except (ValueError, TypeError):
            at = _odd_time(value)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        return 0
    else:
        at = _epoch(value)
    return at if 0 < at < LATEST else 0 if at <= 0 else LATEST


def _epoch(number: float) -> Instant:
    for below, factor in _UNITS:
        if 0 < number < below:
            return number if factor == 1.0 and isinstance(number, int) else round(number * factor)
    return 0


def _odd_time(text: str) -> Instant:
    """Read what `fromisoformat` alone does not: no offset, stray spaces, a number in quotes, `UTC` after it, RFC 2822."""
    text = text.strip()
    if len(text) > 64 or not text.isascii():
        return 0
    if text.replace(".", "", 1).isdigit():
        if len(text) in (4, 8):  # 2014 and 20141014 are dates at best, never seconds
            return 0
        return _epoch(int(text) if text.isdigit() else float(text))
    for read in (_fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.removesuffix("UTC").rstrip() if read is _fromisoformat else text)
            return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return 0
