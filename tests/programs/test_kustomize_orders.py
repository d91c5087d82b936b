"""Kustomizations are sent in the order in which the real program prints them.

The ids are those of a table of orders that kustomize 4.5.7, 5.0.4, 5.5.0 and 5.8.1
printed. Rows that only list files need no build; each is tried once more with a field
that asks for one, so that what the program says is what is judged.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.built_orders import (
    Orders,
    in_line,
    kustomize_version,
    need_kustomize,
    objects,
    orders,
    read_of,
)
from support.creation import vectors

ROOT = "kustomization.yaml"
FIFO = "sortOptions: {order: fifo}\n"
LEGACY = "sortOptions: {order: legacy}\n"
ASKS_FOR_A_BUILD = "commonAnnotations: {built: by-the-program}\n"
FIRST_AND_LAST = """\
sortOptions:
  order: legacy
  legacySortOptions: {orderFirst: [Deployment], orderLast: [Service]}
"""
GENERATORS = """\
generatorOptions: {disableNameSuffixHash: true}
configMapGenerator: [{name: g, literals: [a=b]}]
secretGenerator: [{name: h, literals: [a=b]}]
"""
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
DELETE = """\
patches:
- patch: '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "$patch": "delete"}'
"""
LOCAL = """\
apiVersion: v1
kind: Service
metadata: {name: a, annotations: {config.kubernetes.io/local-config: "true"}}
---
apiVersion: v1
kind: Service
metadata: {name: b}
"""
NEEDS_5 = (5, 0, 0)

Files = dict[str, str]


def listing(*entries: str) -> str:
    return f"resources: [{', '.join(entries)}]\n"


LISTED: dict[str, tuple[Files, str]] = {
    "K30": (
        {
            ROOT: FIFO + listing("a.yaml", "b.yaml"),
            "a.yaml": objects("deploy:web"),
            "b.yaml": objects("svc:web"),
        },
        "deploy:web svc:web",
    ),
    "K31": (
        {
            ROOT: FIFO + listing("b.yaml", "a.yaml"),
            "a.yaml": objects("deploy:web"),
            "b.yaml": objects("svc:web"),
        },
        "svc:web deploy:web",
    ),
    "K32": (
        {
            ROOT: FIFO + listing("z.yaml", "base", "a.yaml"),
            "a.yaml": objects("svc:a"),
            "z.yaml": objects("deploy:z"),
            f"base/{ROOT}": listing("q.yaml", "p.yaml"),
            "base/p.yaml": objects("svc:p"),
            "base/q.yaml": objects("svc:q"),
        },
        "deploy:z svc:q svc:p svc:a",
    ),
    "K33": (
        {
            ROOT: f"{FIFO}bases: [base]\n{listing('z.yaml')}",
            "z.yaml": objects("deploy:z"),
            f"base/{ROOT}": listing("q.yaml"),
            "base/q.yaml": objects("svc:q"),
        },
        "deploy:z svc:q",
    ),
    "K34": (
        {
            ROOT: FIFO + listing("f.yaml"),
            "f.yaml": objects("List[deploy:l1 svc:l2] svc:after"),
        },
        "svc:after deploy:l1 svc:l2",
    ),
    "K35": (
        {
            ROOT: FIFO + listing("base"),
            f"base/{ROOT}": LEGACY + listing("f.yaml"),
            "base/f.yaml": objects("deploy:d svc:s"),
        },
        "deploy:d svc:s",
    ),
    "K36": (
        {
            ROOT: listing("base"),
            f"base/{ROOT}": FIFO + listing("f.yaml"),
            "base/f.yaml": objects("deploy:d svc:s"),
        },
        "svc:s deploy:d",
    ),
    "K38": (
        {
            ROOT: FIRST_AND_LAST + listing("f.yaml"),
            "f.yaml": objects("svc:b cm:c deploy:d ns:q"),
        },
        "deploy:d cm:c ns:q svc:b",
    ),
    "K39": (
        {
            ROOT: f"namespace: prod\n{listing('f.yaml')}",
            "f.yaml": objects("svc:b svc:other/a deploy:d"),
        },
        "svc:prod/a svc:prod/b deploy:prod/d",
    ),
    "K42": ({ROOT: listing("f.yaml"), "f.yaml": LOCAL}, "svc:b"),
}
"""Kustomizations that only list files."""

WITHOUT_SORT_OPTIONS = frozenset({"K39", "K42"})

K40 = {
    ROOT: listing("x1", "y1"),
    f"x1/{ROOT}": f"namePrefix: z-\n{listing('../base')}",
    f"y1/{ROOT}": f"namePrefix: a-\n{listing('../base')}",
    f"base/{ROOT}": listing("f.yaml"),
    "base/f.yaml": objects("svc:b"),
}
K41 = {ROOT: DELETE + listing("f.yaml"), "f.yaml": objects("deploy:web svc:web")}


@pytest.fixture(autouse=True)
def _program() -> None:
    need_kustomize()


def only(made: Orders) -> str:
    assert made.unbuilt == {}
    return in_line(made.only)


@pytest.mark.parametrize("row", LISTED)
def test_what_only_lists_files_is_sent_as_the_program_would_print_it(
    row: str, tmp_path: Path
) -> None:
    files, expected = LISTED[row]

    assert only(orders(tmp_path, files)) == expected


@pytest.mark.parametrize("row", LISTED)
def test_what_the_program_builds_of_it_is_sent_in_the_same_order(
    row: str, tmp_path: Path
) -> None:
    if row not in WITHOUT_SORT_OPTIONS and kustomize_version() < NEEDS_5:
        pytest.skip("sortOptions are of kustomize 5")
    files, expected = LISTED[row]
    asking = {**files, ROOT: files[ROOT] + ASKS_FOR_A_BUILD}

    assert only(orders(tmp_path, asking)) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [(K40, "svc:a-b svc:z-b"), (K41, "deploy:web")],
    ids=["K40", "K41"],
)
def test_builds_are_sent_by_the_names_that_they_give(
    files: Files, expected: str, tmp_path: Path
) -> None:
    assert only(orders(tmp_path, files)) == expected


def test_generators_come_before_components_since_5_1(tmp_path: Path) -> None:
    """K37; no Secret is read, so the generated one is in no order."""
    if kustomize_version() < NEEDS_5:
        pytest.skip("sortOptions are of kustomize 5")
    files = {
        ROOT: f"{FIFO}{listing('z.yaml')}components: [component]\n{GENERATORS}",
        "z.yaml": objects("deploy:z"),
        f"component/{ROOT}": COMPONENT + listing("c.yaml"),
        "component/c.yaml": objects("svc:c"),
    }
    late = kustomize_version() >= (5, 1, 0)
    expected = "deploy:z cm:g svc:c" if late else "deploy:z svc:c cm:g"

    assert only(orders(tmp_path, files)) == expected


def test_what_the_program_refuses_is_not_sent_and_says_why(tmp_path: Path) -> None:
    """K43, in a base, so that the program tells of two folders before the cause."""
    files = {
        f"over/{ROOT}": ASKS_FOR_A_BUILD + listing("../base"),
        f"base/{ROOT}": listing("f.yaml"),
        "base/f.yaml": objects("svc:a svc:default/a"),
    }
    made = orders(tmp_path, files)

    assert in_line(step for steps in made.steps.values() for step in steps) == ""
    (why,) = made.unbuilt.values()
    assert why.startswith("may not add resource with an already registered id: ")


def test_every_sorted_row_is_sent_as_the_program_prints_it(tmp_path: Path) -> None:
    """K1 to K29, K39 and K40, built in one run; kinds that are not read are left out."""
    rows = [row for row in vectors("kustomize") if row.id != "K28"]
    if kustomize_version() >= (5, 5, 0):
        rows = list(vectors("kustomize"))
    files: Files = {}
    for row in rows:
        files[f"{row.id}/{ROOT}"] = ASKS_FOR_A_BUILD + listing("f.yaml")
        files[f"{row.id}/f.yaml"] = objects(row.given)
    made = orders(tmp_path / "built", files)

    assert made.unbuilt == {}
    expected = read_of(tmp_path / "read", rows)
    assert {row.id: made.of(row.id) for row in rows} == expected
