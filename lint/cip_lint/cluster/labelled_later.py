"""Labels that pods get behind the backs of their templates, as the set itself shows.

A script that calls ``kubectl label`` or ``kubectl patch`` on pods sets what a Service
selects, as sidecars do that elect a leader. Spinnaker gives the pods of a workload
the labels of the Services that an annotation of it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cip_lint.bodies import mapping, text
from cip_lint.cluster.literals import Literal, of_commands, of_config_map
from cip_lint.cluster.members import Member, WorkloadMember
from cip_lint.cluster.worlds import Unknown
from cip_lint.patterns import pattern

_KUBECTL = "kubectl"
_LONGEST = 1 << 16
"""Of longer texts only the beginning is looked through."""
_LABELLING = pattern(
    r"kubectl(?:[^\S\n]+[^\s;|&]+){0,8}?[^\S\n]+label[^\S\n]"
    r"(?P<rest>(?:[^\n;|&\\]|\\\n|\\.)*)"
)
_OF_PODS = pattern(r"(?:^|\s)(?:po|pods?)(?:[\s/]|$)")
_SELECTING = pattern(r"(?:^|\s)(?:-l|--selector|--field-selector)[\s=]?\S+")
_SETTING = pattern(r"(?:^|[\s\"'])([A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?)=")
_PATCHING = pattern(
    r"kubectl(?:[^\S\n]+[^\s;|&]+){0,8}?[^\S\n]+patch[^\S\n]+pods?[\s/]"
)
_PATCHED = pattern(r"\\?\"labels\\?\"\s*:\s*\{([^{}]*)\}")
_KEY = pattern(r"\\?\"([^\"\\\s]+)\\?\"\s*:")
_SPINNAKER = "traffic.spinnaker.io/load-balancers"
_OF_SPINNAKER = pattern(r"\"service ([a-z0-9.-]+)\"")


class LabelledLater:
    """What scripts and Spinnaker label in one scope; found when first asked for."""

    def __init__(
        self, workloads: Iterable[WorkloadMember], configs: Iterable[Member]
    ) -> None:
        self._by_script: dict[str, Unknown] = {}
        self._by_spinnaker: dict[tuple[str, str], Unknown] = {}
        for member in workloads:
            self._note_command(member)
            self._note_annotation(member)
        for config in configs:
            for literal in of_config_map(config, _may_label):
                self._note_script(literal.text, literal)

    def why(self, selector: Mapping[str, str], of: Member) -> Unknown | None:
        """Return why nobody can say what the selector of a Service picks, or None."""
        for key in selector:
            if key in self._by_script:
                return self._by_script[key]
        return self._by_spinnaker.get((of.namespace, of.resource.name))

    def _note_command(self, member: WorkloadMember) -> None:
        """Note what the containers run; the words of a command belong together."""
        for container in member.workload.containers:
            said = [*of_commands(member, container)]
            whole = " ".join(one.text for one in said)
            if _may_label(whole, ""):
                self._note_script(whole, said[0])

    def _note_script(self, script: str, literal: Literal) -> None:
        reason = f"a script of {literal.member.display} labels pods"
        unknown = Unknown(reason, literal.member.resource, literal.path)
        for key in labelled(script):
            self._by_script.setdefault(key, unknown)

    def _note_annotation(self, member: WorkloadMember) -> None:
        resource = member.resource
        said = text(mapping(resource.get("metadata", "annotations")).get(_SPINNAKER))
        path = ("metadata", "annotations", _SPINNAKER)
        for name in _OF_SPINNAKER.findall(said):
            unknown = Unknown(
                f"Spinnaker labels the pods of {member.display} for it", resource, path
            )
            self._by_spinnaker.setdefault((member.namespace, name), unknown)


def _may_label(script: str, _: str) -> bool:
    return _KUBECTL in script and ("label" in script)


def labelled(script: str) -> frozenset[str]:
    """Return the keys of the labels that a script gives to pods by kubectl."""
    script = script[:_LONGEST]
    found: set[str] = set()
    for match in _LABELLING.finditer(script):
        rest = _SELECTING.sub(" ", match["rest"].replace("\\\n", " "))
        if _OF_PODS.search(rest):
            found.update(
                key for key in _SETTING.findall(rest) if not key.startswith("-")
            )
    if _PATCHING.search(script):
        for match in _PATCHED.finditer(script):
            found.update(_KEY.findall(match[1]))
    return frozenset(found)
