"""The level of what revisions write: what a predecessor that is still at work, or is rolled back to, can read.

Rows and messages grow at their ends only, so a predecessor reads what it knows of them. What it would not know at all (a new
kind of message, a new meaning of an old one) is written only once the level that brought it is in force, by a record in the
log (`spm upgrade finish`, decisions/0043). A worker that is older than the level in force refuses to start.

    1   up to November 2026: before levels were counted
    2   probes (probe.py); customers are forgotten (forgotten.py)
    3   a quiet problem whose alarms still stand comes due for what is stale (stale.py): a predecessor would forget it then
    4   a child's report stands for its parent (family_report.py): a predecessor would take its priority for a note; what ended in
        the inventory is forgotten (ended_things.py): a predecessor cannot read that a record is gone
"""

LEVEL = 4
"""Of this revision: what it can read, and writes once that is in force."""
FIRST = 1
"""In force where no record says another."""
PROBES = 2
FORGETTING = 2
STALE = 3
LENT = 4
ENDED = 4
