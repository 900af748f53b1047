"""`spm gateway`: alarms over HTTP into Kafka."""

import uvloop

from streams.commands.options import Bind, Bootstrap, Group, HttpPort, Instance, MetricsPort, TopologyPath
from streams.commands.plainly import Mistake, load_topology, plainly, settings_of


def gateway(
    topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, instance: Instance = None,
    bind: Bind = None, http_port: HttpPort = None, metrics_port: MetricsPort = None,
) -> None:
    """Take alarms over HTTP into the feed topics of Kafka: VES, TMF642, Alertmanager, Grafana, any format.

    Each answer 2xx means that the alarms are durable. A request sent again counts once (Idempotency-Key, X-Request-Id).
    Needs a token or password unless bound to the loopback interface: SPM_HTTP_TOKEN_FILE, SPM_HTTP_USERS_FILE.
    """
    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, group=group, instance=instance, bind=bind, http_port=http_port, metrics_port=metrics_port)
        settings.kafka_config()
        if not settings.http_port:
            raise Mistake("a gateway without an HTTP port takes nothing: give --http-port")
        network = load_topology(settings.topology)
        from streams.gateway import run_gateway

        uvloop.run(run_gateway(settings, network))
