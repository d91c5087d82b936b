"""The grammars of names, labels and ports, with the server's own complaints.

Each check returns the messages of the API server in its order, and nothing for
a good value. They follow ``apimachinery/pkg/util/validation/validation.go`` and,
for labels from 1.35, ``apimachinery/pkg/api/validate/content/kube.go``. Lengths
are bytes of UTF-8, also where the message of a version says characters.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cip_lint.kube.version import NEWEST, Version
from cip_lint.patterns import pattern

PROTOCOLS = ("SCTP", "TCP", "UDP")
"""The protocols of a port, in the order in which most messages list them."""

_LABELS_SPEAK_OF_BYTES_SINCE = Version(1, 35)

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_DNS1035 = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_NAME = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

_is_label_text = re.compile(_LABEL).fullmatch
_is_subdomain_text = re.compile(_SUBDOMAIN).fullmatch
_DNS1035_TEXT = pattern(_DNS1035)
_is_name_text = re.compile(_NAME).fullmatch
_is_good_port_name = re.compile(r"(?=[-0-9]*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch
_PORT_NAME_TEXT = pattern(r"[-a-z0-9]+")
_SMALL_LETTER = pattern(r"[a-z]")

_LABEL_MESSAGE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters"
    " or '-', and must start and end with an alphanumeric character"
    f" (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
_SUBDOMAIN_MESSAGE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric"
    " characters, '-' or '.', and must start and end with an alphanumeric character"
    f" (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)
_DNS1035_MESSAGE = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-',"
    " start with an alphabetic character, and end with an alphanumeric character"
    f" (e.g. 'my-name',  or 'abc-123', regex used for validation is '{_DNS1035}')"
)
_NAME_MESSAGE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and"
    " end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or"
    f" '123-abc', regex used for validation is '{_NAME}')"
)
_LABEL_VALUE_MESSAGE = (
    "a valid label must be an empty string or consist of alphanumeric characters,"
    " '-', '_' or '.', and must start and end with an alphanumeric character"
    " (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is"
    f" '({_NAME})?')"
)

_WITH_PREFIX = (
    " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
)

# No longer value is well formed, so none needs a place in the cache.
_LONGEST_LABEL_KEY = 253 + 1 + 63
_LONGEST_LABEL_VALUE = 63


def size(text: str) -> int:
    """Return the length in bytes, as the API server counts."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _too_long(limit: int, unit: str = "characters") -> str:
    return f"must be no more than {limit} {unit}"


def dns1123_label(value: str) -> tuple[str, ...]:
    """Check a DNS label (RFC 1123): up to 63 of ``a-z``, ``0-9`` and ``-``."""
    if len(value) <= 63 and _is_label_text(value) is not None:
        return ()
    messages = []
    if size(value) > 63:
        messages.append(_too_long(63))
    if _is_label_text(value) is None:
        dotted = _is_subdomain_text(value) is not None
        messages.append("must not contain dots" if dotted else _LABEL_MESSAGE)
    return tuple(messages)


def dns1035_label(value: str) -> tuple[str, ...]:
    """Check a DNS label that starts with a letter (RFC 1035)."""
    messages = []
    if size(value) > 63:
        messages.append(_too_long(63))
    if _DNS1035_TEXT.fullmatch(value) is None:
        messages.append(_DNS1035_MESSAGE)
    return tuple(messages)


def dns1123_subdomain(value: str, unit: str = "characters") -> tuple[str, ...]:
    """Check a DNS name: labels joined by dots, 253 together, none limited to 63."""
    if len(value) <= 253 and _is_subdomain_text(value) is not None:
        return ()
    messages = []
    if size(value) > 253:
        messages.append(_too_long(253, unit))
    if _is_subdomain_text(value) is None:
        messages.append(_SUBDOMAIN_MESSAGE)
    return tuple(messages)


def service_name(value: str, version: Version = NEWEST) -> tuple[str, ...]:
    """Check the name of a Service: from 1.36 it may start with a digit."""
    return dns1123_label(value) if version >= (1, 36) else dns1035_label(value)


def masked_prefix(value: str) -> str:
    """Return a ``generateName`` as it is checked: ``web-`` as ``wea``."""
    return value[:-2] + "a" if len(value) > 1 and value.endswith("-") else value


def is_label_key(value: str) -> bool:
    """Return whether a value is a label key, ``prefix/name`` or ``name``."""
    return len(value) <= _LONGEST_LABEL_KEY and _is_label_key(value)


@lru_cache(maxsize=8192)
def _is_label_key(value: str) -> bool:
    return not label_key(value)


def is_label_value(value: str) -> bool:
    """Return whether a value is a label value."""
    return len(value) <= _LONGEST_LABEL_VALUE and (
        not value or _is_name_text(value) is not None
    )


def label_key(value: str, version: Version = NEWEST) -> tuple[str, ...]:
    """Check a label key, which is also called a qualified name."""
    new = version >= _LABELS_SPEAK_OF_BYTES_SINCE
    unit = "bytes" if new else "characters"
    prefix, slash, name = value.partition("/")
    if not slash:
        name = prefix
    elif "/" in name:
        called = "a valid label key" if new else "a qualified name"
        return (f"{called} {_NAME_MESSAGE}{_WITH_PREFIX}",)
    messages = []
    if slash and not prefix:
        messages.append("prefix part must be non-empty")
    elif slash:
        found = dns1123_subdomain(prefix, unit)
        messages.extend(f"prefix part {message}" for message in found)
    if not name:
        messages.append("name part must be non-empty")
    elif size(name) > 63:
        messages.append(f"name part {_too_long(63, unit)}")
    if _is_name_text(name) is None:
        messages.append(f"name part {_NAME_MESSAGE}")
    return tuple(messages)


def label_value(value: str, version: Version = NEWEST) -> tuple[str, ...]:
    """Check a label value: empty, or up to 63 with alphanumeric ends."""
    messages = []
    if size(value) > 63:
        new = version >= _LABELS_SPEAK_OF_BYTES_SINCE
        messages.append(_too_long(63, "bytes" if new else "characters"))
    if value and _is_name_text(value) is None:
        messages.append(_LABEL_VALUE_MESSAGE)
    return tuple(messages)


def port_name(value: str) -> tuple[str, ...]:
    """Check the name of a container port (IANA_SVC_NAME); one message a clause."""
    if len(value) <= 15 and _is_good_port_name(value) is not None:
        return ()
    messages = []
    if size(value) > 15:
        messages.append(_too_long(15))
    if _PORT_NAME_TEXT.fullmatch(value) is None:
        messages.append(
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
        )
    if _SMALL_LETTER.search(value) is None:
        messages.append("must contain at least one letter (a-z)")
    if "--" in value:
        messages.append("must not contain consecutive hyphens")
    if value.startswith("-") or value.endswith("-"):
        messages.append("must not begin or end with a hyphen")
    return tuple(messages)


def port_number(value: int) -> tuple[str, ...]:
    """Check a port number."""
    return () if 1 <= value <= 65535 else ("must be between 1 and 65535, inclusive",)
