"""Writes the page of all figures: python -m streams.catalogue.page > deploy/monitoring/METRICS.md."""

from collections.abc import Iterator

from streams.catalogue import ENGINE, GATEWAY, PROCESS, PROCESSOR, Metric

SECTIONS: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    ("Alarms, problems, services, commands", PROCESSOR), ("The engine of a worker", ENGINE), ("The gateway", GATEWAY), ("The process", PROCESS))


def lines() -> Iterator[str]:
    """Iterate the page's lines."""
    yield "# Metrics"
    yield ""
    yield "Everything that `/metrics` of a worker, of `spm run` and of a gateway shows, made by `python -m streams.catalogue.page`; a test holds it to what is exposed."
    yield "No label holds the id of an object, a problem, a product or a customer. *Series* is the most that one process ever shows; what finds no room counts under `others`."
    for title, metrics in SECTIONS:
        yield from ("", f"## {title}", "", "| metric | kind | labels | series | what it says | what to do about it |", "|---|---|---|---|---|---|")
        for one in metrics:
            yield f"| `{one.name}` | {one.kind} | {', '.join(one.labels)} | {one.most} | {one.meaning} | {one.remedy} |"


if __name__ == "__main__":
    print("\n".join(lines()))
