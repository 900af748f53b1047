"""The trees of predecessors, and what each says of the same alarms on its own.

    elder   the last revision below the present level, out of the history: older code beside the present one
    twin    the present revision with the level before: it decides alike, so all it has a hand in can be compared
"""

import subprocess
import sys
from pathlib import Path

import msgspec

from streams.domain.instant import Instant
from streams.domain.level import LEVEL
from tests.broker.crew import ROOT
from tests.chaos.network import Line
from tests.chaos.oracle import Outputs, Told

BEFORE = {4: "65c7201"}
"""Level -> the last revision without anything of it, where that came before the level did."""
_ALONE = """
import sys
from pathlib import Path
import msgspec
from streams.edge.topology_file import load
from tests.chaos.network import Line
from tests.chaos.oracle import oracle_of
path, rounds = msgspec.msgpack.decode(sys.stdin.buffer.read())
outputs = oracle_of(load(Path(path)), [([Line(*line) for line in lines], [], until) for lines, until in rounds])
sys.stdout.buffer.write(msgspec.msgpack.encode({topic: [tuple(one) for one in told] for topic, told in outputs.items()}))
"""


class NoPredecessor(Exception):
    """The history is not here."""


def before() -> str:
    """Return the last revision before the present level, out of the history."""
    if LEVEL in BEFORE:
        return BEFORE[LEVEL]
    told = subprocess.run(["git", "log", "--format=%H", "-G", f"^LEVEL = {LEVEL}$", "--", "streams/domain/level.py"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not told:
        raise NoPredecessor("the history that has the predecessor is not here (a shallow clone)")
    return f"{told[-1]}^"


def elder(revision: str, folder: Path) -> Path:
    """Lay a revision's tree out in a folder."""
    archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        raise NoPredecessor(archive.stderr.decode().strip())
    folder.mkdir()
    subprocess.run(["tar", "x", "-C", str(folder)], input=archive.stdout, check=True)
    return folder


def twin(folder: Path) -> Path:
    """Lay the present revision's tree out in a folder, with the level before."""
    tree = elder("HEAD", folder)
    path = tree / "streams/domain/level.py"
    text = path.read_text()
    assert f"\nLEVEL = {LEVEL}\n" in text, text
    path.write_text(text.replace(f"\nLEVEL = {LEVEL}\n", f"\nLEVEL = {LEVEL - 1}\n"))
    return tree


def alone(tree: Path, topology: Path, rounds: list[tuple[list[Line], Instant]]) -> Outputs:
    """Run a tree's own embedded log over rounds of alarms, each up to its mark."""
    given = msgspec.msgpack.encode((str(topology), rounds))
    done = subprocess.run([sys.executable, "-c", _ALONE], cwd=tree, input=given, capture_output=True, check=False)
    if done.returncode:
        raise NoPredecessor(f"it cannot say what it would tell: {done.stderr.decode()[-1000:]}")
    return {topic: [Told(*one) for one in told] for topic, told in msgspec.msgpack.decode(done.stdout).items()}

