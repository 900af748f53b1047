"""python -m tests.naming [--names 20000] [--incidents 48] [--seed 7]: what resolves of names as feeds write them.

Prints the share that resolves with and without the ten rules, what resolved wrongly (status 1 if anything did), and the
problems an incident becomes with 0, 5 and 20 % of its names unresolvable.
"""

import argparse
import sys

from tests.naming.incidents import problems_per_incident
from tests.naming.inventory import FEEDS, resources, rules, spoken
from tests.naming.resolving import a_topology, score


def main() -> int:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--names", type=int, default=20_000)
    options.add_argument("--incidents", type=int, default=48)
    options.add_argument("--seed", type=int, default=7)
    told = options.parse_args()
    said = list(spoken(told.seed, told.names))
    print(f"{len(resources())} declared objects, {len(FEEDS)} feeds, {told.names:,} names, {len({each.name for each in said}):,} of them distinct, {len({each.way for each in said})} ways of writing")
    with_rules = score(a_topology(), said)
    for how, found in (("no rule", score(a_topology(False), said)), (f"{rules()} rules", with_rules)):
        print(f"  {how:<9} {found.share:7.2%} of {found.declared:,} names of declared objects resolved, {found.above} more to what they lie in; {len(found.wrong)} wrongly; "
              f"{found.kept_apart:,} of {found.strangers:,} of undeclared objects kept apart")
        for way, count in found.missed.most_common(6):
            print(f"              {count:6,} missed: {way}")
    for each, got in with_rules.wrong[:20]:
        print(f"  WRONG {each} -> {got}")
    for share in (0.0, 0.05, 0.20):
        print(f"  {share:4.0%} unresolvable: {problems_per_incident(told.seed, told.incidents, share):.2f} problems an incident ({told.incidents} incidents)")
    return 1 if with_rules.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
