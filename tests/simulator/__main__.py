"""`python -m tests.simulator`: how right the processor is, by family of networks, beside what it should be."""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console

from tests.simulator.breakdown import breakdown, show_breakdown
from tests.simulator.failures import Outcome, failures
from tests.simulator.families import FAMILIES
from tests.simulator.faults import GAP
from tests.simulator.feed import Habits
from tests.simulator.found import read
from tests.simulator.measure import Figures, measure, together
from tests.simulator.reasons import reasons, show_reasons
from tests.simulator.report import as_json, show
from tests.simulator.run import Asked, play, simulate


def main() -> None:
    asked = _arguments()
    console = Console(stderr=asked.json, width=None if Console().is_terminal else 200)
    figures: dict[str, Figures] = {}
    why: dict[str, dict[str, Counter[str]]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        out = asked.out or Path(scratch)
        for family, outcomes in _by_family(asked, out):
            figures[family] = together([outcome.figures for outcome in outcomes])
            failures(outcomes, asked.failures, console)
            why[family] = reasons(outcomes)
    if len(figures) > 1:
        figures["all"] = together(list(figures.values()))
    if asked.json:
        print(json.dumps({family: {**told, "by": breakdown(figures[family]), "why": why.get(family, {})} for family, told in as_json(figures).items()}, indent=1))
    else:
        show(figures, console)
        for family in figures if asked.by else list(figures)[-1:]:
            show_breakdown(family, figures[family], console)
        show_reasons(why, console)


def _by_family(asked: argparse.Namespace, out: Path) -> Iterator[tuple[str, list[Outcome]]]:
    """Yield each family with what became of each of its networks."""
    families = list(FAMILIES) if asked.family == ["all"] else asked.family
    share = -(-asked.incidents // asked.networks)
    habits = Habits(noise=asked.noise)._replace(**dict.fromkeys(asked.without, 0.0))
    runs = [Asked(family, share, asked.seed * 1000 + n, asked.gap * 60, habits) for family in families for n in range(asked.networks)]
    folders = [out / f"{run.family}-{run.seed}" for run in runs]
    if asked.jobs > 1:
        with ProcessPoolExecutor(asked.jobs) as pool:
            outcomes = list(pool.map(_outcome, runs, folders))
    else:
        outcomes = []
    done = iter(outcomes or map(_outcome, runs, folders))
    for family in families:
        yield family, [next(done) for _ in range(asked.networks)]


def _outcome(asked: Asked, out: Path) -> Outcome:
    simulated = simulate(asked)
    seconds = play(simulated, out)
    found = read(out, simulated.lines[-1].arrives)
    return Outcome(simulated, found, measure(simulated, found, seconds))


def _some(*known: str) -> Callable[[str], list[str]]:
    """Return a reader of some of the known words, comma between."""
    def words(text: str) -> list[str]:
        if strange := [word for word in text.split(",") if word not in known]:
            raise argparse.ArgumentTypeError(f"{', '.join(strange)}: none of {', '.join(known)}")
        return text.split(",")
    return words


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: a number from 1 up is wanted")
    return int(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator", description="Made-up networks and faults with known truth, through the embedded replay.",
        epilog="Example: python -m tests.simulator --family ring --incidents 500 --failures 5. The same seed gives the same input.")
    parser.add_argument("--family", type=_some("all", *FAMILIES), default=["all"], help=f"all, or some of {', '.join(FAMILIES)}, comma between")
    parser.add_argument("--incidents", type=_count, default=60, help="of each family (default %(default)s; a calibration curve wants 1000)")
    parser.add_argument("--networks", type=_count, default=3, help="of each family, with other vendors, sizes and gaps in what is watched (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=GAP / 60, metavar="MINUTES", help="between two incidents of one network, on average (default %(default)g; less: more of them at once)")
    parser.add_argument("--noise", type=float, default=Habits().noise, metavar="ALARMS", help="an element and day (default %(default)g)")
    parser.add_argument("--without", type=_some(*Habits._fields), default=[], metavar="HABITS", help=f"to see what they cost, comma between: {', '.join(Habits._fields)}")
    parser.add_argument("--out", type=Path, help="keep input, truth and replay in this folder, one folder a network")
    parser.add_argument("--failures", type=int, default=0, metavar="K", help="tell the K worst incidents of each family, what was expected and what was found")
    parser.add_argument("--by", action="store_true", help="tell by kind of fault for each family, not only for all")
    parser.add_argument("--jobs", type=_count, default=1, help="networks played at once (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="figures as JSON on standard output")
    return parser.parse_args()


if __name__ == "__main__":
    main()
