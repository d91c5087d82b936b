"""``programs.kustomize``: what a build may do, and how it says what is wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cip_lint.errors import ProgramError, RefusedError
from cip_lint.programs import kustomize
from support.programs import install

CALLS_HELM = """\
import os, subprocess, sys
(command,) = [one.partition("=")[2] for one in sys.argv if "--helm-command=" in one]
for words in WORDS:
    ran = subprocess.run([command, *words], capture_output=True, text=True)
    if ran.returncode:
        print(f"Error: {ran.stderr}: unable to run: '{command} {' '.join(words)}' with",
              file=sys.stderr)
        sys.exit(1)
    print(ran.stdout, end="")
"""
HELM = """\
import sys
if "broken" in sys.argv:
    print("Error: no such template", file=sys.stderr)
    sys.exit(3)
print("helm", *sys.argv[1:])
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = install(tmp_path / "bin", "helm", HELM)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/bin{os.pathsep}/usr/bin")
    return folder


def calling(programs: Path, *words: tuple[str, ...]) -> None:
    install(programs, "kustomize", CALLS_HELM.replace("WORDS", repr(words)))


def test_what_helm_prints_of_a_chart_is_kept(programs: Path, tmp_path: Path) -> None:
    calling(
        programs,
        ("version", "-c", "--short"),
        ("template", "shop", "/a b/web", "-f", "x"),
        ("template", "--generate-name", "/db"),
    )

    built = kustomize.build(tmp_path, {}, charts=True)

    assert built.output.decode().splitlines() == [
        "helm version -c --short",
        "helm template shop /a b/web -f x",
        "helm template --generate-name /db",
    ]
    assert [(one.folder, one.output) for one in built.charts] == [
        ("/a b/web", b"helm template shop /a b/web -f x\n"),
        ("/db", b"helm template --generate-name /db\n"),
    ]


def test_charts_are_pulled_with_the_network_alone(
    programs: Path, tmp_path: Path
) -> None:
    calling(programs, ("pull", "--untar", "web"))

    with pytest.raises(RefusedError, match=r"^charts are not pulled$"):
        kustomize.build(tmp_path, {}, charts=True)
    built = kustomize.build(tmp_path, {}, charts=True, network=True)
    assert built.output == b"helm pull --untar web\n"


def test_what_helm_says_is_told_without_what_leads_to_it(
    programs: Path, tmp_path: Path
) -> None:
    calling(programs, ("template", "broken", "/web"))
    with pytest.raises(RefusedError, match=r"^no such template$"):
        kustomize.build(tmp_path, {}, charts=True)

    calling(programs, ("version", "broken"))
    why = r"^kustomize cannot use this helm: no such template$"
    with pytest.raises(RefusedError, match=why):
        kustomize.build(tmp_path, {}, charts=True)


def test_without_charts_kustomize_knows_no_helm(programs: Path, tmp_path: Path) -> None:
    install(programs, "kustomize", "import sys\nprint(*sys.argv[1:])\n")

    words = kustomize.build(tmp_path, {}).output.decode().split()

    assert [one for one in words if one.startswith("-")] == []


def test_a_chart_cannot_be_rendered_without_helm(
    programs: Path, tmp_path: Path
) -> None:
    calling(programs)
    (programs / "helm").unlink()

    with pytest.raises(ProgramError, match="helm is not installed"):
        kustomize.build(tmp_path, {}, charts=True)


TELLS = (
    "import os\nprint(*sorted(f'{k}={v}' for k, v in os.environ.items()), sep='\\n')\n"
)


def test_a_build_gets_the_network_only_where_it_may(
    programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(programs, "kustomize", TELLS)
    for name in ("HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "mine")
    monkeypatch.setenv("SSH_AUTH_SOCK", "mine")

    def variables(*, network: bool) -> dict[str, str]:
        said = kustomize.build(tmp_path, {}, network=network).output.decode()
        return dict(line.split("=", 1) for line in said.splitlines())

    closed, opened = variables(network=False), variables(network=True)

    assert closed["GIT_ALLOW_PROTOCOL"] == "none"
    assert closed["HTTPS_PROXY"] == "http://127.0.0.1:9"
    assert opened["GIT_ALLOW_PROTOCOL"] == "http:https"
    assert [name for name, value in closed.items() if value == "mine"] == []
    mine = {name for name, value in opened.items() if value == "mine"}
    assert mine == {"HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE"}
    for one in (closed, opened):
        assert one["GIT_TERMINAL_PROMPT"] == "0"
        assert one["GIT_CONFIG_GLOBAL"] == os.devnull
        assert one["HOME"] == one["TMPDIR"] != str(Path.home())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            (
                "Error: accumulating resources: accumulation err='accumulating resources "
                "from 'https://x/b.git?ref=no': URL is a git repository': failed to run "
                "'/usr/bin/git fetch --depth=1 https://x/b.git no': fatal: couldn't find "
                "remote ref no\n: exit status 128"
            ),
            "git: couldn't find remote ref no",
        ),
        (
            (
                "Error: accumulating components: loader.New \"failed to run '/usr/bin/git "
                "fetch --depth=1 https://x/b.git HEAD': fatal: unable to access "
                "'https://x/b.git/': Could not resolve host: x\\n: exit status 128\""
            ),
            "git: unable to access 'https://x/b.git/': Could not resolve host: x",
        ),
        (
            (
                "Error: evalsymlink failure on '/tmp/h/kustomize-18/no' : lstat "
                "/tmp/h/kustomize-18/no: no such file or directory"
            ),
            "no is not there",
        ),
    ],
)
def test_what_cannot_be_fetched_is_told_without_folders_of_ours(
    programs: Path, tmp_path: Path, said: str, why: str
) -> None:
    script = f"import sys\nsys.stderr.write({said!r})\nsys.exit(1)\n"
    install(programs, "kustomize", script)

    with pytest.raises(RefusedError) as raised:
        kustomize.build(tmp_path, {}, network=True)
    assert str(raised.value) == why


def test_a_file_that_lacks_elsewhere_is_named_as_seen_from_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = tmp_path / "base" / "secret.yaml"
    said = (
        f"Error: accumulating resources: accumulation err='accumulating resources from "
        f"'secret.yaml': evalsymlink failure on '{lost}' : lstat {lost}: no such file "
        f"or directory': must build at directory"
    )
    fails = f"import sys\nprint({said!r}, file=sys.stderr)\nsys.exit(1)\n"
    monkeypatch.setenv("PATH", str(install(tmp_path / "bin", "kustomize", fails)))
    (tmp_path / "env" / "prod").mkdir(parents=True)

    with pytest.raises(
        ProgramError, match=r"^\.\./\.\./base/secret\.yaml is not there$"
    ):
        kustomize.build(tmp_path / "env" / "prod", {})
