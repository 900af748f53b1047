"""The figures of one day as `progress` carries them (key: figures-<day>); no TM Forum file has such a record: ours."""

from streams.domain.figures import FiguresTold, Spread
from streams.domain.instant import SECOND, Span, iso
from streams.edge.records.references import Json


def render(told: FiguresTold) -> Json:
    """Write one day's figures, times in seconds."""
    figures, at = told.figures, iso(told.at)
    ended = dict(figures.ended)
    return {
        "@type": "ServiceProblemFiguresRecord", "id": told.id, "recordTime": at, "eventTime": at, "eventType": "ServiceProblemFiguresEvent",
        "day": told.day, "since": iso(told.since), "until": iso(told.until), "isComplete": figures.is_told,
        "problems": {
            "opened": figures.opened, "ended": ended, "falseAlarms": ended.get("cancelled", 0), "reopened": figures.reopened, "byCause": dict(figures.causes)},
        "times": {"detect": _spread(figures.detect), "locate": _spread(figures.locate), "restore": _spread(figures.restore)},
        "expectedResolution": {"promised": figures.promised, "kept": figures.kept},
    }


def _spread(spread: Spread) -> Json:
    return {
        "count": spread.count, "mean": _seconds(spread.mean), "median": _seconds(spread.within(0.5)), "p90": _seconds(spread.within(0.9)),
        "most": _seconds(spread.most)}


def _seconds(span: Span) -> float:
    return round(span / SECOND, 3)
