"""The rule ``service.target-port-refused``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.kube.grammar import port_name
from cip_lint.kube.placeholders import is_shouted
from cip_lint.model import Severity
from cip_lint.rule import Context, Problem, Refusal, Stage, rule, service_refusals
from cip_lint_rules._refusals import (
    by_field,
    clause,
    port_index,
    quote,
)
from cip_lint_rules._words import as_label

_LONGEST_NAME = 15
_HIGHEST_PORT = 65535


@rule(
    "service.target-port-refused",
    severity=Severity.ERROR,
    on=service_refusals("P6"),
    stage=Stage.REFUSAL,
    since="0.1.0",
)
def target_port_refused(refusal: Refusal, _cx: Context) -> Iterator[Problem]:
    """TargetPort is neither a port number nor a port name.

    ## Why it matters

    A number in quotes is a text, and a text is the name of a container port. The
    API server reads `"8080"` as such a name and refuses it, because a name needs a
    letter. Names have at most 15 characters: lower-case letters, digits, dashes.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - port: 80
          targetPort: "8080"
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - port: 80
          targetPort: 8080
    ```

    ## References

    - [Port definitions](https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports)
    """
    resource = refusal.resource
    for faults in by_field(refusal.faults):
        first = faults[0]
        written = resource.get("spec", "ports", port_index(first), "targetPort")
        if written is None:
            continue  # it follows from `port`, which is refused for the same reason
        if isinstance(written, str) and is_shouted(written):
            continue  # `PORT` is to be replaced before it is applied
        if isinstance(written, str):
            says = f'targetPort "{written}" is read as a name and refused'
        else:
            says = f"targetPort {written} is refused"
        yield Problem(
            f"{says}: {clause(first)}",
            at=resource.label(*first.path, text="neither a number nor a port name"),
            notes=tuple(map(quote, faults)),
            help=_help(written),
            faults=faults,
            topic=port_index(first),
        )


def _help(written: object) -> str:
    if not isinstance(written, str):
        return f"write a number from 1 to {_HIGHEST_PORT}"
    text = written.strip()
    if text.isascii() and text.isdecimal():
        return _help_for_a_number(text)
    if len(written) > _LONGEST_NAME:
        return f"shorten the name to {_LONGEST_NAME} characters, in the container too"
    near = as_label(written, _LONGEST_NAME)
    if not near or port_name(near):
        return "write the name or number of a container port"
    return f"write {near}"


def _help_for_a_number(text: str) -> str:
    """Return what to write for a number in quotes; with a zero in front it is octal."""
    if len(text) > len(str(_HIGHEST_PORT)) + 1 or int(text) > _HIGHEST_PORT:
        return f"write a number from 1 to {_HIGHEST_PORT}"
    if text.startswith("0") and text != "0":
        return f"write {int(text)}, without quotes"
    return "remove the quotes"
