"""The rule ``manifest.unreadable``."""

from __future__ import annotations

from collections.abc import Iterator

from cip_lint.model import Loss, Severity
from cip_lint.rule import Context, Problem, Stage, losses, rule


@rule(
    "manifest.unreadable",
    severity=Severity.ERROR,
    also=(Severity.WARNING,),
    on=losses,
    stage=Stage.FILE,
    since="0.1.0",
    kinds=("any file",),
    suppressible=False,
)
def unreadable(loss: Loss, _cx: Context) -> Iterator[Problem]:
    """A file or document is not YAML or JSON, so nothing in it was checked.

    ## Why it matters

    kubectl stops at the first fault of a file: what stands behind it is not
    applied, while other files are. A list of objects is lost as a whole where one
    of its items is no object or a list itself. It is a warning where kubectl reads on and
    loses a part without a word: text behind the end of a document, or bytes that
    are no UTF-8. Files with the braces of a template language that cannot be read
    are counted as templates and not reported.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec: {ports: [80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec: {ports: [{port: 80}]}
    ```

    ## References

    - [YAML 1.2](https://yaml.org/spec/1.2.2/)
    """
    yield Problem(
        loss.message,
        at=loss.label,
        related=loss.related,
        help=loss.help,
        severity=loss.severity,
    )
