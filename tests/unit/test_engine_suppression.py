"""What people chose not to see, and what becomes of these choices."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from cip_lint.cli.check import check
from cip_lint.model import Report

SERVICE = """\
apiVersion: v1
kind: Service
metadata:
  name: %(name)s
  namespace: shop
spec:
  clusterIP: 10.96.0.10%(comment)s
  ports:
    - port: 80
"""


class Told(NamedTuple):
    """The rules that are reported, and what hid the others and why."""

    rules: list[str]
    hidden: list[tuple[str, str, str]]


def told(report: Report) -> Told:
    return Told(
        [one.rule for one in report.findings if one.rule != "endpoints.none-declared"],
        [(one.finding.rule, one.by, one.reason) for one in report.suppressed],
    )


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> Told:
    monkeypatch.chdir(folder)
    return told(check([*arguments, "."]))


def colliding(folder: Path, first: str = "", second: str = "") -> None:
    """Write two Services of one address, each with a comment behind it."""
    for name, comment in (("a", first), ("b", second)):
        text = SERVICE % {"name": name, "comment": comment and f"  # {comment}"}
        (folder / f"{name}.yaml").write_text(text)


TAKEN = Told(["address.taken"], [])
HIDDEN = Told([], [("address.taken", "comment", "shared for now")])
IGNORE = "cip-lint: ignore[address.taken] shared for now"


def test_a_comment_counts_on_the_line_of_any_label(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colliding(tmp_path)
    assert run(monkeypatch, tmp_path) == TAKEN

    colliding(tmp_path, second=IGNORE)
    assert run(monkeypatch, tmp_path) == HIDDEN

    colliding(tmp_path, first=IGNORE)
    assert run(monkeypatch, tmp_path) == HIDDEN


@pytest.mark.parametrize(
    ("above", "hides"),
    [
        (f"  # {IGNORE}\n", True),
        (f"  # {IGNORE}\n  # and more words\n", True),
        (f"  # {IGNORE}\n\n", False),
        (f"  type: ClusterIP  # {IGNORE}\n", False),
    ],
)
def test_a_lone_comment_counts_for_the_line_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, above: str, hides: bool
) -> None:
    colliding(tmp_path)
    path = tmp_path / "b.yaml"
    path.write_text(path.read_text().replace("  clusterIP", f"{above}  clusterIP"))

    found = run(monkeypatch, tmp_path)

    assert found == (HIDDEN if hides else Told(["ignore.unused", "address.taken"], []))


def test_inside_a_text_it_is_no_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colliding(tmp_path)
    path = tmp_path / "b.yaml"
    path.write_text(
        path.read_text().replace(
            "metadata:\n",
            f"metadata:\n  annotations:\n    a: '# {IGNORE}'\n    b: |\n      # {IGNORE}\n",
        )
    )

    assert run(monkeypatch, tmp_path) == TAKEN


def test_a_file_may_be_ignored_before_its_first_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colliding(tmp_path)
    path = tmp_path / "a.yaml"
    text = path.read_text()
    comment = "# cip-lint: ignore-file[address.taken] shared for now\n"

    path.write_text(comment + text)
    assert run(monkeypatch, tmp_path) == HIDDEN

    path.write_text(f"{text}---\n{comment}")
    assert run(monkeypatch, tmp_path) == Told(["ignore.unused", "address.taken"], [])


def test_an_annotation_says_the_same_of_its_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colliding(tmp_path)
    path = tmp_path / "a.yaml"
    key = "ignore.cip-lint/address.taken: shared for now"
    path.write_text(
        path.read_text().replace(
            "metadata:\n", f"metadata:\n  annotations: {{{key}}}\n"
        )
    )

    assert run(monkeypatch, tmp_path) == Told(
        [], [("address.taken", "annotation", "shared for now")]
    )


@pytest.mark.parametrize(
    ("entry", "hides"),
    [
        ("{rule: address.taken, reason: why}", True),
        ("{rule: address, reason: why}", True),
        ("{rule: address.taken, paths: [b.yaml], reason: why}", True),
        ("{rule: address.taken, kind: Service, name: 'b*', reason: why}", True),
        (
            "{rule: address.taken, namespace: shop, until: 2999-01-01, reason: why}",
            True,
        ),
        ("{rule: address.taken, until: 2020-01-01, reason: why}", False),
        ("{rule: address.taken, paths: [c.yaml], reason: why}", False),
        ("{rule: address.taken, kind: Ingress, reason: why}", False),
        ("{rule: address.taken, namespace: other, reason: why}", False),
    ],
)
def test_an_entry_of_the_settings_hides_what_it_describes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, hides: bool
) -> None:
    colliding(tmp_path)
    (tmp_path / ".cip-lint.yaml").write_text(f"ignore:\n  - {entry}\n")

    found = run(monkeypatch, tmp_path)

    if hides:
        assert found == Told([], [("address.taken", "config", "why")])
    else:
        assert found == Told(["ignore.unused", "address.taken"], [])


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("cip-lint: ignore[node-port.taken] why", ["ignore.unused", "address.taken"]),
        (
            "cip-lint: ignore[address.token] why",
            ["ignore.unknown-rule", "address.taken"],
        ),
        ("cip-lint: ignore", ["ignore.unknown-rule", "address.taken"]),
        (
            "cip-lint: ignore[manifest.unreadable] why",
            ["ignore.unknown-rule", "address.taken"],
        ),
        ("cip-lint: ignore[address.taken, address.taken] why", ["ignore.unused"]),
    ],
)
def test_ignores_are_judged_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, comment: str, rules: list[str]
) -> None:
    colliding(tmp_path, second=comment)

    assert sorted(run(monkeypatch, tmp_path).rules) == sorted(rules)


def test_an_ignore_without_a_reason_is_told_in_strict_reviews(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colliding(tmp_path, second="cip-lint: ignore[address.taken]")

    usual = run(monkeypatch, tmp_path)
    strict = run(monkeypatch, tmp_path, "--profile", "strict")

    assert (usual.rules, strict.rules) == ([], ["ignore.without-reason"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--select", "node-port,ignore"),
        ("--focus",),
        ("--ignore", "address.taken"),
    ],
)
def test_what_did_not_run_everywhere_leaves_no_ignore_unused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    colliding(tmp_path)
    path = tmp_path / "a.yaml"
    comment = "cip-lint: ignore[address.taken] why"
    path.write_text(f"{path.read_text()}# {comment}\n")
    (tmp_path / "b.yaml").unlink()

    assert run(monkeypatch, tmp_path).rules == ["ignore.unused"]
    assert run(monkeypatch, tmp_path, *arguments).rules == []


def test_an_audit_sees_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colliding(tmp_path, second="cip-lint: ignore[address.taken, a.b] why")
    (tmp_path / ".cip-lint.yaml").write_text("ignore: [{rule: address.taken}]\n")

    assert run(monkeypatch, tmp_path, "--no-ignores") == TAKEN


def test_a_hidden_cause_still_hides_its_consequences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    colliding(tmp_path, second=IGNORE)
    path = tmp_path / "b.yaml"
    path.write_text(path.read_text().replace("port: 80", "port: 800000"))

    assert run(monkeypatch, tmp_path).rules == ["service.refused"]
