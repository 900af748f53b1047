"""Vendors and their habits: words, severities, polling, storms, clocks."""

from typing import NamedTuple


class Vendor(NamedTuple):
    """How one vendor's managers tell alarms."""

    words: int
    """Which of the spellings of a cause (voices.py) it uses."""
    severities: str = "graded"
    """graded: as meant; flat: everything major; vague: half of them indeterminate, by cause."""
    poll: int = 0
    """Seconds between two rounds in which what cannot speak for itself is noticed; 0: at once."""
    repeat: int = 0
    """Seconds between repeats of an alarm that stands (sent as updates); 0: never."""
    whole_seconds: bool = False
    """Its clock tells no fractions."""
    storm: float = 0.0
    """How often a box that breaks has all its interfaces complain one by one."""


VENDORS = {
    "norda": Vendor(words=0),
    "ostek": Vendor(words=1, severities="vague", poll=300),
    "sulin": Vendor(words=0, severities="flat", repeat=60, whole_seconds=True, storm=0.5),
    "vestra": Vendor(words=2, poll=300, whole_seconds=True),
    "probes": Vendor(words=0, poll=300),
    "westel": Vendor(words=1, repeat=240, storm=0.2),
}
EQUIPMENT_VENDORS = sorted(VENDORS.keys() - {"probes"})
