"""A day in rounds: in each, half of the lands alarm, and people speak of the other half, of what was told by the end of the round before."""

import random
from typing import NamedTuple

from streams.domain.instant import HOUR, Instant, instant
from tests.chaos.network import START, County, Line, Storyteller

HOURS = 4
"""Of one round."""


class Round(NamedTuple):
    """What is fed in one round, up to its end."""

    lines: list[Line]
    quiet: set[str]
    """Counties that do not alarm."""
    seconds: float
    """When it begins."""

    @property
    def begins(self) -> Instant:
        return instant(START) + round(self.seconds * 1_000_000)

    @property
    def until(self) -> Instant:
        """The mark at its end."""
        return self.begins + HOURS * HOUR


def sides(network: list[County]) -> tuple[list[County], list[County]]:
    """Return the halves of a network: what stands on one land is on one side, with the land."""
    lands = [each for each in network if each.counties] or [County(each.name, {}, {}, (each,)) for each in network]
    found: tuple[list[County], list[County]] = ([], [])
    for n, land in enumerate(lands):
        found[n % 2].extend([*land.counties, *([land] if land.kinds else [])])
    return found


def rounds(network: list[County], count: int, alarms: int, seed: int) -> list[Round]:
    """Return the rounds of a day with about so many alarms in each; one fault in three lasts until its side has the word again."""
    dice, length = random.Random(seed), HOURS * 3600.0
    both = sides(network)
    tellers = [Storyteller(dice) for _ in range(count + 2)]
    for number in range(count):
        told = tellers[number]
        while told.told < alarms:
            each, at = dice.choice(both[number % 2]), number * length + dice.random() * length / 2
            root = dice.choice(list(each.kinds))
            if dice.random() < 0.33:
                told.fault(each, root, at, 0.9 * length / 2, 0, clears=tellers[number + 2], cleared=(number + 2) * length + dice.random() * length / 4)
            else:
                told.fault(each, root, at, 200 + 2400 * dice.random(), dice.choice((2, 6, 20)), is_backwards=dice.random() < 0.2)
    return [Round(teller.lines(f"r{number}-"), {each.name for each in both[(number + 1) % 2]}, number * length) for number, teller in enumerate(tellers)]
