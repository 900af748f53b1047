"""What the gateway counts. Labels: paths as README lists them, statuses, feeds; never what a sender made up."""

from streams.catalogue.metric import Metric

GATEWAY = (
    Metric("spm_gateway_requests_total", "counter", "Requests answered.", "401, 403: a sender's credentials; 429: it sends too much; 503: Kafka does not take it.", ("path", "status"), 500),
    Metric("spm_gateway_records_total", "counter", "Records accepted: durable in their feed before the answer.", "None: what senders have sent.", ("feed",), 200),
    Metric("spm_gateway_in_flight", "gauge", "Requests being worked on.", "At the limit (SPM_HTTP_IN_FLIGHT) senders get 503: start more gateways, or see why Kafka is slow."),
    Metric("spm_gateway_seconds", "histogram", "From a request's headers to its answer.", "Mostly Kafka's acknowledgement: its brokers first.", buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)),
    Metric("spm_gateway_duplicates_total", "counter", "Accepted requests whose id this process had accepted before; stage 1 drops them (duplicate-request).", "Senders try again: too impatient, or answers get lost.", ("feed",), 200),
)
