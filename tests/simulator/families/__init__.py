"""Kinds of networks, one a file; each builds a plant by seed."""

import random
from collections.abc import Callable

from tests.simulator.families import fabric, mesh, pon, ran, ring, tree
from tests.simulator.plant import Plant

FAMILIES: dict[str, Callable[[random.Random], Plant]] = {
    "tree": tree.build, "ring": ring.build, "mesh": mesh.build, "fabric": fabric.build, "pon": pon.build, "ran": ran.build,
}
