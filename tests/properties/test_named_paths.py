"""``render.kustomize.closure`` looks where kustomize would, whatever links and ``..`` there are."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from cip_lint.render.kustomize.closure import closure

_PARTS = st.sampled_from(["..", ".", "a", "b", "link", "loop", ""])
_NAMES = st.lists(_PARTS, min_size=1, max_size=6).map("/".join)
_TARGETS = st.lists(st.sampled_from(["..", "a", "b"]), min_size=1, max_size=4)


def _of_go(folder: Path, name: str) -> Path | None:
    """Return the folder of ``ConfirmDir(root.Join(name))`` in ``loader/loader.go``.

    ``filepath.Clean`` goes from left to right over the elements of the text, and
    ``filepath.EvalSymlinks`` wants each of the rest to be there.
    """
    kept: list[str] = []
    for part in f"{folder}/{name}".split("/"):
        if part == "..":
            kept = kept[:-1]
        elif part not in ("", "."):
            kept.append(part)
    try:
        found = Path("/", *kept).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    return found if found.is_dir() else None


@given(_NAMES, _TARGETS)
@example("link/../../../out", ["..", "a", "b", "a"])
def test_the_folder_is_that_of_kustomize(name: str, target: list[str]) -> None:
    if name.startswith("/"):
        return
    with tempfile.TemporaryDirectory() as made:
        top = Path(made).resolve()
        within = top / "repository"
        for below in ("app/a/b", "app/b", "a/b/a", "b/a", "../a", "../b/a"):
            (within / below).mkdir(parents=True, exist_ok=True)
        for folder in (top, *(one for one in top.rglob("*") if one.is_dir())):
            (folder / "kustomization.yaml").write_text("namePrefix: a-\n")
        root = within / "app"
        (root / "link").symlink_to("/".join(target))
        (root / "loop").symlink_to("loop")
        (root / "kustomization.yaml").write_text(f'resources: ["{name}"]\n')

        found = closure(root, within)

        meant = _of_go(root, name)
        if meant is None or not name:
            assert found.obstacle == ""
        elif not meant.is_relative_to(within):
            assert found.obstacle == f"{name} lies outside the repository"
        else:
            assert meant / "kustomization.yaml" in found.files
