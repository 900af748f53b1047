"""Priority 1..10 (1 the highest) from a table of impact x urgency (eTOM 1.4.6.4.6: category, services affected, SLA).

Impact is a class from what services the problem hurts and who stands behind them; urgency is the worst severity of
the alarms that are active. ITIL's matrix has three steps each; ours has six and four, spread over TMF656's 1..10: the
table is policy (`manage.priorities`).
"""

from collections.abc import Sequence

from streams.domain.alarm import Effect, Severity
from streams.domain.messages import Hurt
from streams.domain.network import Network
from streams.domain.policy import ManagePolicy

NO_SERVICE, AT_RISK, DEGRADED, DOWN, CUSTOMERS_DOWN, WIDE = range(6)
"""Classes of impact, the larger the worse; `impact_of` says which is which."""

WORDS = ("no service hurt", "services at risk", "services degraded", "services down", "customers down", "widespread or demanding customers down")
"""What the classes are called in records."""

IMPORTANCE = ("0", "20", "40", "60", "80", "100")
"""TMF656 impactImportanceFactor by class: a string "0".."100"."""

ROWS = ("none", "at-risk", "degraded", "down", "customers-down", "widespread")
"""What the classes are called in the policy's table, `manage.priorities`."""


def impact_of(hurt: Sequence[Hurt], network: Network, policy: ManagePolicy) -> int:
    """Return the class of impact of the services a problem hurts, worst first as `Diagnosed` has them.

    A service with a customer's product on it counts one class more, one with a demanding SLA two; many services down
    count as widespread. Looks at the services of the worst effect only: those hurt less cannot outweigh them by
    number (a demanding customer at risk is degraded's class, no more).
    """
    if not hurt or hurt[0].effect == Effect.NONE:
        return NO_SERVICE
    worst = hurt[0].effect
    if worst == Effect.DOWN and len(hurt) >= policy.many_services and hurt[policy.many_services - 1].effect == Effect.DOWN:
        return WIDE
    base = int(worst)
    return min(WIDE, base + max(_behind(one.service, network, policy) for one in hurt if one.effect == worst))


def _behind(service: str, network: Network, policy: ManagePolicy) -> int:
    """0 where nobody is known to have bought the service, 1 for customers, 2 where one of them has a demanding SLA."""
    products = network.products.get(service, ())
    demanding = any(p.sla in network.slas and network.slas[p.sla].restore_within <= policy.demanding_sla for p in products)
    return 2 if demanding else 1 if products else 0


def priority_of(impact: int, urgency: Severity, policy: ManagePolicy) -> int:
    """Look the priority up; where no alarm is active (CLEARED) the lowest urgency counts."""
    column = {Severity.CRITICAL: 0, Severity.MAJOR: 1, Severity.MINOR: 2}.get(urgency, 3)
    return policy.priorities[ROWS[impact]][column]


def reason_of(impact: int, urgency: Severity) -> str:
    """Say what a priority is read from."""
    return f"{urgency.name.lower()}, {WORDS[impact]}"
