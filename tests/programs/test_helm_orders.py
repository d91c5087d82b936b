"""Charts are sent in the order in which Helm sends what it renders of them.

The ids are those of a table of orders that Helm 3.9.4, 3.17.1, 4.1.4 and 4.3.1 printed
or sent. A render prints hooks last; here they stand where an install runs them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.built_orders import (
    given_files,
    helm_version,
    need_helm,
    objects,
    orders,
)
from support.creation import vectors

Files = dict[str, str]

SINCE_3_13 = frozenset({"H13"})
SINCE_4 = frozenset({"H21"})


def chart(name: str = "shop", *lines: str) -> str:
    head = ("apiVersion: v2", f"name: {name}", "version: 0.1.0")
    return "".join(f"{line}\n" for line in (*head, *lines))


def hook(text: str, event: str, weight: int = 0) -> str:
    """Return an object that is a hook."""
    note = f'"helm.sh/hook": "{event}", "helm.sh/hook-weight": "{weight}"'
    head, brace, rest = objects(text).partition('"metadata": {')
    return f'{head}{brace}"annotations": {{{note}}}, {rest}'


def file(*documents: str) -> str:
    return "\n---\n".join(documents)


def sub_chart(folder: str, name: str, text: str) -> Files:
    return {
        f"charts/{folder}/Chart.yaml": chart(name),
        f"charts/{folder}/templates/all.yaml": text,
    }


H28 = {
    "templates/a.yaml": objects("svc:parent deploy:pd"),
    **sub_chart("zz", "zz", objects("svc:z deploy:zd")),
}
H29 = {
    "templates/p.yaml": objects("svc:p"),
    **sub_chart("b", "b", objects("svc:b")),
    **sub_chart("a", "a", objects("svc:a")),
}
H30 = {
    "Chart.yaml": chart(
        "shop",
        "dependencies:",
        "- {name: foo, version: 0.1.0, alias: zed}",
        "- {name: foo, version: 0.1.0, alias: abe}",
    ),
    "templates/p.yaml": objects("svc:p"),
    **sub_chart("foo", "foo", objects("svc:x").replace('"x"', '"{{ .Chart.Name }}"')),
}
OTHER_FOLDERS = {
    "templates/p.yaml": objects("svc:p"),
    **sub_chart("first", "zed", objects("svc:z")),
    **sub_chart("second", "abe", objects("svc:a")),
}
H31 = {
    "Chart.yaml": chart(
        "shop",
        "dependencies:",
        "- {name: bar, version: 0.1.0, condition: bar.enabled}",
    ),
    "values.yaml": "bar: {enabled: false}\n",
    "templates/p.yaml": objects("svc:p"),
    **sub_chart("bar", "bar", objects("svc:bar")),
}
H34 = {
    "crds/b.yaml": objects("crd:b.x.io"),
    "crds/a.yaml": objects("crd:a.x.io svc:q"),
    "crds/n/c.yml": objects("crd:c.x.io"),
    "templates/s.yaml": objects("svc:s"),
}
OF_SUB_CHART = {
    "crds/z.yaml": objects("crd:z.x.io"),
    "charts/sub/crds/a.yaml": objects("crd:a.x.io svc:q"),
    **sub_chart("sub", "sub", objects("deploy:d")),
    "templates/s.yaml": objects("svc:s"),
}
H37 = {
    "templates/all.yaml": file(
        hook("job:h", "pre-install", 5),
        objects("svc:s"),
        hook("job:g", "pre-install", -5),
        objects("deploy:d"),
        hook("po:t", "test"),
    )
}
H38 = {
    "templates/all.yaml": file(
        hook("svc:h", "pre-install"), hook("job:j", "pre-install"), objects("deploy:d")
    )
}
H39 = {"templates/all.yaml": file(hook("job:x", "bogus"), objects("svc:s"))}
H41 = {
    "templates/x.txt": objects("svc:t"),
    "templates/noext": objects("svc:n"),
    "templates/_p.yaml": objects("svc:p"),
    "templates/.h.yaml": objects("svc:h"),
    "templates/sub/.h2.yaml": objects("svc:h2"),
    "templates/_d/e.yaml": objects("svc:e"),
    "templates/NOTES.txt": "Thank you.\n",
}
H43 = {
    "templates/all.yaml": file(
        "{{ if .Values.on }}\n" + objects("svc:a") + "\n{{ end }}", objects("deploy:d")
    )
}
H44 = {
    ".helmignore": "*.bak.yaml\n",
    "templates/x.bak.yaml": objects("svc:b"),
    "templates/a.yaml": objects("svc:a"),
}
SERVICES = " ".join(f"svc:s{number}" for number in range(1, 6))
R7 = {
    "templates/all.yaml": objects(f"{SERVICES} deploy:d1 deploy:d2 cm:c1"),
    "templates/listed.yaml": objects("List[svc:listed]"),
}
R10 = {
    "templates/all.yaml": file(
        hook("cm:zz", "pre-install", 5),
        hook("svc:same", "pre-install"),
        hook("cm:neg", "pre-install", -1),
        hook("cm:post", "post-install"),
        objects("deploy:d svc:s"),
    )
}

ROWS: dict[str, tuple[Files, list[str]]] = {
    "H28": (H28, ["{svc:z svc:parent}", "{deploy:zd deploy:pd}"]),
    "H29": (H29, ["{svc:a svc:b svc:p}"]),
    "H30": (H30, ["{svc:abe svc:zed svc:p}"]),
    "folders of other names": (OTHER_FOLDERS, ["{svc:a svc:z svc:p}"]),
    "H31": (H31, ["svc:p"]),
    "H34": (H34, ["crd:a.x.io svc:q crd:b.x.io crd:c.x.io", "svc:s"]),
    "definitions of a sub-chart": (
        OF_SUB_CHART,
        ["crd:z.x.io crd:a.x.io svc:q", "svc:s", "deploy:d"],
    ),
    "H37": (H37, ["job:g", "job:h", "svc:s", "deploy:d"]),
    "H38": (H38, ["svc:h", "job:j", "deploy:d"]),
    "H39": (H39, ["svc:s"]),
    "H41": (H41, ["{svc:e svc:n svc:h2 svc:t}"]),
    "H43": (H43, ["deploy:d"]),
    "H44": (H44, ["svc:a"]),
    "R7": (R7, ["cm:c1", f"{{{SERVICES}}}", "{deploy:d1 deploy:d2}", "svc:listed"]),
    "R10": (R10, ["cm:neg", "svc:same", "cm:zz", "svc:s", "deploy:d", "cm:post"]),
}


@pytest.fixture(autouse=True)
def _program() -> None:
    need_helm()


def files_of(files: Files, folder: str = "chart") -> Files:
    whole = {"Chart.yaml": chart(), **files}
    return {f"{folder}/{name}": text for name, text in whole.items()}


@pytest.mark.parametrize("row", ROWS)
def test_a_chart_is_sent_in_the_steps_of_an_install(row: str, tmp_path: Path) -> None:
    files, expected = ROWS[row]
    made = orders(tmp_path, files_of(files))

    assert made.unbuilt == {}
    assert made.only == expected


def test_a_chart_at_the_top_of_the_repository_is_no_other(tmp_path: Path) -> None:
    whole = {"Chart.yaml": chart(), **OF_SUB_CHART}

    assert orders(tmp_path, whole).only == ROWS["definitions of a sub-chart"][1]


def test_a_library_is_not_sent(tmp_path: Path) -> None:
    """H45."""
    files = {
        "Chart.yaml": chart("shop", "type: library"),
        "templates/a.yaml": objects("svc:a"),
    }

    assert not any(orders(tmp_path, files_of(files)).steps.values())


def test_what_helm_refuses_is_not_sent_and_says_why(tmp_path: Path) -> None:
    """H46."""
    required = 'x: {{ required "x is wanted" .Values.x }}\n'
    made = orders(tmp_path, files_of({"templates/a.yaml": required}))

    assert not any(made.steps.values())
    (why,) = made.unbuilt.values()
    assert why.endswith("x is wanted")


def test_every_sorted_row_is_sent_as_helm_prints_it(tmp_path: Path) -> None:
    """The rows of one template, and of several."""
    late = SINCE_3_13 if helm_version() < (3, 13) else frozenset[str]()
    late |= SINCE_4 if helm_version() < (4,) else frozenset()
    rows = [
        row
        for row in vectors("helm")
        if row.id not in late and row.id not in ROWS and "charts/" not in row.given
    ]
    files: Files = {}
    for row in rows:
        files[f"{row.id}/Chart.yaml"] = chart(row.id.lower())
        for name, text in given_files(row).items():
            files[f"{row.id}/templates/{name.removeprefix('t/')}"] = text
    made = orders(tmp_path, files)

    assert made.unbuilt == {}
    sent = {row.id: made.of(row.id) for row in rows}
    assert sent == {row.id: row.expected for row in rows}
