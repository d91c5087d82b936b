"""Paths of other repositories are not taken for those of the one that was read."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from cip_lint.model import Resource
from cip_lint.render.gitops.remotes import is_anothers, remotes_of
from cip_lint.render.gitops.repository_paths import named_as_read
from cip_lint.render.surroundings.place import Place
from support.clusters import NoPlaces

OWN = "https://github.com/acme/fleet"
CONFIG = """\
[core]
\turl = https://github.com/no/remote
[remote "origin"]
\tfetch = +refs/heads/*:refs/remotes/origin/*
\turl = git@github.com:acme/fleet.git
[Remote "other"]
\tURL = "https://git.acme.io/ops/clusters"  # a mirror
[branch "main"]
\turl = https://github.com/no/branch
"""


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("https://github.com/acme/fleet", False),
        ("https://user:secret@GitHub.com:443/Acme/Fleet.git/", False),
        ("ssh://git@github.com/acme/fleet.git", False),
        ("git@github.com:acme/fleet", False),
        ("https://github.com/fork/fleet", False),
        ("https://mirror.acme.io/a/b/fleet", False),
        ("https://github.com/vendor/app", True),
        ("git@github.com:vendor/app.git", True),
        ("https://github.com/acme/other", True),
        ("oci://ghcr.io/vendor/app", True),
        ("oci://ghcr.io/acme/manifests", False),
        ("https://github.com/{{owner}}/app", False),
        ("https://github.com/<owner>/app", False),
        ("https://github.com/YOUR-NAME/app", False),
        ("https://git.example.com/vendor/app", False),
        ("/srv/git/app", False),
        ("../app", False),
        ("app", False),
        ("", False),
    ],
)
def test_another_name_is_another_repository(address: str, other: bool) -> None:
    assert is_anothers(address, [OWN]) is other


@pytest.mark.parametrize("remotes", [[], ["/srv/git/fleet"], ["../up"], [""]])
def test_without_a_remote_nothing_is_anothers(remotes: list[str]) -> None:
    assert not is_anothers("https://github.com/vendor/app", remotes)


def test_remotes_are_those_of_the_settings_of_git(tmp_path: Path) -> None:
    assert remotes_of(tmp_path) == ()
    (tmp_path / ".git").write_text("gitdir: elsewhere")
    assert remotes_of(tmp_path) == ()
    (tmp_path / ".git").unlink()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/config").write_text(CONFIG, encoding="utf-8")
    assert remotes_of(tmp_path) == (
        "git@github.com:acme/fleet.git",
        "https://git.acme.io/ops/clusters",
    )


def written(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["{0}/main/.git/worktrees/w", "../main/.git/worktrees/w"]
)
def test_a_worktree_has_the_remotes_of_its_repository(
    tmp_path: Path, name: str
) -> None:
    written(tmp_path, "w/.git", f"gitdir: {name.format(tmp_path)}\n")
    written(tmp_path, "main/.git/worktrees/w/commondir", "../..\n")
    written(tmp_path, "main/.git/config", CONFIG)

    assert len(remotes_of(tmp_path / "w")) == 2


def test_a_submodule_has_remotes_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, "sub/.git", "gitdir: ../.git/modules/sub\n")
    written(tmp_path, ".git/modules/sub/config", CONFIG)
    written(tmp_path, ".git/config", "")

    assert remotes_of(tmp_path) == ()
    assert len(remotes_of(tmp_path / "sub")) == 2


def test_a_worktree_is_known_as_git_makes_it(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    who = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    for command in (
        ("init", "-q", str(main)),
        ("-C", str(main), "remote", "add", "origin", OWN),
        ("-C", str(main), *who, "commit", "-q", "--allow-empty", "-m", "a"),
        ("-C", str(main), "worktree", "add", "-q", "--detach", str(tree)),
    ):
        subprocess.run(("git", *command), check=True, capture_output=True)

    assert remotes_of(tree) == remotes_of(main) == (OWN,)


@pytest.mark.parametrize(
    "said",
    [
        "gitdir: ../link",
        "gitdir: ../link/x",
        "gitdir: /proc/self/cwd/../real",
        "gitdir: ../real/config",
        "gitdir: ../real\0",
        "gitdir: " + "../" * 9000 + "real",
        "gitdir:",
        "real",
        "",
    ],
)
def test_odd_names_of_folders_of_git_lead_nowhere(tmp_path: Path, said: str) -> None:
    written(tmp_path, "real/config", CONFIG)
    written(tmp_path, "real/x/config", CONFIG)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    written(tmp_path, "w/.git", said)

    assert remotes_of(tmp_path / "w") == ()


def test_another_file_system_is_not_entered(tmp_path: Path) -> None:
    other = Path("/dev/shm")
    if not other.is_dir() or other.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other file system")
    with tempfile.TemporaryDirectory(dir=other) as folder:
        written(Path(folder), "config", CONFIG)
        written(tmp_path, ".git", f"gitdir: {folder}")

        assert remotes_of(tmp_path) == ()


@pytest.mark.parametrize("name", [".git", "real/commondir", "real/config"])
def test_a_pipe_in_the_place_of_a_file_of_git_is_not_waited_for(
    tmp_path: Path, name: str
) -> None:
    written(tmp_path, ".git", "gitdir: real")
    written(tmp_path, "real/config", CONFIG)
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)

    remotes = remotes_of(tmp_path)
    assert remotes == () or name == "real/commondir"


def resource(api: str, kind: str, spec: Any) -> Resource:
    metadata = {"name": "x", "namespace": "n"}
    body = {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}
    return Resource(body, NoPlaces("clusters/x.yaml", 0))


ARGO, FLUX = "argoproj.io/v1alpha1", "kustomize.toolkit.fluxcd.io/v1"
SOURCE = "source.toolkit.fluxcd.io/v1"
VENDOR = "https://github.com/vendor/app"


def paths(folder: Path, *resources: Resource) -> str:
    """Return what is said of the first object where all of them lie in a repository."""
    (folder / ".git").mkdir()
    (folder / ".git/config").write_text(CONFIG, encoding="utf-8")
    return json.dumps(named_as_read(resources, Place(folder, folder))[0].get("spec"))


def test_sources_of_applications_are_told_apart(tmp_path: Path) -> None:
    sources = [
        {"repoURL": VENDOR, "path": "deploy"},
        {"repoURL": OWN, "path": "own"},
        {"repoURL": VENDOR, "ref": "values"},
        {"repoURL": 5, "path": ["x"]},
        "none",
    ]
    said = paths(tmp_path, resource(ARGO, "Application", {"sources": sources}))

    assert f'"{VENDOR}//deploy"' in said
    assert '"path": "own"' in said


def test_a_set_names_folders_of_its_template(tmp_path: Path) -> None:
    source = {"source": {"repoURL": VENDOR, "path": "deploy"}}
    one = resource(ARGO, "ApplicationSet", {"template": {"spec": source}})

    assert f'"{VENDOR}//deploy"' in paths(tmp_path, one)


@pytest.mark.parametrize(
    ("kind", "address", "other"),
    [
        ("GitRepository", VENDOR, True),
        ("GitRepository", OWN, False),
        ("OCIRepository", "oci://ghcr.io/vendor/app", True),
        ("Bucket", VENDOR, False),
    ],
)
@pytest.mark.parametrize("field", ["path", "chart"])
def test_flux_reads_the_source_that_it_names(
    tmp_path: Path, kind: str, address: str, other: bool, field: str
) -> None:
    said = {"sourceRef": {"kind": kind, "name": "x"}, field: "./deploy"}
    spec, api, sender = (
        (said, FLUX, "Kustomization")
        if field == "path"
        else (
            {"chart": {"spec": said}},
            "helm.toolkit.fluxcd.io/v2",
            "HelmRelease",
        )
    )
    source = resource(SOURCE, kind, {"url": address})
    found = paths(tmp_path, resource(api, sender, spec), source)

    assert (f'"{address}//deploy"' in found) is other
    assert ('"./deploy"' in found) is not other


def test_a_pipe_in_the_place_of_the_settings_of_git_is_not_waited_for(
    tmp_path: Path,
) -> None:
    (tmp_path / ".git").mkdir()
    os.mkfifo(tmp_path / ".git" / "config")

    assert remotes_of(tmp_path) == ()
