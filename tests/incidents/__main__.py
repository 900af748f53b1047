"""`python -m tests.incidents [N]`: N incidents (10,000) with lag injected; exits non-zero where a command was one that must never be."""

import sys

from tests.incidents.incident import run


def main() -> int:
    """Play them and print what came of them."""
    counts = run(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
    print(f"{counts.incidents:,} incidents: {counts.commands:,} commands, {counts.begun:,} begun, {counts.withdrawn:,} taken back before, {counts.refused:,} refusals")
    wrong = {
        "on a target already restored": counts.to_restored, "on a surviving redundant member": counts.to_survivor,
        "second ones in a protection group": counts.in_group, "beyond their cap": counts.beyond_cap}
    for what, cases in wrong.items():
        print(f"{len(cases):,} commands {what}{': ' if cases else ''}{'; '.join(cases[:3])}")
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
