"""What README.md and docs/ show is what the program prints; what they name can be run."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from cip_lint import __version__
from support.command import Done, cip_lint
from support.repositories import Repository

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = "\n".join(
    page.read_text(encoding="utf-8")
    for page in (README, *sorted((ROOT / "docs").glob("*.md")))
)
RELAY = """\
apiVersion: v1
kind: Service
metadata:
  name: relay
  namespace: shop
spec:
  clusterIP: 10.96.0.25
  selector:
    app.kubernetes.io/name: web
  ports:
    - port: 80
      targetPort: http
"""

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
PROGRAM = re.compile(r"(?:\.venv/bin/)?cip-lint\b(.*)")

# What belongs to the machine, not to cip-lint: run by whoever sets it up.
ENVIRONMENTAL = {
    "python3 -m venv .venv",
    ".venv/bin/pip install -q .",
    "python3 tests/check.py",
    "helm template .",
}

# How each command ends in the repository that the pages tell of.
ENDS = {
    "cip-lint manifests/": 1,
    "cip-lint table manifests/": 0,
    "cip-lint diff main manifests/": 1,
    "cip-lint plan manifests/": 1,
    "cip-lint trace shop/web http://api:8080 manifests/": 0,
    "cip-lint trace --all manifests/": 0,
    "cip-lint env deploy/web manifests/": 0,
    "cip-lint -": 1,
    "cip-lint explain address.taken": 0,
    "cip-lint rules": 0,
    "cip-lint config show": 0,
    "cip-lint init": 0,
    ".venv/bin/cip-lint examples/": 0,
}


def _fences(*kinds: str) -> list[str]:
    return [text for kind, text in FENCE.findall(PAGES) if kind in kinds]


def _spans() -> list[str]:
    """Return what stands between backticks in the prose; a table writes ``\\|``."""
    prose = FENCE.sub("", PAGES)
    return [span.replace("\\|", "|") for span in SPAN.findall(prose)]


def _commands() -> set[str]:
    """Return every command of the pages, those of a pipe or a chain apart."""
    lines = [
        line.removeprefix("$ ")
        for text in _fences("console")
        for line in text.splitlines()
        if line.startswith("$ ")
    ]
    for text in _fences("sh"):
        lines += [line for line in text.splitlines() if line and line[0] != "#"]
    lines += [span for span in _spans() if re.match(r"(cip-lint|helm) ", span)]
    return {part for line in lines for part in re.split(r" (?:&&|\|) ", line)}


def _run(command: str, folder: Path) -> Done:
    found = PROGRAM.fullmatch(command)
    assert found, f"a page names a command that is not ours: {command}"
    rendered = "---\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("manifests/**/*.yaml"))
    )
    return cip_lint(folder, *shlex.split(found[1]), stdin=rendered)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The examples as ``manifests/``, with the Service that somebody adds."""
    repository = Repository(tmp_path)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "examples" / "shop", tmp_path / "manifests" / "shop")
    shutil.copy(ROOT / "examples" / ".cip-lint.yaml", tmp_path)
    repository.commit({})
    repository.write({"manifests/shop/relay.yaml": RELAY})
    return tmp_path


def test_every_command_is_run_here_or_belongs_to_the_machine() -> None:
    assert _commands() == ENDS.keys() | ENVIRONMENTAL


@pytest.mark.parametrize("command", sorted(ENDS))
def test_every_command_ends_as_the_pages_say(command: str, repository: Path) -> None:
    if command == "cip-lint init":
        (repository / ".cip-lint.yaml").unlink()

    done = _run(command, repository)

    assert done.code == ENDS[command], done.err
    assert done.out or done.err


@pytest.mark.parametrize("block", _fences("console"))
def test_a_console_block_is_what_the_program_prints(
    block: str, repository: Path
) -> None:
    first, _, expected = block.partition("\n")

    done = _run(first.removeprefix("$ "), repository)

    assert f"{done.out}\n{done.err}" == expected


def test_the_comment_of_the_readme_hides_the_finding(repository: Path) -> None:
    (comment,) = (span for span in _spans() if span.startswith("# cip-lint: ignore"))
    relay = repository / "manifests" / "shop" / "relay.yaml"
    relay.write_text(
        RELAY.replace("10.96.0.25\n", f"10.96.0.25  {comment}\n"), encoding="utf-8"
    )

    done = _run("cip-lint manifests/", repository)

    assert (done.code, done.out) == (0, "")


def test_the_versions_of_the_readme_are_this_one() -> None:
    versions = re.findall(
        r"(?:rev: |@)v(\d+\.\d+\.\d+)", README.read_text(encoding="utf-8")
    )

    assert versions == [__version__] * 2


def test_the_settings_of_the_pages_install_a_chart_in_two_clusters(
    repository: Path,
) -> None:
    (settings,) = (text for text in _fences("yaml") if "releases:" in text)
    chart = repository / "charts" / "web"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (chart / "values-prod.yaml").write_text("{}\n")
    overlay = repository / "overlays" / "prod"
    overlay.mkdir(parents=True)
    overlay.joinpath("relay.yaml").write_text(RELAY)
    (repository / ".cip-lint.yaml").write_text(settings)

    checked = _run("cip-lint config check", repository)
    shown = _run("cip-lint config show charts overlays", repository)

    assert checked.code == 0, checked
    assert "  release of charts/web as shop in shop with charts/web/" in shown.out


def test_the_readme_fits_on_one_screen() -> None:
    lines = README.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= 72
    assert max(map(len, lines)) <= 125
