"""Whom a problem hurt, from `customer-impacts`: products by service, the customers not named."""

import logging
from collections.abc import Set
from typing import Any

from schemas.explanation import HurtProduct, HurtService
from streams.engine.fatal import NotAllowed
from streams.explain.history import History, json
from streams.explain.told import Json

log = logging.getLogger(__name__)

WORST = ("none", "planned", "at-risk", "degraded", "down")


class Hurts:
    """Products whose impact one of some problems explains, or explained."""

    def __init__(self, ids: Set[str]) -> None:
        self._ids = ids
        self._products: dict[str, dict[str, Any]] = {}
        self._services: dict[str, str] = {}

    def read(self, history: History) -> None:
        """Take in all impacts; a user who may not see them (role tools) is told so, and of the services alone."""
        needles = [ident.encode() for ident in self._ids]
        try:
            for key, value in history.read("customer-impacts"):
                if value is not None and (key in self._products or any(needle in value for needle in needles)):
                    self._fold(json(value))
        except NotAllowed as refused:
            log.warning("Which products it hurts is not told: %s", refused)

    def _fold(self, told: Json) -> None:
        product, ours = told["product"], not self._ids.isdisjoint(told["problems"])
        known = self._products.get(product)
        if not ours:
            # What goes on is another problem's by now.
            if known is not None and known["until"] is None:
                self._products[product] = known | {"impact": "none", "until": told["at"]}
            return
        self._services[product] = told["service"]
        before = known or {"worst": "none", "since": told["since"]}
        worst = max(before["worst"], told["impact"], *((told["previousImpact"],) if known is None else ()), key=WORST.index)
        self._products[product] = {
            "product": product, "impact": told["impact"], "worst": worst, "since": before["since"], "until": told["at"] if told["impact"] == "none" else None,
            "sla": told.get("sla"), "due_at": told.get("dueDate"), "path": told["path"]}

    def services(self, named: list[str]) -> list[HurtService]:
        """Return the services that the problem's record names, and all others with a product that was hit, each with these."""
        found = {service: HurtService(service=service, products=[]) for service in (*named, *sorted(set(self._services.values())))}
        for product, service in sorted(self._services.items()):
            found[service].products.append(HurtProduct(**self._products[product]))
        return list(found.values())
