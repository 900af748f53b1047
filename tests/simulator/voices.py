"""What an element says about its condition, and in whose words.

The causes are those of X.733 and 3GPP TS 32.111-2 or what vendors make of them; `specificProblem` is always the vendor's own.
"""

from typing import NamedTuple


class Cause(NamedTuple):
    """One kind of alarm."""

    alarm_type: str
    severity: str
    words: tuple[tuple[str, str], ...]
    """(probableCause, specificProblem) in each of the spellings vendors use (Vendor.words)."""
    effect: str = "down"
    """What it means for its object."""


class Saying(NamedTuple):
    """How an element in some condition is heard."""

    cause: str
    after: tuple[float, float]
    """Seconds from the change until somebody notices, at least and at most."""
    heard: float = 0.95
    """How often it is told at all."""
    by: str = "manager"
    """self: it tells itself; host: the box it sits in does; manager: somebody who watches it does, in his rounds if he makes rounds."""


COMMUNICATIONS, EQUIPMENT, ENVIRONMENT, QUALITY, PROCESSING = (
    "communicationsAlarm", "equipmentAlarm", "environmentalAlarm", "qualityOfServiceAlarm", "processingErrorAlarm")

CAUSES = {
    "nodeDown": Cause(COMMUNICATIONS, "critical", (("communicationsSubsystemFailure", "NODE_UNREACHABLE"), ("responseTimeExcessive", "NE not responding"), ("nodeDown", "icmpDown"))),
    "softwareError": Cause(PROCESSING, "critical", (("softwareError", "PROC_RESTART"), ("softwareProgramAbnormallyTerminated", "Process died"), ("systemCrash", "coreDump"))),
    "cardFailed": Cause(EQUIPMENT, "critical", (("replaceableUnitProblem", "CARD_FAIL"), ("equipmentMalfunction", "Line card fault"), ("cardFailure", "fruDown"))),
    "lossOfSignal": Cause(COMMUNICATIONS, "major", (("lossOfSignal", "LOS"), ("lossOfFrame", "Rx loss"), ("linkDown", "ifOperStatus down"))),
    "linkDown": Cause(COMMUNICATIONS, "critical", (("transmissionError", "SPAN_LOSS"), ("callEstablishmentError", "Section fault"), ("linkDown", "opticalSectionDown"))),
    "powerFailure": Cause(EQUIPMENT, "critical", (("powerProblem", "MAINS_FAIL"), ("powerSupplyFailure", "Rectifier input lost"), ("powerProblem", "acFail"))),
    "onBattery": Cause(ENVIRONMENT, "major", (("powerProblem", "ON_BATTERY"), ("batteryDischarging", "Battery in use"), ("batteryFailing", "upsOnBattery")), "none"),
    "terminalOffline": Cause(COMMUNICATIONS, "major", (("remoteNodeTransmissionError", "CPE_LOST"), ("lossOfSignal", "Subscriber offline"), ("terminalOffline", "onuInactive"))),
    "dyingGasp": Cause(EQUIPMENT, "major", (("powerProblem", "DYING_GASP"), ("lossOfPower", "Dying gasp"), ("dyingGasp", "onuPowerOff"))),
    "cellUnavailable": Cause(QUALITY, "critical", (("underlyingResourceUnavailable", "CELL_DOWN"), ("unavailable", "Cell out of service"), ("cellUnavailable", "cellDisabled"))),
    "tunnelDown": Cause(COMMUNICATIONS, "major", (("callEstablishmentError", "LSP_DOWN"), ("connectionEstablishmentError", "Path not available"), ("tunnelDown", "mplsTunnelDown"))),
    "applicationFailed": Cause(PROCESSING, "major", (("applicationSubsystemFailure", "APP_DOWN"), ("underlyingResourceUnavailable", "Host gone"), ("applicationDown", "healthCheckFailed"))),
    "serviceUnavailable": Cause(QUALITY, "critical", (("serviceUnavailable", "PROBE_FAIL"),) * 3),
    "redundancyLost": Cause(EQUIPMENT, "minor", (("redundancyLost", "PROT_LOSS"), ("redundancyLost", "Unprotected"), ("redundancyLost", "apsModeMismatch")), "at-risk"),
}

NODE = Saying("nodeDown", (5, 60))
OFFLINE = Saying("terminalOffline", (5, 90), 0.85)
SPEECH: dict[str, dict[str, Saying]] = {
    "box": {"failed": NODE, "dead": NODE, "cut": NODE._replace(after=(10, 90), heard=0.85), "weak": Saying("redundancyLost", (0.1, 2), 0.6, "self"),
            "battery": Saying("onBattery", (0.5, 5), 0.9, "self")},
    "card": {"failed": Saying("cardFailed", (0.2, 2), by="host")},
    "port": {"failed": Saying("lossOfSignal", (0.05, 0.8), by="host"), "dead": Saying("lossOfSignal", (0.05, 0.8), by="host")},
    "link": {"failed": Saying("linkDown", (0.1, 3)), "dead": Saying("linkDown", (0.1, 3), 0.8)},
    "feed": {"failed": Saying("powerFailure", (0.1, 2), by="self"), "dead": Saying("powerFailure", (0.1, 2), by="self")},
    "probe": {"down": Saying("serviceUnavailable", (0, 0))},
    "duct": {}, "passive": {}, "path": {},
    # Without power it has just the time to say so; without light or network others miss it.
    "terminal": {"failed": OFFLINE, "dead": Saying("dyingGasp", (0.1, 3), 0.7, "self"), "cut": OFFLINE},
    "cell": {state: Saying("cellUnavailable", (0.5, 10)) for state in ("failed", "dead", "cut")},
    "tunnel": {"cut": Saying("tunnelDown", (0.1, 1.5), by="manager"), "weak": Saying("redundancyLost", (0.1, 2), 0.5)},
    "application": {"failed": Saying("applicationFailed", (0.2, 4), by="self"), "dead": Saying("applicationFailed", (1, 30), 0.8), "cut": Saying("applicationFailed", (1, 30), 0.8)},
}


def effects() -> list[dict[str, str]]:
    """Return topology.yaml's `effects`: an operator whose vendors grade by habit tells what their alarms mean. Of noise he tells nothing."""
    return [{"cause": cause, "alarm_type": alarm_type, "effect": effect} for cause, alarm_type, effect in sorted(
        {(word, cause.alarm_type, cause.effect) for cause in CAUSES.values() for word, _ in cause.words})]


FAILED_AS = {"software": Saying("softwareError", (0.1, 3), by="self")}
"""Kind of fault -> what the element that has it says, where that is not what its role says."""


def saying(role: str, state: str, kind: str = "") -> Saying | None:
    """Return what an element of that role says in that state, with that kind of fault where it is its own; None: nothing."""
    own = FAILED_AS.get(kind) if state == "failed" else None
    return own or SPEECH[role].get(state)


class Murmur(NamedTuple):
    """Noise: an alarm that means nothing for any service."""

    alarm_type: str
    cause: str
    specific: str
    severity: str
    lasts: float
    """Seconds on average."""


NOISE = (
    Murmur(QUALITY, "thresholdCrossed", "CPU > 80 %", "warning", 300),
    Murmur(QUALITY, "thresholdCrossed", "utilisation high", "minor", 900),
    Murmur(ENVIRONMENT, "temperatureUnacceptable", "TEMP_WARN", "minor", 3600),
    Murmur(ENVIRONMENT, "enclosureDoorOpen", "DOOR", "warning", 1200),
    Murmur("securityServiceOrMechanismViolation", "authenticationFailure", "login failed", "warning", 60),
    Murmur(QUALITY, "performanceDegraded", "15 min BBE", "warning", 900),
)
BLIP = Murmur(COMMUNICATIONS, "degradedSignal", "BER", "minor", 20)
"""A port's errors that are gone before anybody could look."""
