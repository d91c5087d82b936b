"""Collecting what the API server refuses in an object of any kind.

The checks of a kind walk its decoded body in the server's order and add a fault
for each thing it says. ``null`` counts as absent everywhere, as decoding does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cip_lint.bodies import Body, mapping, text
from cip_lint.kube import faults as causes
from cip_lint.kube.addresses import (
    cidr_complaints,
    ip_complaints,
    parse_cidr,
    parse_ip,
)
from cip_lint.kube.faults import Fault
from cip_lint.kube.go_text import as_json, quoted
from cip_lint.kube.grammar import (
    dns1123_label,
    dns1123_subdomain,
    is_label_key,
    is_label_value,
    port_name,
    port_number,
)
from cip_lint.kube.object_metadata import (
    NameCheck,
    annotation_faults,
    name_faults,
    ownership_faults,
)
from cip_lint.kube.selector_checks import PlacedCause, label_causes
from cip_lint.kube.service_warnings import cidr_warnings, ip_warnings
from cip_lint.kube.version import Version
from cip_lint.model import Cause, Path, field_path
from cip_lint.records import NamedTuple

NAME = "M2"
LABEL = "M5"

_ALWAYS_STRICT = Version(1, 36)
_JSON_SINCE = Version(1, 34)
_LONGEST_GENERATED_PREFIX = 58
_RANDOM_LETTERS = 5
_PLAIN_METADATA = frozenset({"name", "namespace", "labels", "annotations"})


class Checks:
    """The faults and warnings of one object, in the server's order."""

    __slots__ = ("faults", "version", "warnings")

    def __init__(self, version: Version) -> None:
        self.version = version
        self.faults: list[Fault] = []
        self.warnings: list[str] = []

    def add(
        self,
        code: str,
        path: Path,
        cause: Cause,
        value: object = None,
        other: Path | None = None,
    ) -> None:
        """Add a fault with the server's cause."""
        self.faults.append(Fault(code, path, cause, value=value, other=other))

    def required(self, code: str, path: Path, detail: str = "") -> None:
        """Add a missing value."""
        self.add(code, path, causes.required(field_path(path), detail))

    def forbidden(self, code: str, path: Path, detail: str) -> None:
        """Add a value that must not be set."""
        self.add(code, path, causes.forbidden(field_path(path), detail))

    def invalid(
        self, code: str, path: Path, value: object, messages: Iterable[str]
    ) -> None:
        """Add one malformed text or number for each message."""
        for message in messages:
            shown = quoted(value) if isinstance(value, str) else as_json(value)
            cause = causes.invalid(field_path(path), shown, message)
            self.add(code, path, cause, value)

    def not_supported(
        self, code: str, path: Path, value: str, supported: Sequence[str]
    ) -> None:
        """Add a value outside a closed set, listed in the server's order."""
        cause = causes.not_supported(field_path(path), quoted(value), supported)
        self.add(code, path, cause, value)

    def duplicate(self, code: str, path: Path, value: str, other: Path) -> None:
        """Add a value that stands at ``other`` already."""
        cause = causes.duplicate(field_path(path), quoted(value))
        self.add(code, path, cause, value, other)

    def too_many(self, code: str, path: Path, count: int, most: int) -> None:
        """Add a list of more than ``most`` items."""
        said = f"Too many: {count}: must have at most {most} items"
        self.add(code, path, Cause("FieldValueTooMany", field_path(path), said))

    def placed(self, code: str, found: Iterable[PlacedCause]) -> None:
        """Add causes that know their places."""
        for path, cause in found:
            self.add(code, path, cause)

    def labels(self, code: str, labels: Body, field: str, path: Path) -> None:
        """Check a map of labels; ``field`` is what the server calls it."""
        for key, value in labels.items():
            if not (is_label_key(key) and is_label_value(value or "")):
                found = label_causes({key: value or ""}, field, path, self.version)
                self.placed(code, found)

    def warn_of_address(self, address: str, path: Path) -> None:
        """Warn of an address that is spelt in an unusual way."""
        self.warnings.extend(ip_warnings(field_path(path), address, self.version))

    def warn_of_cidr(self, cidr: str, path: Path) -> None:
        """Warn of a CIDR that is spelt in an unusual way."""
        self.warnings.extend(cidr_warnings(field_path(path), cidr, self.version))

    def port_number(self, code: str, path: Path, value: int) -> None:
        """Check a port number."""
        self.invalid(code, path, value, port_number(value))

    def port_number_or_name(self, code: str, path: Path, value: object) -> None:
        """Check a number, or the name of a container port; null is number 0."""
        if isinstance(value, str):
            self.invalid(code, path, value, port_name(value))
        else:
            number = value if isinstance(value, int) else 0
            self.invalid(code, path, number, port_number(number))

    def non_negative(self, code: str, path: Path, value: object) -> None:
        """Check a count."""
        if isinstance(value, int) and value < 0:
            self.invalid(code, path, value, ("must be greater than or equal to 0",))


def number(value: object) -> int:
    """Return a number, 0 where there is none."""
    return value if isinstance(value, int) else 0


def string_map_text(labels: object, version: Version) -> str:
    """Return a map of strings as the server prints it: sorted, ``null`` if absent."""
    if version >= _JSON_SINCE:
        if not isinstance(labels, dict):
            return as_json(None)
        return as_json({key: labels[key] or "" for key in sorted(labels)})
    if not isinstance(labels, dict):
        return "map[string]string(nil)"
    entries = (f"{quoted(key)}:{quoted(labels[key] or '')}" for key in sorted(labels))
    return "map[string]string{" + ", ".join(entries) + "}"


def strict_ip_complaints(address: str) -> tuple[str, ...]:
    """Check an address of a field that has always been strict (``IsValidIP``)."""
    messages = ip_complaints(address, _ALWAYS_STRICT)
    read = parse_ip(address)
    if messages or read is None or read.canonical == address:
        return messages
    return (f"must be in canonical form ({quoted(read.canonical)})",)


def strict_cidr_complaints(cidr: str) -> tuple[str, ...]:
    """Check a CIDR of a field that has always been strict (``IsValidCIDR``)."""
    messages = cidr_complaints(cidr, _ALWAYS_STRICT)
    read = parse_cidr(cidr)
    if messages or read is None or read.canonical == cidr:
        return messages
    return (f"must be in canonical form ({quoted(read.canonical)})",)


def subdomain_name(name: str, _: Version) -> tuple[str, ...]:
    """Check the name of an object that must be a DNS subdomain."""
    return dns1123_subdomain(name)


def label_name(name: str, _: Version) -> tuple[str, ...]:
    """Check the name of an object that must be a DNS label."""
    return dns1123_label(name)


def path_segment(value: str) -> tuple[str, ...]:
    """Check a text that stands between the slashes of a URL."""
    if value in {".", ".."}:
        return (f"may not be '{value}'",)
    return tuple(f"may not contain '{bad}'" for bad in "/%" if bad in value)


class Name(NamedTuple):
    """The name of an object: as it is checked, and as messages show it."""

    checked: str
    shown: str


def name_of(body: Body) -> Name:
    """Return the name of an object, with a sample of what would be generated."""
    metadata = mapping(body.get("metadata"))
    name, prefix = text(metadata.get("name")), text(metadata.get("generateName"))
    if name or not prefix:
        return Name(name, name)
    prefix = prefix[:_LONGEST_GENERATED_PREFIX]
    return Name(prefix + "x" * _RANDOM_LETTERS, f"{prefix}<{_RANDOM_LETTERS} random>")


def check_metadata(checks: Checks, body: Body, check_name: NameCheck) -> None:
    """Check the metadata of an object (``ValidateObjectMeta``).

    The namespace is the request's business.
    """
    metadata = mapping(body.get("metadata"))
    version, found = checks.version, checks.faults
    name, prefix = name_of(body), text(metadata.get("generateName"))
    if prefix or not name.checked or check_name(name.checked, version):
        found.extend(name_faults(*name, prefix, check_name, version))
    labels, annotations = metadata.get("labels"), metadata.get("annotations")
    if labels:
        path = ("metadata", "labels")
        checks.labels(LABEL, mapping(labels), "metadata.labels", path)
    if annotations:
        found.extend(annotation_faults(_filled(mapping(annotations)), version))
    if not metadata.keys() <= _PLAIN_METADATA:
        found.extend(ownership_faults(metadata, version))


def _filled(strings: Body) -> Mapping[str, str]:
    if None in strings.values():
        return {key: value or "" for key, value in strings.items()}
    return strings


def check_annotations(
    checks: Checks, annotations: Body, field: str, path: Path
) -> None:
    """Check the annotations of a pod template, which ``field`` names."""
    for fault in annotation_faults(_filled(annotations), checks.version):
        place = (*path, *fault.path[2:])
        checks.add(fault.code, place, fault.cause._replace(field=field), fault.value)
