"""A recording is cut so that domains stay close in event time, and not finer than that takes."""

from streams.domain.instant import SECOND, Instant
from streams.pace import ALONE, MOST, SPAN, chunks


def cut(*lines: tuple[str, float]) -> list[str]:
    """Cut lines, each a domain and the second it tells; return the domains of each chunk in one word."""
    told = {f"{n}".encode(): (domain, int(at * SECOND)) for n, (domain, at) in enumerate(lines)}

    def told_of(value: bytes) -> tuple[str | None, Instant]:
        return told[value]

    return ["".join(line.domain or "-" for line in chunk) for chunk in chunks(told, told_of)]


def test_domains_that_take_turns_lie_no_further_apart_than_the_span() -> None:
    assert cut(("a", 100), ("b", 101), ("a", 100 + SPAN / SECOND), ("b", 106), ("a", 107)) == ["aba", "ba"]


def test_one_domain_alone_goes_on_for_longer_until_another_speaks() -> None:
    assert cut(("a", 100), ("a", 120), ("a", 100 + ALONE / SECOND), ("a", 101 + ALONE / SECOND), ("b", 170 + ALONE / SECOND)) == ["aaa", "a", "b"]


def test_what_comes_late_cuts_nothing() -> None:
    assert cut(("a", 100), ("b", 3), ("a", 104), ("b", 1), ("a", 110)) == ["abab", "a"]


def test_a_moment_in_which_everything_comes_is_cut_by_number() -> None:
    assert [len(chunk) for chunk in cut(*[("ab"[n % 2], 100) for n in range(MOST + 3)])] == [MOST, 3]


def test_lines_without_time_or_domain_go_along() -> None:
    assert [len(list(chunk)) for chunk in chunks([b"x"] * 3, lambda value: (None, 0))] == [3]
