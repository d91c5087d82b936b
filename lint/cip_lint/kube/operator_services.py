"""Services that operators make for custom resources, by the names they give them.

Which kinds make Services at all, with names that are known or not, is told by
``kube.ecosystem``; the names stand in ``kube.operator_service_names``. What depends
on more than the name of the custom resource is read here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from cip_lint.bodies import Body, mapping, mappings, text, text_values, texts
from cip_lint.kube.operator_service_names import OPERATOR_SERVICE_NAMES
from cip_lint.model import Path, Resource
from cip_lint.records import NamedTuple


class MadeService(NamedTuple):
    """A Service, or several, that an operator makes beside a custom resource."""

    name: str
    """With ``*`` for any text and ``#`` for digits, where it stands for several."""
    always: bool
    """Whether it is made whatever the settings of the operator are."""
    path: Path
    """Where the custom resource says the name, or what begins it."""

    @property
    def start(self) -> str:
        """What all names begin with; the whole name where there is only one."""
        return re.split(r"[*#]", self.name, maxsplit=1)[0]

    def is_called(self, name: str) -> bool:
        """Whether a Service of this name is meant."""
        return self.name == name or (
            self.start != self.name and _pattern(self.name).fullmatch(name) is not None
        )


class OperatorKind(NamedTuple):
    """What is known of the Services of one kind of custom resource."""

    names: tuple[str, ...]
    """None where a reader finds them."""
    labels: tuple[str, ...]
    """The labels of these Services: ``key``, ``key=value`` or ``domain/``."""
    source: str


Reader = Callable[[Body, str], Iterator[MadeService]]
_NAME: Path = ("metadata", "name")


def services_made(resource: Resource) -> tuple[MadeService, ...]:
    """Return the Services that an operator makes for an object, as far as known."""
    key = (resource.group, resource.kind)
    row = _rows().get(key)
    if row is None or not resource.name:
        return ()
    reader = _READERS.get(key)
    if reader is not None:
        return tuple(reader(resource.body, resource.name))
    return tuple(_named(row, resource))


def _named(row: OperatorKind, resource: Resource) -> Iterator[MadeService]:
    for name in row.names:
        always = not name.endswith("?") and "*" not in name and "#" not in name
        start, field, end = _parts(name.removesuffix("?"))
        path = _NAME if field == "name" else tuple(field.split("."))
        said = text(resource.get(*path)) if field else ""
        if said or not field:
            yield MadeService(f"{start}{said}{end}", always, path if field else _NAME)


def _parts(name: str) -> tuple[str, str, str]:
    """Return what stands before a field of the custom resource, the field, the rest."""
    start, _, rest = name.partition("{")
    field, _, end = rest.partition("}")
    return start, field, end


def known_kinds() -> Mapping[tuple[str, str], OperatorKind]:
    """Return what is known, by group and kind."""
    return _rows()


def is_marked(service: Body, group: str, kind: str) -> bool:
    """Whether a Service carries what the operator of a kind puts on its own.

    An owner, or a label of the operator: it was written by the operator, and read
    from a cluster.
    """
    metadata = mapping(service.get("metadata"))
    if metadata.get("ownerReferences"):
        return True
    row = _rows().get((group, kind))
    labels = text_values(metadata.get("labels"))
    return row is not None and any(_has(labels, label) for label in row.labels)


def _has(labels: Mapping[str, str], label: str) -> bool:
    key, _, value = label.partition("=")
    if key.endswith("/"):
        return any(name.startswith(key) for name in labels)
    return key in labels and (not value or labels[key] == value)


def _of_cnpg_cluster(body: Body, name: str) -> Iterator[MadeService]:
    """CloudNativePG: three Services, unless they are disabled, and those asked for."""
    managed = mapping(mapping(mapping(body.get("spec")).get("managed")).get("services"))
    disabled = texts(managed.get("disabledDefaultServices"))
    for suffix in ("rw", "ro", "r"):
        if suffix not in disabled:
            yield MadeService(f"{name}-{suffix}", True, _NAME)
    yield MadeService(f"{name}-any", False, _NAME)
    base: Path = ("spec", "managed", "services", "additional")
    for number, added in enumerate(mappings(managed.get("additional"))):
        metadata = mapping(mapping(added.get("serviceTemplate")).get("metadata"))
        if text(metadata.get("name")):
            path = (*base, number, "serviceTemplate", "metadata", "name")
            yield MadeService(text(metadata["name"]), True, path)


def _of_flagger_canary(body: Body, _: str) -> Iterator[MadeService]:
    """Flagger: named by the Canary's Service, else by its target.

    Without ``spec.service`` none is made; a target that is a Service is itself the
    first of the three.
    """
    spec = mapping(body.get("spec"))
    service, target = mapping(spec.get("service")), mapping(spec.get("targetRef"))
    own = text(service.get("name"))
    apex = own or text(target.get("name"))
    if not service or not apex:
        return
    where: Path = ("spec", "service", "name") if own else ("spec", "targetRef", "name")
    if target.get("kind") != "Service":
        yield MadeService(apex, True, where)
    yield MadeService(f"{apex}-primary", True, where)
    yield MadeService(f"{apex}-canary", True, where)


def _governing(name: str) -> Reader:
    """Return what reads the governing Service, made unless another one is named."""

    def made(body: Body, _: str) -> Iterator[MadeService]:
        if not mapping(body.get("spec")).get("serviceName"):
            yield MadeService(name, True, _NAME)

    return made


_READERS: Mapping[tuple[str, str], Reader] = {
    ("postgresql.cnpg.io", "Cluster"): _of_cnpg_cluster,
    ("flagger.app", "Canary"): _of_flagger_canary,
    ("monitoring.coreos.com", "Prometheus"): _governing("prometheus-operated"),
    ("monitoring.coreos.com", "PrometheusAgent"): _governing(
        "prometheus-agent-operated"
    ),
    ("monitoring.coreos.com", "Alertmanager"): _governing("alertmanager-operated"),
    ("monitoring.coreos.com", "ThanosRuler"): _governing("thanos-ruler-operated"),
}


@lru_cache(maxsize=1)
def _rows() -> Mapping[tuple[str, str], OperatorKind]:
    return dict(_read(OPERATOR_SERVICE_NAMES))


def _read(table: str) -> Iterator[tuple[tuple[str, str], OperatorKind]]:
    source = ""
    lines = table.replace("\n    ", " | ").splitlines()
    for line in lines:
        if not line.startswith("  "):
            source = line
            continue
        kinds, _, rest = line.partition(" | ")
        words = rest.replace(" | ", " ").split()
        row = OperatorKind(
            tuple(word for word in words if not word.startswith("@")),
            tuple(word[1:] for word in words if word.startswith("@")),
            source,
        )
        group, *names = kinds.split()
        for kind in names:
            yield (group, kind), row


@lru_cache(maxsize=1024)
def _pattern(name: str) -> re.Pattern[str]:
    """Return what the names of a family match."""
    text = re.escape(name).replace(r"\*", "[a-z0-9-]+").replace(r"\#", "[0-9]+")
    return re.compile(text)
