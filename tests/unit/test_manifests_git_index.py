"""What git tracks is read whatever a pattern says: compared with git itself."""

from __future__ import annotations

import os
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cip_lint.manifests.discovery import discover
from cip_lint.manifests.files import DISK
from cip_lint.manifests.git_index import Tracked, paths_of

QUIET = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def git(root: Path, *words: str) -> str:
    command = ["git", "-c", "protocol.file.allow=always", *words]
    ran = subprocess.run(command, cwd=root, check=True, capture_output=True, env=QUIET)
    return ran.stdout.decode()


def plant(root: Path, *names: str) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def read(root: Path, *paths: str) -> set[str]:
    found = discover(paths or ["."], root)
    return {one.path for one in found if not one.reason}


def in_repository(root: Path, flags: Sequence[str] = ("-c",)) -> set[str]:
    listed = git(root, "ls-files", *flags, "-z", "--exclude-standard", "*.yaml")
    return set(listed.split("\0")) - {""}


def repository(root: Path, *words: str) -> Path:
    """Return a repository of which patterns name some of the files it tracks."""
    git(root, "init", "-q", *words, ".")
    long = "long/" * 818 + "x.yaml"
    assert len(long) > 4_095  # the flags of an entry hold no such length
    kept = ["out/kept.yaml", "out/in/kept.yaml", "a.secret.yaml", "out/é ü.yaml"]
    plain = ["a.yaml", "out-of/a.yaml", "x/y/z.yaml"]
    plant(root, *kept, *plain)
    git(root, "add", ".")
    git(root, "update-index", "--add", "--cacheinfo", f"100644,{'1' * 40},{long}")
    plant(root, "out/new.yaml", "out/in/new.yaml", "out/other/new.yaml")
    plant(root, "b.secret.yaml", "new.yaml", "x/.hidden/a.yaml")
    (root / ".gitignore").write_text("out/\n*.secret.yaml\n.hidden\n")
    return root


@pytest.mark.parametrize("version", [2, 3, 4])
def test_what_is_tracked_is_read_below_ignored_folders(
    tmp_path: Path, version: int
) -> None:
    root = repository(tmp_path)
    git(root, "update-index", "--index-version", str(version))
    if version == 3:
        # Only where an entry needs it is the index written so.
        plant(root, "out/meant.yaml")
        git(root, "add", "-f", "-N", "out/meant.yaml")
    index = (root / ".git/index").read_bytes()

    assert index[4:8] == struct.pack(">L", version)
    tracked = git(root, "ls-files", "-z").split("\0")[:-1]
    assert [path.decode() for path in paths_of(index) or ()] == tracked
    everything = in_repository(root, ["-c", "-o"])
    there = {path for path in everything if len(path) < 4_000}
    assert read(root) == there
    assert {"out/kept.yaml", "out/in/kept.yaml", "a.secret.yaml"} < there
    assert read(root, "out") == {path for path in there if path.startswith("out/")}
    assert read(root, "out/in") == {"out/in/kept.yaml"}


def test_names_of_objects_may_be_longer(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", ".")
    plant(tmp_path, "out/kept.yaml", "a.yaml")
    git(tmp_path, "add", ".")
    plant(tmp_path, "out/new.yaml")
    (tmp_path / ".gitignore").write_text("out\n")

    assert read(tmp_path) == {"a.yaml", "out/kept.yaml"}


def test_the_rest_of_an_ignored_folder_is_told_as_that(tmp_path: Path) -> None:
    root = repository(tmp_path)

    told = {one.path: one.reason for one in discover(["out"], root)}
    assert told == {
        "out/in/kept.yaml": "",
        "out/in/new.yaml": "ignored-by-git",
        "out/kept.yaml": "",
        "out/new.yaml": "ignored-by-git",
        "out/other/": "ignored-by-git",
        "out/é ü.yaml": "",
    }


def test_a_split_index_tells_nothing(tmp_path: Path) -> None:
    root = repository(tmp_path)
    git(root, "update-index", "--split-index")

    assert paths_of((root / ".git/index").read_bytes()) is None
    assert read(root) == {"a.yaml", "new.yaml", "out-of/a.yaml", "x/y/z.yaml"}


def test_own_excludes_count_for_what_is_not_tracked(tmp_path: Path) -> None:
    root = repository(tmp_path)
    own = root / ".git/info/exclude"
    assert own.read_text().startswith("#")
    own.write_text("# mine\n/x/\nnew.yaml\nmine.yaml\n")
    plant(root, "mine.yaml", "x/mine.yaml", "kept/mine.yaml")
    (root / "kept/.gitignore").write_text("!mine.yaml\n")

    # What is said in the tree itself counts before.
    wanted = in_repository(root, ["-c", "-o"])
    assert read(root) == {path for path in wanted if len(path) < 4_000}
    assert {"x/y/z.yaml", "kept/mine.yaml"} < read(root)
    assert not {"mine.yaml", "x/mine.yaml"} & read(root)
    assert "mine.yaml" in {one.path for one in discover(["."], root, gitignore=False)}

    # Where it is not known what is tracked, a clone may have it.
    git(root, "update-index", "--split-index")
    assert {"mine.yaml", "x/mine.yaml", "x/y/z.yaml"} < read(root)


def test_own_excludes_count_before_anything_is_tracked(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", ".")
    plant(tmp_path, "a.yaml", "b.yaml")
    (tmp_path / ".git/info/exclude").write_text("a.yaml\n")

    assert read(tmp_path) == {"b.yaml"}


def test_a_further_work_tree_has_an_index_of_its_own(tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    git(first, "init", "-q", ".")
    plant(first, "out/first.yaml", "a.yaml")
    git(first, "add", ".")
    git(first, "commit", "-q", "-m", "Begin")
    git(first, "worktree", "add", "-q", "../second")
    second = tmp_path / "second"
    plant(second, "out/second.yaml", "mine.yaml")
    git(second, "add", "out")
    plant(second, "out/new.yaml")
    (first / ".git/info/exclude").write_text("mine.yaml\n")
    for root in (first, second):
        (root / ".gitignore").write_text("out\n")

    assert (second / ".git").is_file()
    assert read(first) == {"a.yaml", "out/first.yaml"}
    assert read(second) == {"a.yaml", "out/first.yaml", "out/second.yaml"}


def test_a_submodule_is_met_though_a_pattern_names_it(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    git(tmp_path / "other", "init", "-q", ".")
    plant(tmp_path / "other", "sub.yaml", "out/kept.yaml")
    git(tmp_path / "other", "add", ".")
    git(tmp_path / "other", "commit", "-q", "-m", "Begin")
    root = tmp_path / "root"
    root.mkdir()
    git(root, "init", "-q", ".")
    git(root, "submodule", "--quiet", "add", "../other", "vendor/other")
    (root / ".gitignore").write_text("vendor/\n")
    (root / "vendor/other/.gitignore").write_text("out\nnew.yaml\n")
    plant(root, "vendor/mine.yaml", "vendor/other/out/new.yaml")

    assert read(root) == {"vendor/other/sub.yaml", "vendor/other/out/kept.yaml"}
    assert read(root, "vendor") == read(root)
    assert read(root, "vendor/other") == read(root)


def test_an_index_is_searched_before_it_is_taken_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = repository(tmp_path)
    times = []

    def counted(data: bytes) -> list[bytes] | None:
        times.append(len(data))
        return paths_of(data)

    monkeypatch.setattr("cip_lint.manifests.git_index.paths_of", counted)
    tracked = Tracked(str(root), DISK)

    assert not tracked.has_below("no")
    assert not tracked.has_file("out/new.yaml")
    assert not times
    assert tracked.has_below("out")
    assert not tracked.has_below("ut")
    for number in range(100):
        assert not tracked.has_file(f"out/{number}.yaml")
    assert tracked.has_file("out/kept.yaml")
    assert len(times) == 1


@pytest.mark.parametrize("pointer", ["gitdir: nowhere", "gitdir: ../..", "what\0", ""])
def test_a_file_that_leads_to_no_repository_tells_nothing(
    tmp_path: Path, pointer: str
) -> None:
    plant(tmp_path, "out/a.yaml", "b.yaml")
    (tmp_path / ".gitignore").write_text("out\n")
    (tmp_path / ".git").write_text(pointer)

    assert read(tmp_path) == {"b.yaml"}


def test_nobody_waits_for_a_pipe_in_the_place_of_an_index(tmp_path: Path) -> None:
    root = repository(tmp_path)
    (root / ".git/index").unlink()
    os.mkfifo(root / ".git/index")
    (root / ".git/info/exclude").unlink()
    os.mkfifo(root / ".git/info/exclude")

    assert "out/kept.yaml" not in read(root)


def entry(path: bytes, dropped: bytes = b"", *, version: int) -> bytes:
    """Return an entry of an index for a path, or for what differs in it."""
    flags = struct.pack(">H", min(len(path), 0xFFF))
    data = bytes(60) + flags + dropped + path + b"\0"
    return data if version == 4 else data + bytes(-len(data) % 8)


def index(version: int, *entries: bytes, count: int = 0, rest: bytes = b"") -> bytes:
    header = struct.pack(">4sLL", b"DIRC", version, count or len(entries))
    return header + b"".join(entries) + rest + bytes(20)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"DIRC",
        index(2).replace(b"DIRC", b"CRID"),
        index(1, entry(b"a", version=2)),
        index(5, entry(b"a", version=2)),
        index(2, entry(b"a", version=2), count=2),
        index(2, entry(b"a", version=2), count=2**32 - 1),
        index(2, entry(b"a", version=2), rest=b"TREE"),
        index(2, entry(b"a", version=2), rest=b"TREE\xff\xff\xff\xff"),
        index(2, entry(b"a", version=2), rest=b"link\0\0\0\0"),
        index(2, entry(b"", version=2)),
        index(2, entry(b"a" * 5_000, version=2)),
        index(4, entry(b"a", b"", version=4)),
        index(4, entry(b"a", b"\xff" * 1_000, version=4)),
    ],
)
def test_what_is_no_index_has_no_paths(data: bytes) -> None:
    assert paths_of(data) is None


def test_paths_that_say_little_do_not_grow_without_end() -> None:
    first = entry(b"a" * 4_000, b"\0", version=4)
    same = bytes(60) + struct.pack(">H", 4_000) + b"\0\0"
    few = index(4, first, *[same] * 1_000)
    many = index(4, first, *[same] * 50_000)

    assert paths_of(few) == [b"a" * 4_000] * 1_001
    assert paths_of(many) is None


@given(
    st.binary(max_size=200),
    st.sampled_from([2, 3, 4]),
    st.integers(0, 200),
    st.integers(0, 255),
)
def test_any_bytes_are_paths_or_none(
    noise: bytes, version: int, at: int, byte: int
) -> None:
    good = index(version, entry(b"ab", b"\0" * (version == 4), version=version))
    broken = bytearray(good)
    broken[at % len(good)] = byte
    header = struct.pack(">4sLL", b"DIRC", version, 1)
    for data in (noise, header + noise, bytes(broken), good[: at % len(good)]):
        paths = paths_of(data)
        assert paths is None or all(paths)
