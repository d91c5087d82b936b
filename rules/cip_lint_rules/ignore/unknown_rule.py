"""The rule ``ignore.unknown-rule``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Severity
from cip_lint.rule import Context, Directive, Problem, Stage, directives, rule

_NEVER_IGNORED = ("manifest.unreadable", "config.", "ignore.")


@rule(
    "ignore.unknown-rule",
    severity=Severity.ERROR,
    on=directives,
    stage=Stage.FILE,
    since="0.1.0",
    kinds=("comments", "annotations", "settings"),
    suppressible=False,
)
def unknown_rule(directive: Directive, _cx: Context) -> Iterator[Problem]:
    """An ignore names no rule, or one that may not be ignored.

    ## Why it matters

    An ignore of a rule that does not exist hides nothing, and whoever wrote it
    believes that it does. There is no ignore of everything: a file that cannot be
    read, a fault of the settings and an ignore itself are always told.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      clusterIP: 10.96.0.10  # cip-lint: ignore[address.token] shared on purpose
      ports:
        - port: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      clusterIP: 10.96.0.10
      ports:
        - port: 80
    ```

    ## References

    - A comment `# cip-lint: ignore[rule] reason`, on the line or alone above it
    - An annotation `ignore.cip-lint/<rule>: reason` of the object
    - An entry of `ignore:` in `.cip-lint.yaml`
    """
    if directive.known and not directive.rule_id.startswith(_NEVER_IGNORED):
        return
    named = f"ignore[{directive.rule_id}]"
    if not directive.rule_id:
        says, help_text = (
            "ignore names no rule",
            "write the rule in brackets: ignore[address.taken]",
        )
    elif directive.rule_id.startswith(_NEVER_IGNORED):
        says, help_text = f"{named} names a rule that may not be ignored", "remove it"
    elif directive.missing_plugin:
        says = f"{named} may name a rule of {directive.missing_plugin}, not installed"
        help_text = f"install {directive.missing_plugin}"
    elif directive.nearest:
        says = f"{named} names no rule; the nearest is {directive.nearest}"
        help_text = f"write {directive.nearest}"
    else:
        says, help_text = f"{named} names no rule", "see the names with cip-lint rules"
    yield Problem(says, at=directive.label, help=help_text)
