"""Texts that programs read: variables, arguments, commands and files of a set.

Beside them the fields that hold nothing but an address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cip_lint.bodies import Body, items, mapping, mappings, text
from cip_lint.cluster.cluster import Cluster
from cip_lint.cluster.members import Member, WorkloadMember
from cip_lint.kube.containers import Container
from cip_lint.model import Label, Path
from cip_lint.records import NamedTuple

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
"""The probes of a container, which may be commands."""


class Literal(NamedTuple):
    """One text and where it stands.

    ``name`` is what the text is called there: the variable, the flag before an
    argument, the key of a ConfigMap. ``container`` reads it, where one is known.
    """

    member: Member
    path: Path
    text: str
    name: str = ""
    container: Container | None = None

    def label(self, start: int, end: int, text: str = "") -> Label:
        """Return a label on ``self.text[start:end]``.

        All of the text is labelled where the part is written with escapes.
        """
        resource = self.member.resource
        return resource.part_label(*self.path, start=start, end=end, text=text)


class Mention(NamedTuple):
    """A name or an address inside a text: ``literal.text[start:end]`` is it."""

    literal: Literal
    start: int
    end: int
    text: str
    """In its canonical spelling, where it has one."""

    @property
    def member(self) -> Member:
        """The object that mentions it."""
        return self.literal.member

    def label(self, text: str = "") -> Label:
        """Return a label on the very characters."""
        return self.literal.label(self.start, self.end, text)


Wanted = Callable[[str, str], bool]
"""Whether a text may matter, by itself and by what it is called.

Most texts do not, and this costs less than the making of their literals.
"""


def may_read_variables(member: WorkloadMember) -> bool:
    """Whether a look at a workload does not rule out that it reads a variable."""
    return any(_may_read(container.body) for container in member.workload.containers)


def _may_read(body: Body) -> bool:
    """Whether a look at a container does not rule out that it reads a variable."""
    for entry in items(body.get("env")):
        if isinstance(entry, dict) and "$" in text(entry.get("value")):
            return True
    for field in ("command", "args"):
        for word in items(body.get(field)):
            if isinstance(word, str) and "$" in word:
                return True
    for kind in PROBES:
        handler = body.get(kind)
        if handler is not None and "exec" in mapping(handler):
            return True
    return "lifecycle" in body


def hold_variables(texts: Iterable[Literal]) -> bool:
    """Whether the kubelet may put a variable into one of some texts."""
    for literal in texts:  # noqa: SIM110 - a loop takes a third of the time
        if "$(" in literal.text:
            return True
    return False


def literals(cluster: Cluster, wanted: Wanted | None = None) -> Iterator[Literal]:
    """Yield the wanted texts of all workloads and ConfigMaps that may be judged."""
    for member in cluster.judged_workloads:
        yield from of_workload(member, wanted)
    for config in cluster.judged("ConfigMap"):
        yield from of_config_map(config, wanted)


def of_config_map(config: Member, wanted: Wanted | None = None) -> Iterator[Literal]:
    """Yield the wanted texts of one ConfigMap."""
    data = mapping(config.resource.body.get("data"))
    for key, value in data.items():
        if isinstance(value, str) and (wanted is None or wanted(value, key)):
            yield Literal(config, ("data", key), value, key)


def of_workload(
    member: WorkloadMember, wanted: Wanted | None = None
) -> Iterator[Literal]:
    """Yield the wanted texts of one workload: variables, arguments and commands."""
    for container in member.workload.containers:
        env = container.body.get("env")
        if env is not None:
            for index, entry in enumerate(items(env)):
                value = entry.get("value") if isinstance(entry, dict) else None
                if isinstance(value, str):
                    name = text(entry.get("name"))
                    if wanted is None or wanted(value, name):
                        path = (*container.path, "env", index, "value")
                        yield Literal(member, path, value, name, container)
        for field in ("command", "args"):
            words = container.body.get(field)
            if words is not None:
                yield from _words(member, container, field, words, wanted)


def _words(
    member: WorkloadMember,
    container: Container,
    field: str,
    words: object,
    wanted: Wanted | None,
) -> Iterator[Literal]:
    flag = ""
    for index, word in enumerate(items(words)):
        if isinstance(word, str):
            if wanted is None or wanted(word, flag):
                path = (*container.path, field, index)
                yield Literal(member, path, word, flag, container)
            flag = word if word.startswith("-") and "=" not in word else ""


def host_aliases(cluster: Cluster) -> Iterator[Literal]:
    """Yield the addresses that workloads put into the hosts files of their pods."""
    for member in cluster.judged_workloads:
        aliases = member.workload.pod_spec.get("hostAliases")
        if aliases is not None:
            path = (*member.workload.spec_path, "hostAliases")
            yield from _fields(member, path, aliases, "ip")


def endpoints_and_blocks(cluster: Cluster) -> Iterator[Literal]:
    """Yield the addresses of Endpoints and EndpointSlices, and policies' CIDRs.

    Whether they are any or not; a CIDR is one where its prefix leaves no other. An
    endpoint that says which pod or node it is was written from the pod's status.
    """
    for member in cluster.judged("Endpoints"):
        for index, subset in enumerate(items(member.resource.body.get("subsets"))):
            for field in ("addresses", "notReadyAddresses"):
                of_subset = mapping(subset).get(field)
                yield from _fields(member, ("subsets", index, field), of_subset, "ip")
    for member in cluster.judged("EndpointSlice"):
        for index, one in enumerate(items(member.resource.body.get("endpoints"))):
            if not isinstance(one, dict) or _is_of_pod(one):
                continue
            for at, address in enumerate(items(one.get("addresses"))):
                if isinstance(address, str):
                    path = ("endpoints", index, "addresses", at)
                    yield Literal(member, path, address)
    for member in cluster.judged("NetworkPolicy"):
        yield from _blocks(member)


def _fields(
    member: Member, path: Path, entries: object, field: str
) -> Iterator[Literal]:
    for index, entry in enumerate(items(entries)):
        value = entry.get(field) if isinstance(entry, dict) else None
        if isinstance(value, str) and not _is_of_pod(entry):
            yield Literal(member, (*path, index, field), value)


def _is_of_pod(endpoint: Body) -> bool:
    return bool(endpoint.get("targetRef") or endpoint.get("nodeName"))


def _blocks(member: Member) -> Iterator[Literal]:
    spec = mapping(member.resource.body.get("spec"))
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, entry in enumerate(mappings(spec.get(direction))):
            for at, peer in enumerate(items(entry.get(peers))):
                cidr = mapping(mapping(peer).get("ipBlock")).get("cidr")
                if isinstance(cidr, str):
                    path = ("spec", direction, index, peers, at, "ipBlock", "cidr")
                    yield Literal(member, path, cidr)
