"""What a feed partition remembers: its clock, how many of its records were refused, and the dispositions it gave.

The clock W is a fold over the alarms of this partition alone, in event time (design section 4):

    told at most `clock_jump` after W   W = max(W, told); such an alarm takes back one vote below
    further ahead                       the alarm counts at W, suspect, and is a vote. W jumps when a vote of a second
                                        source, or two more of the same, lie within `clock_jump` of it; and when three
                                        votes stand though they disagree (a feed so quiet that every alarm is a jump):
                                        then to the earliest of them.
    before W                            late: normal, keeps its own time
    the first record                    W = told, unless that is absurd: after 2100, or over a year after the broker had
                                        it. Then W stays unknown and the record is a vote as above.

Why a present alarm takes back a vote: one device with a broken clock must not carry off a busy feed, however many
alarms it sends. In wall mode there are no votes: what is ahead of its arrival counts at its arrival.
"""

from datetime import UTC, datetime

import msgspec

from streams.domain.instant import DAY, Instant, Span, instant
from streams.domain.policy import NormalizePolicy
from streams.domain.view import Emit

Votes = tuple[tuple[Instant, str], ...]
"""(time told, source) of alarms far ahead of the clock, oldest first."""

_MOST_VOTES = 8
_YEAR = 365 * DAY
_ABSURD: Instant = instant(datetime(2100, 1, 1, tzinfo=UTC))


class FeedClock(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One feed in one partition (table feed-clock, key: topic)."""

    clock: Instant = 0
    """W: the event time reached; 0 until a record was believed."""
    votes: Votes = ()
    heard: int = 0
    """Records in the current half of the refusal window."""
    refused: int = 0
    """Refused records among them."""
    refused_before: int = -1
    """Refused records of the half before; -1 when there was none."""
    paused: bool = False
    """Too many were refused: the engine stops reading this partition until an operator resumes it."""
    dispositions: dict[str, int] = {}
    """How often each disposition was given here; those of alarms are counted where they are decided, in stage 2."""
    since: Instant = 0
    """First contact: when we began to listen. Alarms raised before stood already (`Alarm.standing`); 0: nobody knows."""
    alarms: int = 0
    """Alarms read."""
    unresolved: int = 0
    """Of these, alarms of objects that nobody declared."""
    signs: dict[str, Instant] = {}
    """When a sign of life was last passed on: of the feed (""), of each expected notification (signs.py)."""
    watch: str = ""
    """What is watched for silence, as last told to stage 2 (`Network.watch`)."""
    suspects: int = 0
    """Alarms whose time nobody could believe: further ahead of the clock, or of their arrival, than policy allows."""
    ahead: Span = 0
    """How far ahead the last of these was."""
    probed: Instant = 0
    """When the last probe was sent here: the time of a partition of which nothing else is known (feed_control.watermark)."""


class Believed(msgspec.Struct, frozen=True, gc=False):
    """When an alarm counts, and the clock after it."""

    at: Instant
    suspect: bool
    clock: Instant
    votes: Votes


class PartTold(msgspec.Struct, frozen=True, gc=False):
    """What one part of a record gave: outputs, its disposition ("": stage 2 gives it one), the clock after it."""

    emits: list[Emit]
    disposition: str
    clock: Instant
    votes: Votes
    unresolved: bool = False
    """It is an alarm of an object that nobody declared."""
    ahead: Span = 0
    """How far ahead its time is, where nobody can believe it."""


def believe_live(clock: Instant, votes: Votes, told: Instant, arrived_at: Instant, policy: NormalizePolicy) -> Believed:
    """Wall mode: nothing happens later than it arrives, but for a clock that runs a little ahead."""
    suspect = 0 < arrived_at and told > arrived_at + policy.clock_ahead
    at = arrived_at if suspect else told
    return Believed(at, suspect, max(clock, at), votes)


def believe(clock: Instant, votes: Votes, told: Instant, source: str, arrived_at: Instant, jump: int) -> Believed:
    """Event mode: fold one time told into the clock (see the rules above)."""
    if clock and told <= clock + jump:
        if votes and told >= clock - jump:
            votes = votes[1:]
        return Believed(told, False, max(clock, told), votes)
    if clock == 0 and not _absurd(told, arrived_at):
        return Believed(told, False, told, ())
    votes = (*votes, (told, source))[-_MOST_VOTES:]
    agree = [(at, who) for at, who in votes if abs(at - told) <= jump]
    if len(agree) >= 3 or any(who != source for _, who in agree):
        clock = max(at for at, _ in agree)
    elif len(votes) >= 3 and clock:
        clock = min(at for at, _ in votes)
    else:
        return Believed(clock or arrived_at or told, True, clock, votes)
    votes = tuple(v for v in votes if v[0] > clock + jump)
    suspect = told > clock + jump
    return Believed(clock if suspect else told, suspect, clock, votes)


def _absurd(told: Instant, arrived_at: Instant) -> bool:
    return told >= _ABSURD or 0 < arrived_at < told - _YEAR


def tally(row: FeedClock, refused: bool, policy: NormalizePolicy, may_pause: bool) -> tuple[int, int, int, bool]:
    """Count one record; return (heard, refused, refused_before, paused).

    The last `refused_window` records are two halves, judged whenever one is full: exact at those moments, and two
    numbers instead of a thousand bits.
    """
    heard, bad, before = row.heard + 1, row.refused + refused, row.refused_before
    if heard < policy.refused_window // 2:
        return heard, bad, before, row.paused
    if row.paused:
        # The engine tries a paused partition again each minute: one readable half is enough to go on.
        return 0, 0, bad, bad > policy.refused_share * heard
    mostly = before >= 0 and before + bad > policy.refused_share * policy.refused_window
    return 0, 0, bad, may_pause and mostly


def counted(dispositions: dict[str, int], *given: str) -> dict[str, int]:
    """Return the counts with some more."""
    more = dict(dispositions)
    for disposition in given:
        more[disposition] = more.get(disposition, 0) + 1
    return more
