"""``--against``: which files an earlier state is read from, and under which names."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cip_lint.cli import against
from cip_lint.cluster import Cluster, Setting, Snapshot, default_settings, partition
from cip_lint.manifests import ReadOptions, read
from cip_lint.manifests.snapshots import snapshot_of
from support.clusters import FLAG
from support.command import cip_lint
from support.repositories import Repository


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
    found = against.find(name, paths, Path.cwd())
    found.read(paths, options).compare(clusters, settings)
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


def test_a_file_holds_what_several_clusters_are_compared_with() -> None:
    write(
        a__web=service("web", "10.96.0.11"),
        b__api=service("api", "10.96.0.12"),
        old=service("web", "10.96.0.10") + "---\n" + service("api", "10.96.0.9"),
    )
    a, b = compared("old.yaml", "a", "b")

    assert addresses(a) == {"web": ("old.yaml", "10.96.0.10")}
    assert addresses(b) == {"api": ("old.yaml", "10.96.0.9")}


LIVE = """\
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata: {name: web, namespace: shop, uid: 5f0e}
    spec: {clusterIP: 10.96.41.7, ports: [{port: 80}]}
"""


def test_what_kubectl_prints_is_a_live_state() -> None:
    write(shop__web=service("web", "10.96.0.11"), live=LIVE)
    (cluster,) = compared("live.yaml", "shop")

    assert addresses(cluster) == {"web": ("live.yaml", "10.96.41.7")}
    assert cluster.base is not None
    assert (cluster.base.words, cluster.base.live) == ("snapshot live.yaml", True)


def living(*paths: str) -> Cluster:
    """Return the cluster of some paths that a snapshot was taken of."""
    name: tuple[str, ...] = ("live.yaml",)
    snapshot = Snapshot([snapshot_of("live.yaml", LIVE.encode())])
    chosen = default_settings()._replace(snapshot=Setting(name, FLAG))
    reading = read(paths, ReadOptions(root=Path.cwd()))
    (cluster,) = partition(reading, [chosen], {name: snapshot})
    return cluster


def test_without_an_earlier_state_the_snapshot_is_one() -> None:
    write(web=service("web", "10.96.0.11"))
    cluster = living("web.yaml")

    assert addresses(cluster) == {"web": ("live.yaml", "10.96.41.7")}
    assert cluster.base is not None
    assert cluster.base.live
    assert repr(cluster.base) == "<base snapshot live.yaml>"


def test_a_snapshot_is_of_one_environment() -> None:
    write(
        dev__web=service("web", "10.96.0.11"),
        prod__api=service("web", "10.96.0.12"),
    )
    (one, other) = living(".").members
    base = living(".").base

    assert base is not None
    assert (base.find(one), base.find(other)) == (None, None)
    assert addresses(living("dev")) == {"web": ("live.yaml", "10.96.41.7")}


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
    assert done.err == "cip-lint: none of a, b is in empty\n"


@pytest.fixture
def repository(folder: Path) -> Repository:
    return Repository(folder)


def test_a_revision_is_read_from_git(repository: Repository) -> None:
    short = repository.commit({"shop/web.yaml": service("web", "10.96.0.10")})
    repository.write(
        {
            "shop/web.yaml": service("web", "10.96.0.11"),
            "shop/new.yaml": service("new", "10.96.0.12"),
        }
    )
    for name in ("HEAD", short):
        (cluster,) = compared(name, "shop")

        assert addresses(cluster) == {
            "new": None,
            "web": (f"{short}:shop/web.yaml", "10.96.0.10"),
        }

    assert cluster.base is not None
    assert cluster.base.words == f"revision {short}"
    (cluster,) = compared("HEAD", "shop")
    assert cluster.base is not None
    assert cluster.base.words == f"revision HEAD ({short})"


def test_a_report_names_what_it_was_compared_with(repository: Repository) -> None:
    short = repository.commit({"shop/web.yaml": service("web", "10.96.0.10")})
    commit = repository.git("rev-parse", "HEAD")

    def base(*arguments: str) -> object:
        done = cip_lint(repository.folder, "check", "shop", "-o", "json", *arguments)
        (cluster,) = json.loads(done.out)["clusters"]
        return cluster["base"]

    assert base() is None
    assert base("--against", "main") == {
        "words": f"revision main ({short})",
        "revision": commit,
        "live": False,
    }
    assert base("--against", "./shop") == {
        "words": "folder ./shop",
        "revision": None,
        "live": False,
    }


def test_the_work_tree_may_lie_elsewhere(
    repository: Repository, folder: Path, tmp_path: Path
) -> None:
    short = repository.commit({"a/b/web.yaml": service("web", "10.96.0.10")})
    os.chdir(folder / "a")
    (below,) = compared("HEAD", ".")
    os.chdir(tmp_path)
    (outside,) = compared("HEAD", "work/a")
    (absolute,) = compared("HEAD", str(folder / "a/b/web.yaml"))
    (tmp_path / "link").symlink_to("work/a")
    (linked,) = compared("HEAD", "link")

    expected = {"web": (f"{short}:a/b/web.yaml", "10.96.0.10")}
    for cluster in (below, outside, absolute, linked):
        assert addresses(cluster) == expected


def test_the_settings_of_today_hold_for_the_revision(
    repository: Repository, folder: Path
) -> None:
    short = repository.commit(
        {
            "shop/web.yaml": service("web", "10.96.0.10"),
            "out/web.yaml": service("web", "10.96.0.9"),
            ".gitignore": "out/\n",
        }
    )
    options = ReadOptions(root=folder, exclude=("shop/",))

    def paths(chosen: ReadOptions) -> dict[str, str]:
        found = against.find("HEAD", ["."], folder).read(["."], chosen)
        return {one.path: one.reason for one in found.reading.files}

    # A commit holds what it tracks, and so does the folder.
    assert paths(options) == {"shop/": "excluded", "out/web.yaml": ""}
    today = read(["."], options).files
    assert {one.path: one.reason for one in today} == paths(options)
    assert short


def test_a_path_that_the_revision_lacks_is_new(repository: Repository) -> None:
    repository.commit({"a/web.yaml": service("web", "10.96.0.10")})
    repository.write({"b/web.yaml": service("web", "10.96.0.10")})
    (cluster,) = compared("HEAD", "b")

    assert addresses(cluster) == {"web": None}


def test_what_cannot_be_compared_is_told(repository: Repository, folder: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    commit = repository.commit({"big.yaml": pointer})
    full = repository.git("rev-parse", commit)
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{full},sub")
    repository.git("commit", "-q", "-m", "Add a submodule")
    repository.write(
        {
            "big.yaml": service("big", "10.96.0.10"),
            "sub/x.yaml": service("x", "10.96.0.11"),
        }
    )
    found = against.find("HEAD", [".", "-"], folder)
    told = found.read([".", "-"], ReadOptions(root=folder))

    assert told.notices == (
        "1 submodule not compared",
        "1 file in Git LFS not compared",
        "standard input not compared",
    )
    assert told.hidden == ("sub", "big.yaml")

    done = cip_lint(folder, "check", "--against", "HEAD", ".")
    assert "1 submodule not compared" in done.err


def test_a_name_with_two_meanings_is_refused(
    repository: Repository, folder: Path
) -> None:
    repository.commit({"main/web.yaml": service("web", "10.96.0.10")})

    both = cip_lint(folder, "check", "--against", "main", ".")
    path = cip_lint(folder, "check", "--against", "./main", ".")
    revision = cip_lint(folder, "check", "--against", "refs/heads/main", ".")

    assert both.code == 2
    assert both.err == (
        "cip-lint: main is a revision and a path; write ./main for the path\n"
    )
    assert (path.code, revision.code) == (2, 0)


def test_trouble_with_git_is_one_clear_line(
    repository: Repository,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    repository.commit({"a/web.yaml": service("web", "10.96.0.10")})
    (tmp_path / "b").mkdir()
    (tmp_path / "b/web.yaml").write_text(service("web", "10.96.0.10"))

    def said(*arguments: str, where: Path = folder) -> str:
        done = cip_lint(where, "check", *arguments)
        assert (done.code, done.out) == (2, "")
        assert done.err.count("\n") == 1
        return done.err

    assert said("--against", "v9", "a") == (
        "cip-lint: v9 is neither a revision of the git repository nor a path\n"
    )
    assert said("--against", "-x", "a").startswith("cip-lint: -x is neither")
    assert said("--against", "v9", "b", where=tmp_path) == (
        "cip-lint: v9 is no path, and b is in no git repository\n"
    )
    assert said("--against", "HEAD", "a", str(tmp_path / "b")) == (
        f"cip-lint: {tmp_path}/b lies outside the repository {folder}\n"
    )
    assert said("--against", "HEAD", "-") == (
        "cip-lint: standard input has no revisions: name a path\n"
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    assert said("--against", "HEAD", "a") == (
        "cip-lint: HEAD is no path; git is not installed: it is in no folder of PATH\n"
    )
    done = cip_lint(folder, "check", "--against", "a", "a")
    assert done.code == 0


def test_a_shallow_clone_is_named_as_the_cause(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"a.yaml": service("web", "10.96.0.10")})
    repository.commit({"a.yaml": service("web", "10.96.0.11")})
    clone = tmp_path / "clone"
    repository.git("clone", "-q", "--depth=1", f"file://{Path.cwd()}", str(clone))

    done = cip_lint(clone, "check", "--against", "HEAD~1")

    assert done.code == 2
    assert done.err.endswith("nor a path; the clone is shallow: fetch it first\n")
