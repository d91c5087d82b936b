"""What is kept of files is what reading them again gives, whatever they hold."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from cip_lint.manifests import ReadOptions, read, readers
from cip_lint.store import Store
from support.readings import told

MANIFESTS = (
    (
        "apiVersion: v1\nkind: Service\nmetadata: {name: web, labels: {app: web}}\n"
        "spec:\n  selector: {app: web}\n  ports: [{port: 80, targetPort: 0x50}]\n"
    ),
    (
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n"
        "  template:\n    metadata: &m\n      labels: {\"a\": '1', b: y}\n    spec: {<<: *m}\n"
    ),
    (
        '{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", '
        '"kind": "Service", "metadata": {"name": "\\ud83d\\ude00"}}]}\n'
    ),
    (
        "# cip-lint: ignore[a.b] why\napiVersion: v1\nkind: ConfigMap\n"
        "metadata: {name: c}\ndata:\n  a: |\n    x\n  b: >-\n    \xe9 \U0001f600\n"
    ),
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a]\n",
)
BITS = st.sampled_from(
    [
        "\n---\n",
        "\r\n",
        "\t",
        ": ",
        "- ",
        "&a ",
        "*a",
        "!!str ",
        "{{ x }}",
        "[",
        "}",
        "%",
        "\ufeff",
        "\x00",
        "1e3",
        ".inf",
        "9" * 40,
        "? ",
        "<<: ",
        "kapp.k14s.io/",
        "...",
    ]
)
NAMES = st.sampled_from(
    [
        "a.yaml",
        "b.json",
        "c/values.yaml",
        "c/templates/d.yaml",
        "kustomization.yaml",
        "Chart.yaml",
        "c/Chart.yaml",
        "skaffold.yaml",
        ".github/e.yml",
        "f.yml",
    ]
)


@st.composite
def manifest(draw: st.DrawFn) -> bytes:
    """Return the bytes of a file: manifests, spoilt here and there."""
    text = "".join(draw(st.lists(st.sampled_from(MANIFESTS), min_size=1, max_size=3)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(BITS) + text[at + draw(st.integers(0, 4)) :]
    codec = draw(st.sampled_from(["utf-8", "utf-8", "utf-16", "latin-1"]))
    return text.encode(codec, "replace")


TREES = st.dictionaries(NAMES, manifest(), min_size=1, max_size=5)


@given(before=TREES, after=TREES)
def test_what_is_kept_is_what_is_read(
    before: dict[str, bytes], after: dict[str, bytes]
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.object(readers, "_FEWEST_KEPT", 0),
    ):
        root = Path(folder) / "tree"
        plain = ReadOptions(root=root, jobs=1)
        kept = plain._replace(
            kept=lambda kind: Store(Path(folder) / "store", b"s" * 32, kind)
        )
        for tree in (before, after):
            for name, data in tree.items():
                file = root / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(data)
            expected = repr(told(read(["."], plain)))
            assert repr(told(read(["."], kept))) == expected
            assert repr(told(read(["."], kept))) == expected
