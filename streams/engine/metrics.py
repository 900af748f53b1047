"""The engine's own figures for Prometheus, as streams/catalogue/engine.py declares them."""

from prometheus_client import CollectorRegistry, ProcessCollector

from streams.catalogue.made import Sheet, counter, gauge, histogram

LOOKED_AT = (
    "spm_restore_seconds", "spm_partitions_owned", "spm_lag_records", "spm_lag_seconds", "spm_table_rows_in_memory",
    "spm_hottest_domain_share", "spm_hottest_domain_records")
"""Read off the engine at each look (figures.py): a partition that was given up is told of no more."""


class EngineMetrics:
    """One set a worker, in a registry of its own, so that two workers in one test do not collide."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        made = self.registry
        self.batches = counter("spm_batches_total", made)
        self.records = counter("spm_records_total", made)
        self.failed = counter("spm_records_failed_total", made)
        self.outputs = counter("spm_outputs_total", made)
        self.commit_seconds = histogram("spm_commit_seconds", made)
        self.commit_age = gauge("spm_commit_age_seconds", made)
        self.unit_age = gauge("spm_unit_age_seconds", made)
        self.dirty = gauge("spm_dirty_keys", made)
        self.rebalances = counter("spm_rebalances_total", made)
        self.network = gauge("spm_network_change", made)
        self.held = gauge("spm_partitions_waiting_for_topology", made)
        self.ready = gauge("spm_ready", made)
        self.restoring = gauge("spm_restoring_seconds", made)
        self.state_bytes = gauge("spm_state_bytes", made)
        self.free_bytes = gauge("spm_data_free_bytes", made)
        self.sheet = Sheet(LOOKED_AT, made)
        ProcessCollector(registry=made)
