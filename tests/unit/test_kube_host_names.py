"""Host names are found where position and grammar leave nothing else."""

from __future__ import annotations

import pytest

from cip_lint.kube.host_names import HostName, host_names


def _found(text: str, name: str = "") -> list[HostName]:
    return list(host_names(text, name))


def _written(text: str, name: str = "") -> list[str]:
    return [text[one.start : one.end] for one in _found(text, name)]


@pytest.mark.parametrize(
    "text",
    [
        "http://db",
        "http://db/",
        "https://db:8443/a?b=c#d",
        "http://user:secret@db/",
        "redis://:pw@db:6379/0",
        "amqp://guest:$(PW)@db",
        "jdbc:postgresql://db:5432/shop",
        "jdbc:oracle:thin:@//db:1521/x",
        "http://db:$(PORT)/x",
        "dns:///db:50051",
        "tcp://db",
        "root:pw@tcp(db:3306)/shop",
        "db:80",
        " db:80\n",
        "--db=db:80",
        "--db db:80 --verbose",
        "db:8080/health",
        '{"db": "db:5432", "port": 1}',
        'db = "db:5432"',
        "db: db:5432  # the old one",
        "db: 'db:5432'",
        "dbs:\n- db:5432\n",
        "server db:80 weight=5;",
        "server db:80;",
        "upstream app { server db:80; }",
        "upstream app {server 'db:80' weight=2 backup; server 10.0.0.1:80;}",
        "http { upstream app { ip_hash; server db:80; } }",
        "proxy_pass http://db;",
        "<host>db:80</host>",
        "curl -s db:80/health",
        "until curl -sf db:80; do sleep 1; done",
        "nc -z db 5432",
        "--db-host=db",
        "run --db-host db --verbose",
        "run --db-host=db",
        "pg_isready -U shop -h db",
        "until mysql -h 'db' -e x; do sleep 1; done",
        "until nslookup db; do sleep 1; done",
        "getent hosts db || exit 1",
        "until nc -z -w 2 'db' 5432; do sleep 1; done",
        "url=/?to=db:80&x=y",
        "x=1\nDB_HOST=db\n",
        "x:\n  host: db\n",
        '{"host": "db", "x": 1}',
    ],
)
def test_a_single_word_is_found(text: str) -> None:
    assert _written(text) == ["db"]


@pytest.mark.parametrize(
    "text",
    [
        "db.shop.svc",
        "db.shop.svc:80",
        "db.shop.svc/x",
        "see db.shop.svc, which is new",
        "CN=db.shop.svc",
        "DNS.1 = db.shop.svc",
        "DNS:db.shop.svc,IP:10.0.0.1",
        "outbound|80||db.shop.svc",
        "a,db.shop.svc,b",
        "db.shop.svc:$(PORT)",
        "host db.shop.svc;",
    ],
)
def test_a_name_that_says_what_it_is_is_found(text: str) -> None:
    assert _written(text) == ["db.shop.svc"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("mongodb://a:1,b:2/db", ["a", "b"]),
        ("mongodb://u:p@a,b/db", ["a", "b"]),
        ("kafka-0:9092,kafka-1:9092", ["kafka-0", "kafka-1"]),
        ("--brokers=a:9092,b:9092", ["a", "b"]),
        ("server.1=zk-0.zk:2888:3888", ["zk-0.zk"]),
        ("http://a.b, http://c:80", ["a.b", "c"]),
        ("db.shop.svc.cluster.local.:80", ["db.shop.svc.cluster.local."]),
        ("db.shop.svc.cluster.local", ["db.shop.svc.cluster.local"]),
        ("_http._tcp.web.shop.svc", ["_http._tcp.web.shop.svc"]),
        ("http://Web.Shop:80", ["Web.Shop"]),
        ("TLS_SERVER_NAME=a.b.svc\nURL=c.b.svc\n", ["c.b.svc"]),
        ("http://a.$(NS):80,http://b:80", ["b"]),
        ("web.shop:80", ["web.shop"]),
    ],
)
def test_every_name_is_found(text: str, written: list[str]) -> None:
    assert _written(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        "db",
        "db.shop",
        "redis:7",
        "redis:7-alpine",
        "nginx:1.25",
        "nginx:1.25.3",
        "ghcr.io/x/y:7000",
        "docker.io/library/redis:7000",
        "oci://registry/x:8080",
        "docker://nginx:8080",
        "nginx:8080@sha256:abc",
        "image: redis:6379",
        "- job_name: 'redis:6379'",
        "--image=redis:6379",
        "images:\n- redis:6379\n",
        "me@example:80",
        "config.yaml:12",
        "main.go:120: error",
        "/etc/web:80/x",
        "/var/run/db.shop.svc/x",
        "web.shop.svc.crt",
        "http://$(HOST):80",
        "http://${HOST}:80",
        "http://{{ .host }}:80",
        "http://web.{{ .ns }}:80",
        "http://web-$(N):80",
        "http://web.<namespace>:80",
        "$(HOST):80",
        "${HOST}:80",
        "$HOST:80",
        "%s:80",
        "__HOST__:80",
        "http://__HOST__:80",
        "level:300",
        "level:info",
        "--log-level level:300",
        "{port:8080}",
        "--labels=a:100,b:200",
        "tier:web,port:8080",
        "chown -R nobody:65534 /data",
        "--user=nobody:65534",
        "listening on port:8080 of this",
        '{"$$hashKey": "object:1094"}',
        '{"id":"object:1094","x":[{"refId":"object:1095"}]}',
        "df -h db",
        "help: run -h web",
        "nslookup $(HOST)",
        "nslookup db.$(NS).svc",
        "redis-cli ping\nelse",
        "nslookup\nelse",
        "12:30",
        "2024-01-01T12:30",
        "com.example.Main:80",
        "com.example.svc.Main",
        'up{job="web",instance="web:8080"}',
        "# http://db:80",
        "a: b\n# db: db:80\n",
        "x = 1  # was http://db",
        "// http://db",
        "spiffe://cluster.local/ns/shop",
        "unix:///var/run/x.sock",
        "file:///etc/x",
        "s3://bucket/x",
        "http://10.96.0.9:80",
        "10.96.0.9:80",
        "1.2.3.4",
        "aa:bb:cc:dd:ee:22",
        "PLAINTEXT://:9092",
        "db:0",
        "db:70000",
        "db:123456",
        "DB:80",
        "x.host",
        "SERVER_NAME=web",
        "a:b:80",
        "http://Web:80",
        "http://my-placeholder:80",
        "db_host=false",
        "timeout:300",
        "upstream web {\n  server 10.0.0.1;\n}\nproxy_pass http://web;",
        "hf://google/x",
        "upstream app { # server db:80; }",
        "upstream app { server redis:7; }",
        "{ server db:80 is one }",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert _written(text) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("DB_HOST", True),
        ("dbHost", True),
        ("--db-host", True),
        ("-h", True),
        ("REDIS_ADDR", True),
        ("DB_ENDPOINT_2", True),
        ("API_URL", True),
        ("HOSTNAME", True),
        ("DB", False),
        ("DB_NAME", False),
        ("HOST_PATH", False),
        ("SERVER_NAME", False),
        ("VIRTUAL_HOST", False),
        ("kubernetes.io/hostname", False),
    ],
)
def test_a_bare_name_is_a_host_where_its_key_says_so(name: str, found: bool) -> None:
    assert _written("db", name) == (["db"] if found else [])


def test_what_is_known_of_a_host() -> None:
    (one,) = _found("postgres://u:5@db:5432/x")

    assert (one.host, one.scheme, one.port, one.whole) == (
        "db",
        "postgres",
        5432,
        False,
    )
    assert one.in_url
    assert "postgres://u:5@db:5432/x"[one.port_start : one.port_end] == "5432"


def test_a_port_stands_apart_where_a_script_writes_it_so() -> None:
    text = "nc -z db 5432"
    (one,) = _found(text)

    assert text[one.port_start : one.port_end] == "5432"


def test_a_bare_host_is_the_whole_value() -> None:
    (one,) = _found("db", "DB_HOST")

    assert one.whole
    assert one.bare
    assert one.port is None
    assert one.port_start == one.port_end


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("dns+db.shop.svc:10901", ["db.shop.svc"]),
        ("--store=dnssrvnoa+_grpc._tcp.db.shop.svc", ["_grpc._tcp.db.shop.svc"]),
        ("dnssrv+db.shop:10901", ["db.shop"]),
        ("a+db.shop.svc:10901", []),
        ("git+db.shop:10901", []),
    ],
)
def test_a_name_behind_a_kind_of_lookup_is_found(text: str, hosts: list[str]) -> None:
    assert [found.host for found in host_names(text, "X")] == hosts
