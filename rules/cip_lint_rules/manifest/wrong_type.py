"""The rule ``manifest.wrong-type``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.decoding import WRONG_TYPE
from cip_lint.kube.faults import Fault
from cip_lint.kube.placeholders import is_shouted
from cip_lint.model import Label, Resource, Severity, field_path
from cip_lint.rule import Context, Problem, Refusal, Stage, refusals, rule
from cip_lint_rules._words import brief

_VOWELS = "aeiou"
_INT32 = 2**31
_QUOTES = ("'", '"')
_MORE_THAN_A_NUMBER = 309
"""From so many digits on YAML reads a text, since no number of 64 bits is so large."""


@rule(
    "manifest.wrong-type",
    severity=Severity.ERROR,
    on=refusals(WRONG_TYPE),
    stage=Stage.DECODE,
    since="0.1.0",
    kinds=("Service", "EndpointSlice", "Endpoints", "Ingress", "workloads"),
    hides=("manifest.unknown-field", "service.*"),
)
def wrong_type(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """A field has a JSON type the API cannot decode (HTTP 400, nothing else is checked).

    ## Why it matters

    The API server decodes the object before it checks anything. A port in quotes
    is a text and no integer; a label `canary: true` is a boolean and no text. The
    answer names one such field only; here each is a finding, and no other rule
    speaks of the object.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
        canary: true
      ports:
        - port: "80"
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      selector:
        app: web
        canary: "true"
      ports:
        - port: 80
    ```

    ## References

    - [Labels and selectors](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set)
    - [Service API](https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/)
    """
    resource = refusal.resource
    for fault in refusal.faults:
        value = fault.value
        if _is_placeholder(fault):
            continue
        nested = isinstance(value, (dict, list))
        at = (resource.key_label if nested else resource.label)(*fault.path)
        set_based = _is_set_based(resource, fault)
        yield Problem(
            f"{field_path(fault.path)} is {_found(value, at)}, "
            + (
                "too large for this field"
                if _is_too_large(fault, at)
                else f"{_wanted(fault.wanted)} is required"
            ),
            at=at,
            label="a Service selector is a plain map" if set_based else "",
            notes=_notes(fault, at),
            help=_SET_BASED if set_based else _help(fault, at),
            faults=(fault,),
        )


_SET_BASED = "lift the labels one level up; a Service has no set-based selector"


_QUOTES_GO = (
    "no quotes outlive the build before it is filled in: name a variable quote "
    "whose value is one, and put ${quote} on both sides"
)


def _is_placeholder(fault: Fault) -> bool:
    """Whether a word such as ``PORT`` stands where a number will be put."""
    return (
        isinstance(fault.value, str)
        and "integer" in fault.wanted
        and is_shouted(fault.value)
    )


def _is_set_based(resource: Resource, fault: Fault) -> bool:
    return resource.kind == "Service" and fault.path in {
        ("spec", "selector", "matchLabels"),
        ("spec", "selector", "matchExpressions"),
    }


def _found(value: object, at: Label) -> str:
    """Return what stands there, in words."""
    match value:
        case bool():
            return f"the boolean {str(value).lower()}"
        case str():
            if _is_bare_number(value, at):
                return f"the number {brief(value)}"
            return f'the text "{brief(value)}"'
        case dict():
            return "a map"
        case list():
            return "a list"
    return f"the number {brief(str(value) if _is_filled_in(at) else at.span.text)}"


def _is_filled_in(at: Label) -> bool:
    """Whether a variable stands there, which was filled in after a build."""
    return "${" in at.span.text


def _is_bare_number(value: str, at: Label) -> bool:
    """Whether digits stand there without quotes: too many of them for any number.

    Fewer make a text where a tag such as ``!!str`` says so.
    """
    if not value.isdecimal() or at.span.text[:1] in _QUOTES:
        return False
    return len(value) >= _MORE_THAN_A_NUMBER


def _is_too_large(fault: Fault, at: Label) -> bool:
    if fault.wanted != "integer" or isinstance(fault.value, bool):
        return False
    if isinstance(fault.value, str):
        return _is_bare_number(fault.value, at)
    # Beyond 64 bits, YAML and JSON alike are read as a number with a fraction.
    return isinstance(fault.value, (int, float)) and abs(fault.value) >= _INT32


def _wanted(wanted: str) -> str:
    return f"{'an' if wanted[:1] in _VOWELS else 'a'} {wanted}"


def _notes(fault: Fault, at: Label) -> tuple[str, ...]:
    """Return what the server says, and why a plain word may be a boolean."""
    notes = (fault.cause.message,)
    written = at.span.text
    is_word = written.lower() not in ("true", "false") and not _is_filled_in(at)
    if isinstance(fault.value, bool) and is_word:
        return (
            *notes,
            f"{brief(written)} is a boolean for kubectl and Helm, and a text for kustomize",
        )
    return notes


def _help(fault: Fault, at: Label) -> str:
    value, wanted = fault.value, fault.wanted
    if _is_too_large(fault, at):
        return "write a smaller number"
    if isinstance(value, str):
        if wanted == "integer" and value.strip().isdecimal():
            return "remove the tag" if at.span.text == value else "remove the quotes"
        return f"write {_wanted(wanted)}"
    if wanted == "text" and not isinstance(value, (dict, list)):
        return _QUOTES_GO if _is_filled_in(at) else "write it in quotes"
    return f"write {_wanted(wanted)}"
