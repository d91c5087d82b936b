"""Images that are known to listen on ports nobody has to declare.

Each row: the last parts of an image's name, the ports it opens without being told,
and the page that says so.
"""

from __future__ import annotations

from cip_lint.kube.workloads import Workload
from cip_lint.records import NamedTuple


class Image(NamedTuple):
    """An image by its name without registry and tag, and its default ports."""

    name: str
    ports: frozenset[int]
    source: str


_JAEGER = "https://www.jaegertracing.io/docs/1.76/deployment/"
_DOCKER = "https://hub.docker.com/_/"

IMAGES: tuple[Image, ...] = (
    Image(
        "jaegertracing/all-in-one",
        frozenset(
            {
                4317,
                4318,
                5775,
                5778,
                6831,
                6832,
                9411,
                14250,
                14267,
                14268,
                14269,
                16685,
                16686,
            }
        ),
        _JAEGER,
    ),
    Image(
        "jaegertracing/jaeger",
        frozenset({4317, 4318, 5778, 9411, 14250, 14268, 16685, 16686, 8888, 8889}),
        _JAEGER,
    ),
    Image(
        "jaegertracing/jaeger-collector",
        frozenset({4317, 4318, 9411, 14250, 14267, 14268, 14269}),
        _JAEGER,
    ),
    Image("jaegertracing/jaeger-query", frozenset({16685, 16686, 16687}), _JAEGER),
    Image(
        "jaegertracing/jaeger-agent",
        frozenset({5775, 5778, 6831, 6832, 14271}),
        _JAEGER,
    ),
    Image(
        "openzipkin/zipkin",
        frozenset({9410, 9411}),
        "https://github.com/openzipkin/zipkin",
    ),
    Image(
        "otel/opentelemetry-collector",
        frozenset({4317, 4318, 8888, 13133, 55679}),
        "https://opentelemetry.io/docs/collector/",
    ),
    Image(
        "otel/opentelemetry-collector-contrib",
        frozenset({4317, 4318, 8888, 13133, 55679}),
        "https://opentelemetry.io/docs/collector/",
    ),
    Image(
        "rabbitmq",
        frozenset({4369, 5671, 5672, 15671, 15672, 15691, 15692, 25672}),
        _DOCKER + "rabbitmq",
    ),
    Image("nginx", frozenset({80}), _DOCKER + "nginx"),
    Image("httpd", frozenset({80}), _DOCKER + "httpd"),
    Image("redis", frozenset({6379}), _DOCKER + "redis"),
    Image("postgres", frozenset({5432}), _DOCKER + "postgres"),
    Image("mysql", frozenset({3306, 33060}), _DOCKER + "mysql"),
    Image("mariadb", frozenset({3306}), _DOCKER + "mariadb"),
    Image("mongo", frozenset({27017}), _DOCKER + "mongo"),
    Image("memcached", frozenset({11211}), _DOCKER + "memcached"),
    Image("elasticsearch", frozenset({9200, 9300}), _DOCKER + "elasticsearch"),
    Image(
        "elasticsearch/elasticsearch",
        frozenset({9200, 9300}),
        _DOCKER + "elasticsearch",
    ),
    Image("kibana/kibana", frozenset({5601}), _DOCKER + "kibana"),
    Image(
        "cassandra", frozenset({7000, 7001, 7199, 9042, 9160}), _DOCKER + "cassandra"
    ),
    Image("zookeeper", frozenset({2181, 2888, 3888, 8080}), _DOCKER + "zookeeper"),
    Image(
        "consul", frozenset({8300, 8301, 8302, 8500, 8502, 8600}), _DOCKER + "consul"
    ),
    Image(
        "hashicorp/consul",
        frozenset({8300, 8301, 8302, 8500, 8502, 8600}),
        _DOCKER + "consul",
    ),
    Image("hashicorp/vault", frozenset({8200, 8201}), _DOCKER + "vault"),
    Image("vault", frozenset({8200, 8201}), _DOCKER + "vault"),
    Image("nats", frozenset({4222, 6222, 8222}), _DOCKER + "nats"),
    Image("traefik", frozenset({80, 8080}), _DOCKER + "traefik"),
    Image("minio/minio", frozenset({9000}), "https://min.io/docs/minio/container/"),
    Image(
        "prom/prometheus",
        frozenset({9090}),
        "https://prometheus.io/docs/prometheus/latest/installation/",
    ),
    Image(
        "prom/alertmanager",
        frozenset({9093, 9094}),
        "https://prometheus.io/docs/alerting/latest/alertmanager/",
    ),
    Image(
        "prom/node-exporter",
        frozenset({9100}),
        "https://github.com/prometheus/node_exporter",
    ),
    Image(
        "grafana/grafana", frozenset({3000}), "https://grafana.com/docs/grafana/latest/"
    ),
    Image(
        "grafana/loki",
        frozenset({3100, 9095}),
        "https://grafana.com/docs/loki/latest/configure/",
    ),
    Image(
        "chrislusf/seaweedfs",
        frozenset({7333, 8080, 8333, 8888, 9333, 18080, 18888, 19333}),
        "https://github.com/seaweedfs/seaweedfs/wiki",
    ),
    Image(
        "mailhog/mailhog", frozenset({1025, 8025}), "https://github.com/mailhog/MailHog"
    ),
    Image(
        "axllent/mailpit", frozenset({1025, 8025}), "https://mailpit.axllent.org/docs/"
    ),
)


def opens_by_default(workload: Workload, number: int) -> bool:
    """Whether an image of the workload listens on a port without being told."""
    return any(
        number in image.ports
        for container in workload.containers
        for image in IMAGES
        if _is(container.image, image.name)
    )


def _is(written: str, name: str) -> bool:
    path, _, last = written.partition("@")[0].rpartition("/")
    last = last.partition(":")[0]
    whole = f"{path}/{last}" if path else last
    return whole == name or whole.endswith(f"/{name}")
