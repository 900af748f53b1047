"""The alarm formats we read, by the name that `feeds:` in topology.yaml gives them; one file each.

A format is `parse(value: bytes) -> Reading` (`told.py`), raising `Refused` and nothing else. To add one: a file with
`parse`, a line here, its samples in tests/edge/samples, and if it can be told by its fields a line in `auto.py`.
"""

from collections.abc import Callable

from streams.edge.formats import alertmanager, auto, grafana, threegpp, tmf642, ves, yang
from streams.edge.formats.told import Acted, ListTold, Maintained, NoAlarm, Reading, Refused, Told

FORMATS: dict[str, Callable[[bytes], Reading]] = {
    "auto": auto.parse,
    "tmf642": tmf642.parse,
    "ves": ves.parse,
    "3gpp": threegpp.parse,
    "alertmanager": alertmanager.parse,
    "grafana": grafana.parse,
    "yang": yang.parse,
}

__all__ = ["FORMATS", "Acted", "ListTold", "Maintained", "NoAlarm", "Reading", "Refused", "Told"]
