"""The rule ``ignore.unused``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.rule import Context, Directive, Problem, Stage, directives, rule


@rule(
    "ignore.unused",
    severity=Severity.WARNING,
    on=directives,
    stage=Stage.ADVICE,
    since="0.1.0",
    kinds=("comments", "annotations", "settings"),
    suppressible=False,
)
def unused(directive: Directive, _cx: Context) -> Iterator[Problem]:
    """An ignore or expiry that hides nothing any more.

    ## Why it matters

    An ignore that is left behind hides the next fault of its kind in silence. It
    counts as unused only when its rule ran on what it covers: a rule that was not
    selected, or could not run for want of settings, proves nothing.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      ports:
        # cip-lint: ignore[service.protocol-refused] until the proxy is replaced
        - port: 80
          protocol: TCP
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
          protocol: TCP
    ```

    ## References

    - A comment `# cip-lint: ignore[rule] reason`, on the line or alone above it
    - An annotation `ignore.cip-lint/<rule>: reason` of the object
    - An entry of `ignore:` in `.cip-lint.yaml`
    """
    if not directive.known:
        return
    named = f"ignore[{directive.rule_id}]"
    if directive.expired:
        yield Problem(
            f"{named} ended on {directive.expired} and hides nothing any more",
            at=directive.label,
            help="repair what it hid and remove it, or set a later date",
        )
    elif directive.ran and not directive.used:
        yield Problem(f"{named} hides nothing", at=directive.label, help="remove it")
