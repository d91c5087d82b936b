"""Words by which a host is known from what only looks like one.

Names of keys under which hosts stand or never do, schemes of URLs that lead to no
host, endings of files, and programs that dial what they are given.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cip_lint.kube.surroundings import key_words
from cip_lint.patterns import pattern

_HOST_WORDS = frozenset(
    {
        *("host", "hosts", "hostname", "hostnames", "addr", "addrs"),
        *("address", "addresses", "server", "servers", "endpoint", "endpoints"),
        *("url", "urls", "uri", "uris"),
    }
)
"""The last word of a key whose value is a host."""

_STEMS = ("host", "addr", "server", "endpoint", "url", "uri", "-h")
"""What is in every key that names a host: ``-h``, and parts of these words."""

_OWN = frozenset(
    {"hostname", "servername", "vhost", "listen", "bind", "local", "ingress", "virtual"}
)
"""Words of keys whose value is the program's own name, or that of the outside."""

_NO_HOST_WORDS = frozenset(
    {
        # images
        *("image", "images", "tag", "tags", "repository", "version", "versions"),
        # users and what they own
        *("user", "users", "uid", "gid", "owner", "group", "chown", "runas"),
        # marks of things: {"id":"object:1094"}
        *("id", "ids"),
        # metadata, and what selects by it
        *("label", "labels", "annotation", "annotations", "selector", "selectors"),
        # files
        *("volume", "volumes", "mount", "mounts", "path", "file", "files"),
        # numbers with a name
        *("level", "levels", "ratio", "weight", "weights", "size", "limits", "port"),
        *("hash", "ports", "publish", "timeout", "time", "schedule", "cron", "quota"),
        # expressions and texts for people
        *("expr", "query", "legend", "regex", "pattern", "title", "description"),
        *("summary", "message", "format", "comment"),
    }
)

_JOB_NAME = ["job", "name"]
"""What Prometheus calls that which it scrapes, often as the first target."""

_COUNTED = frozenset({"level", "line", "port", "ports", "size", "timeout", "weight"})
"""Single words that have a number rather than a port."""

_CONSTANTS = frozenset(
    {"true", "false", "yes", "no", "on", "off", "null", "none", "nil"}
)
"""Values that are no name of anything."""

_NO_HOST_SCHEMES = frozenset(
    {
        # images and packages
        *("oci", "docker", "docker-pullable", "docker-daemon", "containerd", "pkg"),
        # files and archives, in the place itself or in the program
        *("file", "unix", "classpath", "jar", "bundle", "embed", "embedded", "npipe"),
        *("memory", "mem", "inmem", "local", "sqlite", "sqlite3", "h2", "data", "fd"),
        # buckets, and other names of one provider
        *("s3", "s3a", "s3n", "gs", "gcs", "wasb", "wasbs", "abfs", "abfss", "azblob"),
        *("oss", "cos", "b2", "swift", "r2", "sqs", "sns", "gcppubsub", "awssqs"),
        *("awssns", "azuresb", "projects", "arn", "gcpkms", "awskms", "azurekeyvault"),
        # identities, secrets and names of other systems
        *("spiffe", "urn", "tag", "secret", "secrets", "env", "ref", "vault", "k8s"),
        *("kms", "hashivault", "cosign", "kubernetes", "mailto", "about", "chrome"),
        *(
            "istio",
            "xds",
            "hf",
            "git-credential",
            "ldapi",
            "stdout",
            "stderr",
            "app",
            "id",
        ),
    }
)
"""What stands behind these is the name of something else."""

_FILE_ENDINGS = frozenset(
    {
        *("c", "cc", "cert", "cfg", "class", "cnf", "conf", "cpp", "crt", "css", "csr"),
        *("csv", "ejs", "erb", "exe", "gif", "go", "gz", "h", "html"),
        *("ico", "ini", "j2", "jar", "java", "jks", "jpg", "js", "json", "jsonnet"),
        *("jsx", "key", "kt", "ldif", "lock", "lua", "md", "mjs", "p12", "pem"),
        *("pfx", "php", "pid", "pl", "png", "properties", "ps1", "py", "rb"),
        *("rego", "rs", "sh", "sock", "svg", "tar", "tgz", "tmpl", "toml", "ts"),
        *("tsx", "txt", "war", "xml", "yaml", "yml", "zip"),
    }
)

CLIENTS = pattern(
    r"""(?<![\w./-])(?:[\w./-]*/)?
    (?:curl|wget|nc|ncat|netcat|telnet|http|https|grpcurl|grpc[-_]health[-_]probe
      |wait-for(?:-it)?(?:\.sh)?|wait4x|dockerize|mongo|mongosh|mysql|psql|redis-cli
      |pg_isready|cqlsh|hey|ab|wrk|nats|kcat|kafkacat)\s[^;|&\n]*$""",
    re.VERBOSE,
)
"""The beginning of a command whose arguments are hosts with their ports."""

NO_CLIENTS = pattern(
    r"(?<![\w.-])(?:chown|chgrp|docker|podman|nerdctl|crictl|ctr|FROM)\s[^;|&\n]*$"
)
"""The beginning of a command whose arguments are users or images."""

DIALS = pattern(
    r"""(?<![\w.-])(?:nc|ncat|netcat|telnet)
    (?:[^\S\n]+-[A-Za-z]+(?:[^\S\n]*\d+)?)*[^\S\n]+(?P<quote>["']?)
    (?P<host>[A-Za-z0-9][\w.-]*)(?P=quote)[^\S\n]+(?P<port>\d{1,5})(?![\w.-])""",
    re.VERBOSE | re.ASCII,
)
"""What scripts dial with host and port apart: ``nc -z db 5432``."""

LOOKED_UP = pattern(
    r"""(?<![\w.-])(?:nslookup|getent[^\S\n]+a?hosts)
    (?:[^\S\n]+-[A-Za-z]+(?:[^\S\n=]*\d+)?)*[^\S\n]+(?P<quote>["']?)
    (?P<host>[A-Za-z0-9][\w.-]*)(?P=quote)(?![\w./:$@{-])""",
    re.VERBOSE | re.ASCII,
)
"""What scripts look up without dialling it: ``nslookup db``."""


@lru_cache(maxsize=4096)
def names_host(key: str) -> bool:
    """Whether a key says that its value is a host to be called: ``DB_HOST``."""
    if "/" in key:
        # The key of a label: kubernetes.io/hostname.
        return False
    words = [word for word in key_words(key) if not word.isdigit()]
    if not words or words[-1] not in _HOST_WORDS:
        return key == "-h"
    return len(words) == 1 or _OWN.isdisjoint(words[:-1])


def lines_with_host_keys(text: str) -> list[tuple[int, int]]:
    """Return the bounds of the lines in which a key may say that its value is a host.

    In order, without those that hold nothing that is in each of such keys.
    """
    lowered = text.lower()
    if len(lowered) != len(text):
        return [(0, len(text))]  # places in one are not those in the other
    found: dict[int, int] = {}
    for stem in _STEMS:
        at = lowered.find(stem)
        while at >= 0:
            end = text.find("\n", at)
            if end < 0:
                end = len(text)
            found[text.rfind("\n", 0, at) + 1] = end
            at = lowered.find(stem, end)
    return sorted(found.items())


@lru_cache(maxsize=4096)
def names_no_host(key: str) -> bool:
    """Whether a key says that no host stands below it: ``image``, ``log-level``."""
    words = key_words(key)
    return words == _JOB_NAME or not _NO_HOST_WORDS.isdisjoint(words)


def is_counted(word: str) -> bool:
    """Whether a number behind a word is a count rather than a port."""
    return word in _COUNTED


def is_no_name(host: str) -> bool:
    """Whether a word that is well formed stands for no host all the same.

    A constant, a placeholder; Service names are in lower case, and nobody writes a
    single word otherwise who means one.
    """
    lowered = host.lower()
    if lowered in _CONSTANTS or "placeholder" in lowered:
        return True
    return "." not in host and host != lowered


def is_name_in_certificate(key: str) -> bool:
    """Whether a key says that a name is what a certificate must have: ``TLS_SERVER_NAME``."""
    words = key_words(key)
    return "sni" in words or (
        "name" in words and not {"server", "tls"}.isdisjoint(words)
    )


def leads_to_no_host(scheme: str) -> bool:
    """Whether the scheme of a URL is one whose authority is no host."""
    return scheme in _NO_HOST_SCHEMES


def is_file_name(name: str) -> bool:
    """Whether a name in lower case ends as the names of files do."""
    return name.rpartition(".")[2] in _FILE_ENDINGS if "." in name else False
