"""What the engine of one worker counts of itself. Labels: topics, partitions and tables of ours."""

from streams.catalogue.metric import Metric

_PLACES = 2_000
"""Partitions of all inboxes that one worker may own."""
_TOPICS = 200

ENGINE = (
    Metric("spm_ready", "gauge", "1 once every assigned partition is restored.", "While 0 nothing of this worker is handled: see spm_restoring_seconds."),
    Metric("spm_restoring_seconds", "gauge", "For how long this worker has been without the state of all its partitions; 0: it has it.", "Runbook restore-too-long."),
    Metric("spm_restore_seconds", "gauge", "Time it took to open the state of a partition after it was restored.", "Grows with rows that have due times; seconds are normal for millions.", ("topic", "partition"), _PLACES),
    Metric("spm_rebalances_total", "counter", "Partitions taken or given up.", "A few at each start and stop of a worker; steady growth: workers come and go, see their logs.", ("kind",), 2),
    Metric("spm_partitions_owned", "gauge", "Partitions this worker owns.", "The sum over workers falls only while partitions change hands.", ("topic",), _TOPICS),
    Metric("spm_partitions_waiting_for_topology", "gauge", "Partitions that wait for a version of topology.yaml, or a change of the inventory, that this worker does not have yet.", "Put the file in place for this worker: its log names the version."),
    Metric("spm_network_change", "gauge", "Number of the last change of the network (topology.yaml, inventory) that this worker knows; partitions that are behind it have more to read.", "Differs between workers only for moments."),
    Metric("spm_batches_total", "counter", "Batches handed to agents.", "None: it tells how much is read at once.", ("topic",), _TOPICS),
    Metric("spm_records_total", "counter", "Records folded.", "The rate of a feed is its alarms a second; none for long: feed-silent.", ("topic",), _TOPICS),
    Metric("spm_records_failed_total", "counter", "Records whose step raised; each is a dead letter.", "A bug of ours, or somebody else writes into an inbox: the dead letter's reason names it. Report it.", ("topic",), _TOPICS),
    Metric("spm_outputs_total", "counter", "Records written and committed.", "None: what downstream can expect.", ("topic",), _TOPICS),
    Metric("spm_lag_records", "gauge", "Records not read yet.", "Runbook lag-growing.", ("topic", "partition"), _PLACES),
    Metric("spm_lag_seconds", "gauge", "Age of what is being read.", "Over 60 s commands and reports wait: runbook lag-growing.", ("topic", "partition"), _PLACES),
    Metric("spm_commit_seconds", "histogram", "Time one unit of work took to land.", "Over a second: Kafka's brokers first, their request times; then this machine's disk.", buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5)),
    Metric("spm_commit_age_seconds", "gauge", "For how long the unit that is landing has been at it; 0: none is.", "Runbook commit-failing: after a minute the worker gives up and starts again."),
    Metric("spm_unit_age_seconds", "gauge", "Age of the open unit of work.", "Above a few seconds commits are behind: see spm_commit_age_seconds."),
    Metric("spm_dirty_keys", "gauge", "Rows changed in the open unit of work.", "None: a unit lands at 20,000 at the latest."),
    Metric("spm_table_rows_in_memory", "gauge", "Rows held in memory.", "Bounded per partition; memory grows with it until then.", ("table",), 200),
    Metric("spm_state_bytes", "gauge", "Bytes of this worker's state on disk.", "Follows the open alarms and problems; a steady climb with as many of them: report it."),
    Metric("spm_data_free_bytes", "gauge", "Bytes free where this worker's state lies.", "Runbook disk-filling."),
    Metric("spm_hottest_domain_share", "gauge", "Share of the alarms of the last minute, as this worker read them, that went to the one correlation domain with the most.", "One domain is one partition's work: runbook hottest-domain."),
    Metric("spm_hottest_domain_records", "gauge", "Alarms of the last minute, as this worker read them, that went to the one correlation domain with the most.", "Tells whether the share matters: runbook hottest-domain."),
)

PROCESS = (
    Metric("process_virtual_memory_bytes", "gauge", "Virtual memory.", "None."),
    Metric("process_resident_memory_bytes", "gauge", "Resident memory.", "Against the limit of the container: grows until as many rows are in memory as may be."),
    Metric("process_start_time_seconds", "gauge", "When this process was started, seconds since the epoch.", "Changing often: runbook commit-failing."),
    Metric("process_cpu_seconds_total", "counter", "Processor time used.", "One core is all a worker uses for its steps: near 1 a second start more workers."),
    Metric("process_open_fds", "gauge", "Open files.", "Against process_max_fds."),
    Metric("process_max_fds", "gauge", "Open files allowed.", "None."),
)
