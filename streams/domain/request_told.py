"""A request to others as it goes out: it says of the problem what the problem says."""

import msgspec

from streams.domain.problem_record import ProblemRecord
from streams.domain.report_desk import Request


class RequestTold(msgspec.Struct, frozen=True, gc=False):
    """One request and its problem, as they stand."""

    row: ProblemRecord
    request: Request
