"""Images whose programs read a variable that a Service of some name makes.

Each row: the last parts of an image's name, the variable, what becomes of its value,
and the report or page that says so. Programs that have learnt to tell a Service's URL
from their own setting are left out; ``tags`` says which versions had not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from cip_lint.bodies import text, texts
from cip_lint.records import NamedTuple


class ImageSetting(NamedTuple):
    """A variable that the program of an image takes for one of its own settings."""

    image: str
    variable: str
    effect: str
    """What follows ``which IMAGE``."""
    source: str
    tags: str = ""
    """A pattern of the tags that it concerns; empty for all."""


_PORT = "reads as its port"
EXITS = "reads as its port and exits"
"""A setting that the program no longer has: it wants it not to be there, or empty."""
ANY = "takes for a setting of its own that it does not know"
"""A program that wants none but its own variables with this prefix: no value helps."""
_GITHUB = "https://github.com/"

IMAGE_SETTINGS: tuple[ImageSetting, ...] = (
    ImageSetting(
        "confluentinc/cp-kafka",
        "KAFKA_PORT",
        EXITS,
        _GITHUB + "confluentinc/cp-docker-images/issues/388",
    ),
    ImageSetting(
        "confluentinc/cp-kafka-rest",
        "KAFKA_REST_PORT",
        EXITS,
        _GITHUB + "confluentinc/cp-docker-images/issues/286",
    ),
    ImageSetting(
        "confluentinc/cp-schema-registry",
        "SCHEMA_REGISTRY_PORT",
        EXITS,
        _GITHUB + "confluentinc/schema-registry/issues/689",
    ),
    ImageSetting(
        "wurstmeister/kafka",
        "KAFKA_PORT",
        _PORT,
        _GITHUB + "wurstmeister/kafka-docker/issues/122",
    ),
    ImageSetting(
        "bitnami/redis",
        "REDIS_PORT",
        _PORT,
        _GITHUB + "bitnami/bitnami-docker-redis/issues/175",
        r"[2-5]\..*|6\.0(?:\.[0-5])?(?:-.*)?",
    ),
    ImageSetting(
        "donkie/spoolman",
        "SPOOLMAN_PORT",
        _PORT,
        _GITHUB + "Donkie/Spoolman/pull/961",
    ),
    ImageSetting(
        "zitadel/zitadel",
        "ZITADEL_PORT",
        _PORT,
        _GITHUB + "zitadel/zitadel/issues/6230",
    ),
    ImageSetting(
        "sequin/sequin",
        "SEQUIN_METRICS_PORT",
        "reads as the port of its metrics",
        _GITHUB + "sequinstream/sequin/issues/2155",
    ),
    ImageSetting(
        "authelia/authelia",
        "AUTHELIA_PORT",
        ANY,
        "https://www.authelia.com/integration/kubernetes/introduction/",
    ),
    ImageSetting("n8nio/n8n", "N8N_PORT", _PORT, _GITHUB + "n8n-io/n8n/issues/8650"),
    ImageSetting(
        "paperless-ngx/paperless-ngx",
        "PAPERLESS_PORT",
        _PORT,
        _GITHUB + "paperless-ngx/paperless-ngx/issues/264",
    ),
    ImageSetting(
        "vllm/vllm-openai",
        "VLLM_PORT",
        _PORT,
        "https://docs.vllm.ai/en/stable/configuration/env_vars/",
    ),
    ImageSetting(
        "kibana/kibana",
        "SERVER_PORT",
        _PORT,
        _GITHUB + "elastic/cloud-on-k8s/issues/1987",
    ),
    ImageSetting(
        "searxng/searxng",
        "SEARXNG_PORT",
        _PORT,
        _GITHUB + "searxng/searxng/issues/6121",
    ),
    ImageSetting(
        "lmenezes/cerebro",
        "CEREBRO_PORT",
        _PORT,
        _GITHUB + "lmenezes/cerebro/issues/441",
    ),
    ImageSetting(
        "garethgeorge/backrest",
        "BACKREST_PORT",
        "reads as its address",
        _GITHUB + "garethgeorge/backrest/issues/885",
    ),
    ImageSetting(
        "permitio/opal-server",
        "OPAL_SERVER_PORT",
        _PORT,
        _GITHUB + "permitio/opal-helm-chart/issues/30",
    ),
    ImageSetting(
        "langgenius/dify-api",
        "DIFY_PORT",
        _PORT,
        _GITHUB + "langgenius/dify/issues/539",
    ),
    ImageSetting(
        "neosmemo/memos", "MEMOS_PORT", _PORT, _GITHUB + "usememos/memos/issues/1782"
    ),
    ImageSetting(
        "f0rc3/gokapi", "GOKAPI_PORT", _PORT, _GITHUB + "Forceu/Gokapi/issues/84"
    ),
    ImageSetting(
        "zadam/trilium",
        "TRILIUM_PORT",
        _PORT,
        _GITHUB + "zadam/trilium/issues/3177",
    ),
    ImageSetting(
        "buchgr/bazel-remote-cache",
        "BAZEL_REMOTE_PORT",
        _PORT,
        _GITHUB + "buchgr/bazel-remote/issues/257",
    ),
    ImageSetting(
        "mattermost/focalboard",
        "FOCALBOARD_PORT",
        _PORT,
        _GITHUB + "mattermost-community/focalboard/issues/363",
    ),
    ImageSetting(
        "devopsfaith/krakend",
        "KRAKEND_PORT",
        _PORT,
        _GITHUB + "mikescandy/krakend-helm/issues/8",
    ),
    ImageSetting(
        "octoprint/octoprint",
        "OCTOPRINT_PORT",
        _PORT,
        _GITHUB + "k8s-at-home/charts/issues/1118",
    ),
    ImageSetting(
        "redislabs/redisinsight",
        "REDISINSIGHT_PORT",
        _PORT,
        _GITHUB + "RedisLabs/redislabs-docs/issues/676",
    ),
    ImageSetting(
        "seafileltd/seafile-mc",
        "DB_PORT",
        "reads as the port of its database",
        _GITHUB + "haiwen/seafile/issues/2878",
    ),
    ImageSetting(
        "dalibo/temboard",
        "TEMBOARD_PORT",
        _PORT,
        _GITHUB + "dalibo/temboard/issues/664",
    ),
    ImageSetting(
        "dispatcharr/dispatcharr",
        "DISPATCHARR_PORT",
        _PORT,
        _GITHUB + "Dispatcharr/Dispatcharr/pull/760",
    ),
    ImageSetting(
        "actualbudget/actual-server",
        "ACTUAL_PORT",
        _PORT,
        _GITHUB + "actualbudget/actual/issues/4920",
    ),
    ImageSetting(
        "moghtech/komodo-core",
        "KOMODO_PORT",
        _PORT,
        _GITHUB + "moghtech/komodo/issues/717",
    ),
    ImageSetting(
        "rommapp/romm",
        "ROMM_PORT",
        _PORT,
        _GITHUB + "rommapp/docs",
    ),
)


def settings_of(image: str, configured: object) -> Iterator[ImageSetting]:
    """Yield the settings that the program of an image reads.

    ``configured`` is the option ``images``: patterns of names without a tag, each
    with a variable or several.
    """
    name, tag = _parts(image)
    if name.rpartition("/")[2] in _last_parts():
        parts = name.split("/")
        for size in range(1, min(len(parts), 3) + 1):
            for row in _by_name().get("/".join(parts[-size:]), ()):
                if not row.tags or re.fullmatch(row.tags, tag):
                    yield row
    given: Mapping[Any, Any] = configured if isinstance(configured, dict) else {}
    for pattern, variables in given.items():
        if isinstance(pattern, str) and fnmatchcase(name, pattern):
            for variable in texts(variables) or [text(variables)]:
                if variable:
                    yield ImageSetting(name, variable, "reads as a setting", "")


@cache
def _by_name() -> Mapping[str, tuple[ImageSetting, ...]]:
    found: dict[str, tuple[ImageSetting, ...]] = {}
    for row in IMAGE_SETTINGS:
        found[row.image] = (*found.get(row.image, ()), row)
    return found


@cache
def _last_parts() -> frozenset[str]:
    """Return what the names of the table end in; few images are called so."""
    return frozenset(name.rpartition("/")[2] for name in _by_name())


def _parts(image: str) -> tuple[str, str]:
    """Return the name of an image, and its tag; empty where a digest says more."""
    name, at, _ = image.partition("@")
    start = name.rfind("/") + 1
    colon = name.find(":", start)
    if colon < 0:
        return name, "" if at else "latest"
    return name[:colon], name[colon + 1 :]
