"""Figures as a table beside their targets, and as JSON."""

import math
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.simulator.measure import Figures

TARGETS: dict[str, tuple[str, float]] = {
    "ARI": (">=", 0.95),
    "problems per incident": ("<=", 1.1),
    "incidents per problem": ("<=", 1.1),
    "cause top-1": (">=", 0.85),
    "cause top-3": (">=", 0.97),
    "faultless problems per 100k noise": ("<=", 1),
    "reports per incident": ("<=", 1.05),
    "reports per incident, worst": ("<=", 3),
    "reports withdrawn in 15 min": ("<=", 0.02),
    "top-1 as the report opens": ("", 0),
    "top-1 five minutes later": ("", 0),
    "median s to the right cause": ("", 0),
    "impacted products exactly right": (">=", 0.95),
    "down-minutes off": ("<=", 0.05),
    "... of products with a lost clear": ("", 0),
    "calibration error": ("<=", 0.05),
}
"""Figure -> what it should be; without a sign it is told only."""


def meets(figure: str, value: float) -> bool:
    sign, target = TARGETS[figure]
    return not sign or (value >= target if sign == ">=" else value <= target)


def show(figures: dict[str, Figures], console: Console) -> None:
    """Print one column a family, targets last; what misses its target is marked."""
    table = Table(title="Found, by family of networks")
    table.add_column("figure")
    for family in figures:
        table.add_column(family, justify="right")
    table.add_column("target", justify="right")
    tables = {family: held.table() for family, held in figures.items()}
    for name, (sign, target) in TARGETS.items():
        table.add_row(name, *(_cell(name, held[name]) for held in tables.values()), f"{sign} {target:g}" if sign else "")
    for name, of in (("incidents (without any alarm)", lambda f: f"{len(f.cases) + f.silent} ({f.silent})"), ("noise alarms", lambda f: str(f.noise)), ("seconds", lambda f: f"{f.seconds:.0f}")):
        table.add_row(name, *(of(held) for held in figures.values()), "", style="dim")
    console.print(table)
    for family, held in figures.items():
        console.print(f"reliability {family}: " + "  ".join(
            f"{n / 10:.1f}-{(n + 1) / 10:.1f}: " + (f"{b.right:.2f} of {b.cases}" if b else "-") for n, b in enumerate(held.curve())), style=None if family == "all" else "dim")


def _cell(name: str, value: float) -> str:
    text = "never" if math.isinf(value) else f"{value:.0f}" if value >= 20 else f"{value:.3f}"
    return text if meets(name, value) else f"[red]{text} ![/red]"


def as_json(figures: dict[str, Figures]) -> dict[str, Any]:
    return {family: {**{name: None if math.isinf(value) else round(value, 4) for name, value in held.table().items()},
                     "incidents": len(held.cases), "silent": held.silent, "noise": held.noise, "seconds": round(held.seconds, 1),
                     "reliability": [b and {"cases": b.cases, "confidence": round(b.confidence, 3), "right": round(b.right, 3)} for b in held.curve()]}
            for family, held in figures.items()}
