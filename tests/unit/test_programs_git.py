"""``programs.git``: what a repository is asked, and what it is not let do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cip_lint.errors import ProgramError
from cip_lint.programs import git
from support.repositories import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "work")


def test_a_folder_has_the_top_of_its_work_tree(
    repository: Repository, tmp_path: Path
) -> None:
    repository.write({"a/b/c.yaml": "x"})

    assert git.top_of(str(repository.folder / "a/b")) == str(repository.folder)
    assert git.top_of(str(tmp_path)) is None


def test_inside_the_repository_itself_there_is_no_work_tree(
    repository: Repository,
) -> None:
    with pytest.raises(ProgramError, match="must be run in a work tree"):
        git.top_of(str(repository.folder / ".git"))


def test_revisions_are_named_as_git_takes_them(repository: Repository) -> None:
    first = repository.commit({"a.yaml": "one"})
    repository.git("tag", "-a", "v1", "-m", "The first")
    repository.commit({"a.yaml": "two"})
    top = str(repository.folder)
    found = git.commit_of(top, first)

    assert found is not None
    assert git.short(top, found) == first
    for name in ("HEAD~1", "main^", "v1", "refs/tags/v1", found, "@{0}~1"):
        assert git.commit_of(top, name) == found


@pytest.mark.parametrize(
    "name",
    [
        "",
        "nowhere",
        "-h",
        "--all",
        "HEAD..HEAD",
        "HEAD:a.yaml",
        "a\nb",
        "a\0b",
        "^HEAD",
    ],
)
def test_what_means_no_commit_is_no_revision(repository: Repository, name: str) -> None:
    repository.commit({"a.yaml": "one"})

    assert git.commit_of(str(repository.folder), name) is None


def test_a_tree_lists_files_links_and_submodules(repository: Repository) -> None:
    repository.write({"a/b.yaml": "x", "tab\tand\nline.yaml": "y"})
    (repository.folder / "link").symlink_to("a/b.yaml")
    repository.commit({})
    commit = repository.git("rev-parse", "HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
    repository.git("commit", "-q", "-m", "Add a submodule")

    tree = git.tree_of(str(repository.folder), "HEAD")

    assert [(one.mode, one.path) for one in tree] == [
        ("100644", "a/b.yaml"),
        (git.LINK, "link"),
        (git.SUBMODULE, "sub"),
        ("100644", "tab\tand\nline.yaml"),
    ]


def test_objects_are_read_whole_and_missing_ones_are_told_apart(
    repository: Repository,
) -> None:
    texts = ["", "\n", "a\nb 3\n", "x" * 100_000]
    repository.commit({f"{n}.yaml": text for n, text in enumerate(texts)})
    top = str(repository.folder)
    names = [one.object for one in git.tree_of(top, "HEAD")]
    missing = "0" * 40

    sizes = git.sizes_of(top, [*names, missing])
    found = git.contents_of(top, [*names, missing])

    assert [sizes[name] for name in names] == [len(text) for text in texts]
    assert sizes[missing] is None
    assert [found[name].decode() for name in names] == texts
    assert missing not in found
    assert (git.sizes_of(top, []), git.contents_of(top, [])) == ({}, {})


def test_nothing_that_the_repository_names_is_run(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit(
        {"a.yaml": "x", ".gitattributes": "* filter=evil diff=evil\n"}, "One"
    )
    trap = tmp_path / "trap"
    told = tmp_path / "told"
    trap.write_text(f"#!/bin/sh\necho $0 $@ >> {told}\n")
    trap.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.editor",
        "core.askPass",
        "diff.external",
        "diff.evil.textconv",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "pager.ls-tree",
        "pager.cat-file",
        "pager.rev-parse",
        "uploadpack.packObjectsHook",
    ):
        repository.git("config", key, str(trap))
    hooks = repository.folder / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "post-index-change", "reference-transaction"):
        (hooks / name).write_text(trap.read_text())
        (hooks / name).chmod(0o755)
    top = str(repository.folder)

    assert git.top_of(top) == top
    commit = git.commit_of(top, "main")
    assert commit is not None
    tree = git.tree_of(top, commit)
    assert b"x" in git.contents_of(top, [one.object for one in tree]).values()
    assert git.short(top, commit)
    assert not git.is_shallow(top)
    assert not told.exists()


def test_variables_of_a_hook_do_not_lead_elsewhere(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"a.yaml": "x"})
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, "/nowhere")
    top = str(repository.folder)

    assert git.top_of(top) == top
    assert [one.path for one in git.tree_of(top, "HEAD")] == ["a.yaml"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_repository_of_somebody_else_is_read(repository: Repository) -> None:
    repository.commit({"a.yaml": "x"})
    for path in (repository.folder, *repository.folder.rglob("*")):
        os.chown(path, 12345, 12345)

    assert git.top_of(str(repository.folder)) == str(repository.folder)
    assert git.commit_of(str(repository.folder), "main") is not None


def test_a_linked_work_tree_is_one(repository: Repository, tmp_path: Path) -> None:
    first = repository.commit({"a.yaml": "x"})
    linked = str(tmp_path / "linked")
    repository.git("worktree", "add", "-q", linked, "-b", "side")
    commit = git.commit_of(linked, "main")

    assert git.top_of(linked) == linked
    assert commit is not None
    assert commit.startswith(first)


def test_a_repository_without_commits_has_no_revision(repository: Repository) -> None:
    assert git.commit_of(str(repository.folder), "HEAD") is None


def _object(repository: Repository, name: str) -> Path:
    found = repository.git("rev-parse", name)
    return repository.folder / ".git/objects" / found[:2] / found[2:]


def test_a_broken_repository_is_not_one_without_the_revision(
    repository: Repository,
) -> None:
    repository.commit({"a.yaml": "one"})
    stored = _object(repository, "HEAD")
    stored.chmod(0o644)
    stored.write_bytes(b"")

    with pytest.raises(ProgramError, match=r"^git: loose object .* is corrupt$"):
        git.commit_of(str(repository.folder), "main")


def test_outside_of_a_repository_there_are_no_revisions(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match=r"^git: not a git repository"):
        git.commit_of(str(tmp_path), "main")


def test_a_commit_that_is_not_there_is_lacking(repository: Repository) -> None:
    repository.commit({"a.yaml": "one"})
    name = repository.git("rev-parse", "HEAD")
    top = str(repository.folder)
    assert git.lacking(top, "main") is None
    assert git.lacking(top, "nowhere") is None
    assert git.lacking(top, "--all") is None

    _object(repository, "HEAD").unlink()

    assert git.commit_of(top, "main") is None
    assert git.lacking(top, "main") == name


def test_missing_objects_are_not_fetched(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"a.yaml": "x" * 100})
    repository.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repository.git(
        "clone",
        "-q",
        "--no-checkout",
        "--filter=blob:none",
        f"file://{repository.folder}",
        str(clone),
    )
    tree = git.tree_of(str(clone), "main")
    names = [one.object for one in tree]

    assert names
    for ask in (git.sizes_of, git.contents_of):
        with pytest.raises(ProgramError, match="missing from this partial clone"):
            ask(str(clone), names)


def test_a_shallow_clone_knows_that_it_is_one(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit({"a.yaml": "one"})
    repository.commit({"a.yaml": "two"})
    clone = tmp_path / "clone"
    repository.git(
        "clone", "-q", "--depth=1", f"file://{repository.folder}", str(clone)
    )

    assert git.is_shallow(str(clone))
    assert git.commit_of(str(clone), "HEAD~1") is None


def test_neither_the_index_nor_the_references_are_touched(
    repository: Repository,
) -> None:
    repository.commit({"a.yaml": "one"})
    repository.write({"a.yaml": "two"})

    def state() -> dict[str, tuple[int, bytes]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted((repository.folder / ".git").rglob("*"))
            if path.is_file()
        }

    before = state()
    top = str(repository.folder)
    commit = git.commit_of(top, "HEAD")
    assert commit is not None
    names = [one.object for one in git.tree_of(top, commit)]
    git.contents_of(top, names)

    assert state() == before
