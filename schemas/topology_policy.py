"""`policy:` of topology.yaml: every threshold that an operator may override, by stage and name.

A name that is not given keeps the default of `streams/domain/policy.py`, where each default's origin is told.
A test holds the names here and there together.
"""

from schemas.stage_policy import StagePolicy
from schemas.topology_policy_alarms import Correlate, Learn, Normalize
from schemas.topology_policy_problems import Handling, Localize, Manage, Oversee, Watch


class PolicySection(StagePolicy):
    """Thresholds by stage."""

    normalize: Normalize = Normalize()
    correlate: Correlate = Correlate()
    localize: Localize = Localize()
    manage: Manage = Manage()
    watch: Watch = Watch()
    oversee: Oversee = Oversee()
    learn: Learn = Learn()
    handling: Handling = Handling()
