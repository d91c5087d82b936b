"""The rule ``ignore.without-reason``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.rule import Context, Directive, Problem, Stage, directives, rule

_HELP = {
    "comment": "write the reason after the bracket",
    "annotation": "write the reason as the value of the annotation",
    "config": "write the reason as reason: in the entry",
}


@rule(
    "ignore.without-reason",
    severity=Severity.INFO,
    on=directives,
    stage=Stage.ADVICE,
    since="0.1.0",
    profile="strict",
    kinds=("comments", "annotations", "settings"),
    suppressible=False,
)
def without_reason(directive: Directive, _cx: Context) -> Iterator[Problem]:
    """A suppression says nothing about why.

    ## Why it matters

    Whoever meets an ignore later must know whether it still holds. The words
    behind the bracket are for them.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        - port: 80
          protocol: HTTP  # cip-lint: ignore[service.protocol-refused]
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
          protocol: HTTP  # cip-lint: ignore[service.protocol-refused] shown to pupils
    ```

    ## References

    - A comment `# cip-lint: ignore[rule] reason`, on the line or alone above it
    - An annotation `ignore.cip-lint/<rule>: reason` of the object
    - An entry of `ignore:` in `.cip-lint.yaml`
    """
    if directive.reason.strip() or not directive.known:
        return
    named = f"ignore[{directive.rule_id}]"
    yield Problem(
        f"{named} gives no reason",
        at=directive.whole,
        help=_HELP.get(directive.by, _HELP["comment"]),
    )
