"""`spm dead-letters`: what could not be read, and how it is read again once that is mended."""

from collections import Counter
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from streams.commands.options import Bootstrap, DataPath, Group, Prefix
from streams.commands.plainly import Mistake, counting, fail, plainly, settings_of, wide
from streams.domain.plural import number

Feed = Annotated[str | None, typer.Option("--feed", help="Only those that came by this topic.", show_default="all")]
Reason = Annotated[str | None, typer.Option("--reason", help="Only those refused for this reason.", show_default="all")]
Since = Annotated[str | None, typer.Option("--since", help="Only those refused at or after this time (ISO 8601; the feed's clock).", show_default="all")]
Until = Annotated[str | None, typer.Option("--until", help="Only those refused before this time.", show_default="all")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")]


def list_(
    feed: Feed = None, reason: Reason = None, since: Since = None, until: Until = None,
    status: Annotated[str | None, typer.Option("--status", help="Only those that stand so: refused, refused-again or redriven.", show_default="all")] = None,
    summary: Annotated[bool, typer.Option("--summary", help="Count them by feed and reason.")] = False,
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Rows shown at most, the newest; 0: all.")] = 50,
    bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """List what could not be read: in Kafka with --bootstrap, else in the folder of `spm run` (whether it runs or not)."""
    from streams.edge.letter_book import summary as summed
    from streams.letters import LetterReader
    from streams.stored import stored

    with plainly(), stored(settings_of(bootstrap=bootstrap, data=data, group=group, prefix=prefix)) as where:
        wanted = _wanted(feed, reason, since, until, status)
        with counting("read", "records") as count:
            letters = LetterReader(where).read(count).chosen(wanted)
        out = wide()
        if summary:
            rows = list(summed(letters))
            if as_json:
                for name, why, n, redriven, again in rows:
                    _line({"feed": name, "reason": why, "letters": n, "redriven": redriven, "refusedAgain": again})
            else:
                _print(out, ("feed", "reason", "letters", "redriven", "refused again"), [(name, why, *(f"{n:,}" for n in counts)) for name, why, *counts in rows], right=2)
        elif as_json:
            for letter in letters:
                _line({name: value for name, value in msgspec.to_builtins(letter).items() if name != "text"})
        else:
            shown = letters[-limit:] if limit else letters
            _print(out, ("id", "refused at", "reason", "field", "bytes", "status"), [
                (each.id, each.at or "", each.reason, each.field, f"{each.length:,}", each.status) for each in shown], right=4)
            more = f", the last {len(shown):,} shown (--limit)" if len(shown) < len(letters) else ""
            out.print(f"{number(len(letters), 'dead letter')}{more}", markup=False)


def show(
    ident: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it: topic/partition/offset, and /part within a record of several.")],
    as_json: AsJson = False,
    bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """Show one dead letter whole: what was missing, why, what can be done about it, and its text (the first 64 KB)."""
    from streams.letters import LetterReader
    from streams.stored import stored

    with plainly(), stored(settings_of(bootstrap=bootstrap, data=data, group=group, prefix=prefix)) as where:
        letter = LetterReader(where, [ident]).read().letters.get(ident)
        if letter is None:
            raise Mistake(f"{ident}: there is no such dead letter; `spm dead-letters list` names them")
        if as_json:
            _line(msgspec.to_builtins(letter))
            return
        out = Console(highlight=False)
        for name, value in (
            ("id", letter.id), ("feed", letter.feed), ("refused at", letter.at or "not known"), ("field", letter.field or "none"), ("reason", letter.reason),
            ("remedy", letter.remedy), ("status", letter.status), ("length", number(letter.length, "byte")), ("SHA-256", letter.sha256), ("text", ""),
        ):
            out.print(f"{name + ':':<12} {value}".rstrip(), markup=False, soft_wrap=True)
        out.print(letter.text, markup=False, soft_wrap=True)


def redrive(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Dead letters by their ids.", show_default="none")] = None,
    feed: Feed = None, reason: Reason = None, since: Since = None, until: Until = None,
    every: Annotated[bool, typer.Option("--all", help="Every letter that was not redriven yet.")] = False,
    patience: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for what became of them.")] = 10.0,
    bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """Read the originals of dead letters again from their feed and take them in, exactly once, with their first position.

    To be used after what made them unreadable was mended and the processor started anew with it. What is still unreadable
    stays a dead letter; doing it twice, or by two people, changes nothing. Status 1 where the original of one cannot be read again.
    """
    from streams.letters import LetterReader, ask, wait
    from streams.stored import stored

    with plainly(), stored(settings_of(bootstrap=bootstrap, data=data, group=group, prefix=prefix)) as where:
        if sum((bool(ids), bool(feed or reason or since or until), every)) != 1:
            raise Mistake("name dead letters by their ids, or choose them with --feed, --reason, --since, --until, or take --all")
        reader = LetterReader(where)
        with counting("read", "records") as count:
            book = reader.read(count)
        if unknown := [ident for ident in ids or () if ident not in book.letters]:
            raise Mistake(f"{unknown[0]}: there is no such dead letter; `spm dead-letters list` names them")
        letters = [each for each in book.chosen(_wanted(feed, reason, since, until, None, ids)) if ids or each.status != "redriven"]
        out = Console(highlight=False)
        if not letters:
            out.print("no letter is left to redrive: none was refused as chosen, or all were redriven before", soft_wrap=True)
            return
        before = Counter(book.told)
        asked, unmendable = ask(where, letters)
        for each in unmendable:
            out.print(f"{each.id}: {each.why}", markup=False, soft_wrap=True)
        done = wait(reader, asked, before, patience)
        waiting = f"; {done.waiting:,} wait for the processor: it takes them when it runs and has come to them" if done.waiting else ""
        out.print(f"{number(done.redriven, 'letter')} redriven, {done.again:,} still unreadable{waiting}", markup=False, soft_wrap=True)
        if failed := [each for each in unmendable if book.letters[each.id].status != "redriven"]:
            fail(f"{number(len(failed), 'letter')} could not be redriven", 1)


def _wanted(feed: str | None, reason: str | None, since: str | None, until: str | None, status: str | None, ids: list[str] | None = None) -> Any:
    from streams.edge.letter_book import Wanted
    from streams.edge.words import time

    times = []
    for name, told in (("--since", since), ("--until", until)):
        at = time(told) if told else 0
        if told and not at:
            raise Mistake(f"{name} {told}: is no time; write it like 2026-01-31T18:00:00Z")
        times.append(at)
    if status not in (None, "refused", "refused-again", "redriven"):
        raise Mistake(f"--status {status}: there is no such status; known are refused, refused-again, redriven")
    return Wanted(frozenset(ids or ()), feed or "", reason or "", times[0], times[1], status or "")


def _line(value: Any) -> None:
    typer.echo(msgspec.json.encode(value))


def _print(out: Console, heads: tuple[str, ...], rows: list[tuple[str, ...]], right: int) -> None:
    """Lay out rows; the columns from `right` on that hold numbers stand to the right."""
    shown = Table(*heads, box=None, pad_edge=False)
    for column, head in list(zip(shown.columns, heads, strict=True))[right:]:
        column.justify = "left" if head == "status" else "right"
    for row in rows:
        shown.add_row(*row)
    out.print(shown)


