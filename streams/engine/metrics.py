"""The engine's own figures for Prometheus; each says what it counts. Labels are topics and partitions, nothing else."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class EngineMetrics:
    """One set a worker, in a registry of its own, so that two workers in one test do not collide."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        made = self.registry
        self.batches = Counter("spm_batches", "Batches handed to agents.", ["topic"], registry=made)
        self.records = Counter("spm_records", "Records folded.", ["topic"], registry=made)
        self.failed = Counter("spm_records_failed", "Records whose step raised; each is a dead letter.", ["topic"], registry=made)
        self.commit_seconds = Histogram("spm_commit_seconds", "Time one unit of work took to land.", buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5), registry=made)
        self.restore_seconds = Gauge("spm_restore_seconds", "Time the last restore of a partition took.", ["topic", "partition"], registry=made)
        self.lag = Gauge("spm_lag_records", "Records not read yet.", ["topic", "partition"], registry=made)
        self.lag_seconds = Gauge("spm_lag_seconds", "Age of what is being read.", ["topic", "partition"], registry=made)
        self.unit_age = Gauge("spm_unit_age_seconds", "Age of the open unit of work.", registry=made)
        self.dirty = Gauge("spm_dirty_keys", "Rows changed in the open unit of work.", registry=made)
        self.rows = Gauge("spm_table_rows_in_memory", "Rows held in memory.", ["topic", "partition", "table"], registry=made)
        self.rebalances = Counter("spm_rebalances", "Assignments taken or given up.", ["kind"], registry=made)
        self.network = Gauge("spm_network_change", "Number of the last change of the network (topology.yaml, inventory) that this worker knows; partitions that are behind it have more to read.", registry=made)
        self.held = Gauge("spm_partitions_waiting_for_topology", "Partitions that wait for a version of topology.yaml, or a change of the inventory, that this worker does not have yet.", registry=made)
        self.ready = Gauge("spm_ready", "1 once every assigned partition is restored.", registry=made)
