"""Selectors and probe ports, compared with apimachinery and the kubelet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cip_lint.kube import probes, selector_checks, selector_text, selectors, version
from conformance.agreement import Adapter, Disagreement, RunContext, Vector


def answer_selectors(vector: Vector, _: RunContext) -> Iterator[Disagreement]:
    """Compare everything that the recorded answer mentions."""
    asked = version.parse(vector["version"])
    got = _selector_answer(vector["input"], asked)
    expected = _in_any_order(vector["answer"])
    if _in_any_order(got) != expected:
        yield Disagreement(expected, got)


def _in_any_order(answer: dict[str, Any]) -> dict[str, Any]:
    if "validation" in answer:
        return {**answer, "validation": sorted(answer["validation"])}
    return answer


def _selector_answer(asked: dict[str, Any], v: version.Version) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    error: str | None = None
    selector: selectors.Selector | None = None
    validation: list[str] = []
    if "map" in asked:
        labels = asked["map"] or {}
        selector, error = (
            selector_text.from_map(labels),
            selector_text.map_error(labels, v),
        )
        causes = selector_checks.label_causes(labels, "spec.selector", (), v)
        validation = [f"{c.field}: {c.message}" for _, c in causes]
    else:
        try:
            if "parse" in asked:
                selector = selector_text.parse(asked["parse"], v)
            else:
                selector = selectors.from_label_selector(asked["labelSelector"], v)
        except selectors.SelectorError as refusal:
            error = str(refusal)
        if "labelSelector" in asked:
            found = selector_checks.label_selector_causes(
                asked["labelSelector"] or {}, ("spec", "selector"), v
            )
            validation = [f"{c.field}: {c.message}" for _, c in found]
    if selector is not None:
        answer["matches"] = [selector.matches(labels) for labels in asked["labels"]]
        answer["matchesEverything"] = selector.everything
        answer["string"] = str(selector)
    if error is not None:
        answer["error"] = error
    if validation:
        answer["validation"] = validation
    return answer


def answer_probe(vector: Vector, _: RunContext) -> Iterator[Disagreement]:
    """Compare the number, or the kubelet's complaint."""
    asked = vector["input"]
    got: dict[str, Any]
    try:
        got = {"port": probes.resolve_port(asked["port"], asked["container"])}
    except probes.ProbePortError as error:
        got = {"error": str(error)}
    if got != vector["answer"]:
        yield Disagreement(vector["answer"], got)


GROUPS: dict[str, Adapter] = {"selectors": answer_selectors, "probe": answer_probe}
