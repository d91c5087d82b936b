"""``cip-lint diff``: whole command lines against repositories, folders and files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command import Done, cip_lint
from support.repositories import Repository

WEB = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  clusterIP: 10.96.0.10
  ports: [{port: 80}]
"""
MOVED = WEB.replace("10.96.0.10", "10.96.0.11")
NODE_PORT = WEB.replace("spec:\n", "spec:\n  type: NodePort\n")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"shop/web.yaml": WEB, "shop/pod.yaml": "kind: Pod\napiVersion: v1\n"})
    return made


def diff(repository: Repository, *arguments: str, stdin: str = "") -> Done:
    done = cip_lint(repository.folder, "diff", *arguments, stdin=stdin)
    assert "Traceback" not in done.out + done.err
    assert "fault of cip-lint" not in done.err
    return done


def test_the_same_state_has_no_difference(repository: Repository) -> None:
    short = repository.git("rev-parse", "--short", "HEAD")
    done = diff(repository, "main")

    assert (done.code, done.out) == (0, "")
    assert done.err == (
        f"Services: 1 as before; compared with revision main ({short}).\n"
    )


def test_a_refused_change_ends_with_one(repository: Repository) -> None:
    repository.write({"shop/web.yaml": MOVED})
    done = diff(repository, "main", "shop")

    assert done.code == 1
    assert done.out == """\
! shop/web  changed, refused  shop/web.yaml:2
    clusterIP  10.96.0.10 -> 10.96.0.11
    server     spec.clusterIPs[0]: Invalid value: ["10.96.0.11"]: may not change once set
"""  # fmt: skip
    assert "1 changed; 1 would be refused; compared with" in done.err


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (WEB, (0, 0, 0, 0)),
        (NODE_PORT, (0, 0, 1, 0)),
        (WEB.replace("  clusterIP: 10.96.0.10\n", ""), (0, 1, 1, 0)),
        (MOVED, (1, 1, 1, 0)),
    ],
)
def test_the_exit_code_is_chosen(
    repository: Repository, text: str, codes: tuple[int, ...]
) -> None:
    repository.write({"shop/web.yaml": text})
    levels = ("error", "warning", "info", "never")

    found = [diff(repository, "main", "--fail-on", level).code for level in levels]

    assert tuple(found) == codes


def test_formats_go_where_they_are_sent(repository: Repository) -> None:
    repository.write({"shop/web.yaml": NODE_PORT})
    done = diff(repository, "main", "-q", "-o", "json", "-o", "markdown=comment.md")
    comment = (repository.folder / "comment.md").read_text(encoding="utf-8")
    document = json.loads(done.out)

    assert (done.code, done.err) == (0, "")
    assert document["summary"]["changed"] == 1
    assert document["base"]["revision"] == repository.git("rev-parse", "HEAD")
    assert comment.startswith("## cip-lint: Services: 1 changed\n")


def test_everything_may_be_gone(repository: Repository) -> None:
    repository.write({"shop/web.yaml": None})
    done = diff(repository, "main", "shop")

    assert done.code == 0
    assert done.out.startswith("- shop/web  ")
    assert "10.96.0.10  once Service shop/web is deleted" in done.out


def test_a_folder_and_standard_input_are_compared(repository: Repository) -> None:
    repository.write({"old/web.yaml": WEB, "new/web.yaml": NODE_PORT})
    folders = diff(repository, "old", "new")
    piped = diff(repository, "old/web.yaml", "-", stdin=NODE_PORT)

    for done in (folders, piped):
        assert "type      ClusterIP -> NodePort" in done.out
    assert folders.err.endswith("compared with folder old.\n")
    assert piped.err.endswith("compared with file old/web.yaml.\n")


def test_what_lives_is_compared_with_the_files(repository: Repository) -> None:
    item = WEB.replace("{name: web,", "{uid: 5f0e, name: web,").replace("\n", "\n    ")
    live = f"apiVersion: v1\nkind: List\nitems:\n  - {item}\n"
    repository.write({"live.yaml": live, "shop/web.yaml": MOVED})
    done = diff(repository, "live.yaml", "shop")

    assert done.code == 1
    assert done.err.endswith("compared with snapshot live.yaml.\n")


def test_one_of_several_clusters_is_compared(repository: Repository) -> None:
    repository.commit(
        {
            "dev/web.yaml": WEB,
            ".cip-lint.yaml": "version: 1\nclusters:\n"
            "  prod: {paths: [shop]}\n  dev: {paths: [dev]}\n",
        }
    )
    repository.write({"dev/web.yaml": MOVED, "shop/web.yaml": NODE_PORT})
    both = diff(repository, "main")
    prod = diff(repository, "main", "--cluster", "prod")

    assert "cluster dev: " in both.out
    assert "cluster prod: " in both.out
    assert prod.out.startswith("~ shop/web  shop/web.yaml:2\n")
    assert (both.code, prod.code) == (1, 0)


def test_the_settings_must_be_right(repository: Repository) -> None:
    repository.write({".cip-lint.yaml": "version: 1\nnope: 1\n"})
    done = diff(repository, "main")

    assert (done.code, done.out) == (2, "")
    assert "nope" in done.err


def test_the_order_of_files_and_processes_does_not_matter(
    repository: Repository,
) -> None:
    names = [f"shop/{name}.yaml" for name in "cab"]
    repository.commit({name: WEB.replace("web", name[5]) for name in names})
    repository.write({name: MOVED.replace("web", name[5]) for name in reversed(names)})

    assert diff(repository, "main", "--jobs", "2") == diff(repository, "main")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'REV|PATH|FILE'"),
        (["v9"], "v9 is neither a revision of the git repository nor a path"),
        ([""], "the earlier state to compare with has an empty name"),
        (["main", "nowhere"], "nowhere: no such file or folder"),
        (["main", "-o", "html"], "--output: html is no format here"),
        (["main", "-o", "text", "-o", "json"], "both go to standard output"),
        (["main", "--fail-on", "often"], "'often' is not one of"),
        (["main", "--cluster", "x"], "--cluster: there is no cluster x"),
        (["main", "--config", "x.yaml"], "x.yaml: no such file"),
        (["--", "-x"], "-x is neither a revision of the git repository nor a path"),
    ],
)
def test_trouble_is_one_clear_message(
    repository: Repository, arguments: list[str], message: str
) -> None:
    done = diff(repository, *arguments)

    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_repository_without_manifests_has_nothing_to_compare(
    tmp_path: Path,
) -> None:
    empty = Repository(tmp_path / "work")
    empty.commit({"a.txt": "x"})
    done = diff(empty, "main")

    assert diff(empty, "main", "--allow-empty").err.startswith("no Services; ")
    assert done.code == 2
    assert "nothing to compare: no manifest here, and none in revision main" in done.err
