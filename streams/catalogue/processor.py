"""What is counted of alarms, problems, services and commands. Labels: words of ours, feeds, partitions."""

from streams.catalogue.metric import Metric

_FEEDS = 500
_FEED_PARTS = 5_000

PROCESSOR = (
    # --- what was heard ---
    Metric("spm_dispositions_total", "counter", "Inputs by what became of them; they add up to what was heard (conservation law).", "A rise of `refused:`: runbook dead-letters-above-share.", ("topic", "partition", "disposition"), 20_000),
    Metric("spm_dead_letters_total", "counter", "Dead letters written by this worker, by reason; `status`: refused, refused-again or redriven.", "`spm dead-letters list` says what they are and how to mend it.", ("feed", "reason", "status"), 1_000),
    Metric("spm_probe_sent_seconds", "gauge", "When the newest probe was sent that came out at an end of the chain (behind stage 5 services, behind stage 6 network), seconds since the epoch; of the ways of a feed that of the longest ago.", "Over three minutes ago: something between that feed and the end stands: runbook probe-late.", ("feed", "end"), 1_000),
    Metric("spm_feed_clock_seconds", "gauge", "Event time that a feed partition has reached, seconds since the epoch.", "Far behind the wall clock: the feed is silent, or late.", ("feed", "partition"), _FEED_PARTS),
    Metric("spm_feed_silent", "gauge", "1 while a feed is silent for longer than topology.yaml allows (`silent_after`); an alarm of ours says so too.", "Runbook feed-silent.", ("feed",), _FEEDS),
    Metric("spm_feed_paused", "gauge", "1 while a feed partition is left alone because most of it was unreadable; it is tried again each minute.", "Mend the source or the format in topology.yaml, then `spm feeds resume`.", ("feed", "partition"), _FEED_PARTS),
    Metric("spm_feed_alarms", "gauge", "Alarms read from a feed partition.", "None: the sum of spm_dispositions_total says more.", ("feed", "partition"), _FEED_PARTS),
    Metric("spm_feed_unresolved_alarms", "gauge", "Of these, alarms of objects that topology.yaml does not declare: `spm names` lists them.", "Declare them, or give the feed rewrite rules.", ("feed", "partition"), _FEED_PARTS),
    Metric("spm_feed_unresolved_share", "gauge", "Share of a feed's alarms, in the partitions of this worker, whose object is not declared.", "Above a few percent diagnosis suffers: `spm names`.", ("feed",), _FEEDS),
    Metric("spm_feed_suspect_times_total", "counter", "Alarms whose time nobody could believe: further ahead than policy allows. They count at their arrival.", "Runbook clock-skew.", ("feed", "partition"), _FEED_PARTS),
    Metric("spm_feed_clock_skew_seconds", "gauge", "How far ahead the last such alarm was.", "Runbook clock-skew.", ("feed",), _FEEDS),
    Metric("spm_records_to_move", "gauge", "1 while a partition moves alarm records to their objects' new domains, or waits for a worker with the topology.yaml that feeds are read by.", "For minutes after a change of the network; longer: a worker lacks the file.", ("partition",), 1_000),
    # --- problems ---
    Metric("spm_problems_open", "gauge", "Problems that have not ended, by status (TMF656).", "None: the work there is.", ("status",), 5),
    Metric("spm_problems_open_by_priority", "gauge", "The same, by priority: 1 the highest; 0: none was given.", "None: the work there is.", ("priority",), 11),
    Metric("spm_problems_by_escalation", "gauge", "Open problems for which a clock ran or somebody was told, by level of escalation.", "Above 0 people were told: see the problems.", ("level",), 11),
    Metric("spm_problems_undiagnosed", "gauge", "Problems that have not ended and have no located cause.", "Runbook problems-without-diagnosis.", (), 1),
    Metric("spm_problems", "gauge", "Problems by what became of them since figures are kept: opened, reopened, and how they ended (cancelled: false alarms).", "Many cancelled: alarms that mean nothing are taken for problems.", ("state",), 20),
    Metric("spm_problems_by_cause", "gauge", "Problems restored and closed, by the probable cause of their located cause; the first 32 met, then others.", "What to prevent first.", ("cause",), 40),
    Metric("spm_problem_seconds", "gauge", "How long it took from the earliest alarm of a problem to detect, locate and restore it, of all that were restored and closed.", "detect above a minute: alarms come late; restore: where people and commands spend their time.", ("phase", "value"), 12),
    Metric("spm_problem_promises", "gauge", "Restored problems by whether they were restored by the first time of restoration that was told.", "Many `false`: the times told are too early (ETR).", ("kept",), 2),
    # --- services and customers ---
    Metric("spm_products_impacted", "gauge", "Deployed products by what their customers were last told: down, degraded, at-risk, planned.", "How many are hit now.", ("impact",), 4),
    Metric("spm_sla_clocks", "gauge", "Affected products by how the clock of their SLA stands: running, paused, warned, violated.", "Runbook jeopardy-rising.", ("state",), 4),
    Metric("spm_sla_clocks_ended", "gauge", "Impacts by what became of their time to restore, since figures are kept: kept, violated.", "How well promises are kept.", ("outcome",), 2),
    Metric("spm_sla_next_due_seconds", "gauge", "Event time at which the next clock passes a step (warning, escalation, violation), seconds since the epoch; 0: none runs.", "How much time there is.", ("partition",), 1_000),
    # --- commands and reports ---
    Metric("spm_breaker_latched", "gauge", "1 while the breaker lets no command through; an operator must reset it.", "Runbook breaker-latched."),
    Metric("spm_commands_halted", "gauge", "1 while an operator halts all restoration commands.", "Whoever halted them resumes them (operator action)."),
    Metric("spm_commands_total", "counter", "Restoration commands that this worker told: issued, withdrawn.", "None by themselves; see spm_command_results.", ("kind",), 2),
    Metric("spm_command_results", "gauge", "Results of restoration commands that still count for the breaker, by outcome.", "Many failed: the breaker latches soon.", ("outcome",), 2),
    Metric("spm_reports_unaccepted", "gauge", "Trouble reports that nobody had accepted in time, since figures are kept.", "See whether the ticketing system reads trouble-reports, and whether its updates come back."),
    Metric("spm_report_updates", "gauge", "What the ticketing system said of trouble reports, by how it was answered: done, refused.", "`progress` says why each was refused.", ("answer",), 2),
    Metric("spm_problem_changes_total", "counter", "What this worker told of problems: created, the status they moved to, or that an attribute changed.", "None: how busy it is.", ("change",), 20),
)
