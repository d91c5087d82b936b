"""The ports that URLs need not say, by their schemes.

IANA's register of service names has most of them; those of databases are what their
own client libraries take (``libpq``, ``mongo-driver``, ``redis-py``, ``nats.go``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SCHEME_PORTS: Mapping[str, int] = MappingProxyType(
    {
        "amqp": 5672,
        "amqps": 5671,
        "bolt": 7687,
        "ftp": 21,
        "http": 80,
        "https": 443,
        "ldap": 389,
        "ldaps": 636,
        "mongodb": 27017,
        "mqtt": 1883,
        "mqtts": 8883,
        "mysql": 3306,
        "nats": 4222,
        "postgres": 5432,
        "postgresql": 5432,
        "redis": 6379,
        "rediss": 6379,
        "smtp": 25,
        "smtps": 465,
        "sqlserver": 1433,
        "ws": 80,
        "wss": 443,
    }
)
"""The port of a URL that names none, by its scheme in lower case."""
