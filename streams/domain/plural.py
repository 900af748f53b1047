"""Counts with their nouns, as people read them."""


def number(count: int, noun: str, of_many: str = "") -> str:
    """Return `1 problem`, `2 problems`, `1,200 entries`; `of_many` is the plural where it is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else of_many or noun + 's'}"
