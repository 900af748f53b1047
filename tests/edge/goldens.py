"""What every sample of tests/edge/samples is read as: one golden file each in tests/edge/goldens, made by

    .venv/bin/python -m tests.edge.goldens

after which the difference is to be read (`git diff`), for the golden then is what counts. A sample is read by the
format of its folder and by `auto`; the golden has one list of parts, and a second one where `auto` reads it otherwise.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from streams.domain.alarm import Severity
from streams.domain.instant import iso
from streams.edge.formats import FORMATS, Reading, Refused, parser_of
from streams.edge.formats.told import Part
from streams.edge.topology_file import load

SAMPLES = Path(__file__).parent / "samples"
GOLDENS = Path(__file__).parent / "goldens"
MAPPINGS = Path(__file__).parents[2] / "deploy" / "mappings"
FORMAT_OF = {"oran": "ves", "tmforum": "tmf642"}
"""Folder -> format where the folder is not named for its format."""
FILLED = {
    "pnfId": "ru-1", "controllerName": "sdnr", "alarm": "lossOfSignal", "severity": "MAJOR", "timestamp": "1700000000000000", "interface": "eth1",
    "eventTime": "2023-11-14T22:13:20Z", "domain": "fault", "action": "SET", "type": "O-RU", "vendor": "acme", "model": "m1", "eventType": "ORU", "eventId": "e-1",
    "oamIp": "10.0.0.1", "oamIpV6": "fd00::1", "macAddress": "02:00:00:00:00:01", "granularity": "PM15min", "collectionStartTime": "1699999200000000",
    "collectionEndTime": "1700000100000000", "intervalStartTime": "2023-11-14T22:00:00Z", "intervalEndTime": "2023-11-14T22:15:00Z", "startTime": "2200", "endTime": "2215",
    "collectionTimestamp": "Tue, 14 Nov 2023 22:13:20 +0000", "eventStartTimestamp": "Tue, 14 Nov 2023 22:13:20 +0000"}
"""What the O-RAN templates' @placeholders@ are filled with."""
_DOMAINS = {"event-list": "fault"}
_TIMES = {"at", "raised_at"}


def samples() -> list[str]:
    """Return every sample that has a golden, as folder/name."""
    found = (p for p in SAMPLES.glob("*/*") if not p.name.startswith("LICENSE") and p.suffix in (".json", ".txt", ".xml"))
    return sorted(f"{p.parent.name}/{p.name}" for p in found)


def value_of(sample: str, **fill: str) -> bytes:
    """Return a sample's bytes; `fill` replaces the templates' @placeholders@."""
    path = SAMPLES / sample
    text = path.read_bytes().decode()
    if path.parent.name == "oran":
        stem = path.stem.partition("-")[0]
        filled = {**FILLED, "domain": _DOMAINS.get(path.stem, stem), **fill}
        for placeholder, value in filled.items():
            text = text.replace(f"@{placeholder}@", value)
    return text.encode()


def format_of(sample: str) -> str:
    folder = sample.partition("/")[0]
    return FORMAT_OF.get(folder, folder)


def parse_of(sample: str) -> Callable[[bytes], Reading]:
    """Return what reads a sample; of folder `mapped` the ready-made mapping that its name begins with."""
    form = format_of(sample)
    if form != "mapped":
        return FORMATS[form]
    mapping = MAPPINGS / f"{Path(sample).name.partition('_')[0]}.yaml"
    return parser_of(load(mapping).feeds[0])


def reading_of(parse: Callable[[bytes], Reading], value: bytes) -> list[dict[str, Any]]:
    """Return what a format makes of a record, readable: kind and fields of each part, defaults left out."""
    try:
        reading = parse(value)
    except Refused as refused:
        reading = [refused]
    return [_readable(part) for part in (reading if isinstance(reading, list) else [reading])]


def golden_of(sample: str) -> dict[str, Any]:
    """Return what the golden of a sample has to say."""
    form, value = format_of(sample), value_of(sample)
    own, auto = reading_of(parse_of(sample), value), reading_of(FORMATS["auto"], value)
    return {form: own} if own == auto else {form: own, "auto": auto}


def path_of(sample: str) -> Path:
    return GOLDENS / f"{sample}.json".replace(".json.json", ".json")


def _readable(part: Part) -> dict[str, Any]:
    if isinstance(part, Refused):
        return {"refused": part.reason, "field": part.field, "remedy": part.remedy}
    told: dict[str, Any] = {"reading": type(part).__name__}
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if value == field.default and not isinstance(value, bool):
            continue
        if field.name in _TIMES:
            value = iso(value) if value else "not told"
        elif isinstance(value, Severity):
            value = value.name.lower()
        elif isinstance(value, tuple):
            value = list(value)
        told[field.name] = value
    return told


def write() -> int:
    """Write every golden anew; return how many changed."""
    changed = 0
    for sample in samples():
        path, text = path_of(sample), json.dumps(golden_of(sample), indent=1, ensure_ascii=False) + "\n"
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            changed += 1
    return changed


if __name__ == "__main__":
    print(f"{len(samples())} samples, {write()} goldens changed; read `git diff tests/edge/goldens`.", file=sys.stderr)
