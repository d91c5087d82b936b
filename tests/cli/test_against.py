"""``--against``: which files an earlier state is read from, and under which names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cip_lint.cli import earlier
from cip_lint.cluster import Cluster, default_settings, partition
from cip_lint.manifests import ReadOptions, read
from support.command import cip_lint


def service(name: str, address: str) -> str:
    return (
        "apiVersion: v1\nkind: Service\n"
        f"metadata: {{name: {name}, namespace: shop}}\n"
        f"spec: {{clusterIP: {address}, ports: [{{port: 80}}]}}\n"
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Work in a folder of its own."""
    was = Path.cwd()
    work = tmp_path / "work"
    work.mkdir()
    os.chdir(work)
    yield work
    os.chdir(was)


def write(**files: str) -> None:
    for name, text in files.items():
        path = Path(name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def compared(name: str, *paths: str, stdin: bytes | None = None) -> tuple[Cluster, ...]:
    """Return the clusters of some paths, with their bases."""
    options = ReadOptions(root=Path.cwd(), stdin_filename=None)
    settings = [default_settings()]
    clusters = partition(read(paths, options, stdin), settings)
    earlier.find(name).read(paths, options).compare(clusters, settings)
    return clusters


def addresses(cluster: Cluster) -> dict[str, tuple[str, str] | None]:
    """Return where each object was before, and the address it had."""
    assert cluster.base is not None
    found = {one.name: cluster.base.find(one) for one in cluster.members}
    return {
        name: (one.path, one.span("spec", "clusterIP").text) if one else None
        for name, one in found.items()
    }


def test_a_folder_holds_the_same_paths() -> None:
    write(
        **{
            "now__web": service("web", "10.96.0.11"),
            "now__new": service("new", "10.96.0.12"),
            "../main__now__web": service("web", "10.96.0.10"),
            "../main__other__web": service("new", "10.96.0.9"),
        }
    )
    (cluster,) = compared("../main", "now")

    assert addresses(cluster) == {
        "web": ("../main/now/web.yaml", "10.96.0.10"),
        "new": None,
    }
    assert repr(cluster.base) == "<base folder ../main>"


def test_a_folder_stands_for_the_only_path() -> None:
    write(
        now__a__web=service("web", "10.96.0.11"),
        then__a__web=service("web", "10.96.0.10"),
    )
    (cluster,) = compared("then", "./now")

    assert addresses(cluster) == {"web": ("then/a/web.yaml", "10.96.0.10")}


def test_a_folder_stands_for_the_working_folder() -> None:
    write(
        **{
            "a__web": service("web", "10.96.0.11"),
            "../then__a__web": service("web", "10.96.0.10"),
        }
    )
    (cluster,) = compared("../then", ".")

    assert addresses(cluster) == {"web": ("../then/a/web.yaml", "10.96.0.10")}


def test_a_file_stands_for_the_only_file() -> None:
    write(
        new=service("web", "10.96.0.11"),
        old=service("web", "10.96.0.10"),
    )
    (cluster,) = compared("old.yaml", "new.yaml")

    assert addresses(cluster) == {"web": ("old.yaml", "10.96.0.10")}


def test_a_file_stands_for_standard_input() -> None:
    write(old=service("web", "10.96.0.10"))
    (cluster,) = compared("old.yaml", "-", stdin=service("web", "10.96.0.11").encode())

    assert addresses(cluster) == {"web": ("old.yaml", "10.96.0.10")}


def test_a_file_holds_a_whole_cluster() -> None:
    write(
        dev__web=service("web", "10.96.0.11"),
        dev__api=service("api", "10.96.0.12"),
        old=service("web", "10.96.0.10") + "---\n" + service("api", "10.96.0.9"),
    )
    (cluster,) = compared("old.yaml", "dev")

    assert addresses(cluster) == {
        "api": ("old.yaml", "10.96.0.9"),
        "web": ("old.yaml", "10.96.0.10"),
    }


def test_each_path_is_compared_with_its_own(folder: Path) -> None:
    write(
        **{
            "a__web": service("web", "10.96.0.1"),
            "b__web": service("web", "10.96.0.2"),
            "../then__b__web": service("web", "10.96.0.3"),
        }
    )
    a, b = compared("../then", "a", "b")

    assert addresses(a) == {"web": None}
    assert addresses(b) == {"web": ("../then/b/web.yaml", "10.96.0.3")}


@pytest.mark.parametrize("name", ["then", "th en!", "[then]", "then/old.yaml"])
def test_what_is_compared_with_is_no_part_of_the_set(folder: Path, name: str) -> None:
    old = Path(name) if name.endswith(".yaml") else Path(name, "old.yaml")
    old.parent.mkdir()
    old.write_text(service("web", "10.96.0.10"))
    write(new=service("web", "10.96.0.10"))

    both = cip_lint(folder, "check", "--one-cluster", ".")
    done = cip_lint(folder, "check", "--one-cluster", "--against", name, ".")

    assert "2 Services." in both.err
    assert "1 Service." in done.err
    assert done.code == 0


def test_a_folder_without_the_paths_is_trouble(folder: Path) -> None:
    write(a__web=service("web", "10.96.0.1"), b__web=service("web", "10.96.0.2"))
    Path("empty").mkdir()
    done = cip_lint(folder, "check", "--against", "empty", "a", "b")

    assert (done.code, done.out) == (2, "")
    assert done.err == "cip-lint: --against: none of a, b is in empty\n"
