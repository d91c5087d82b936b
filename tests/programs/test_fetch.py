"""Programs are taken out of a wheel if they are the known ones, and not otherwise."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from programs.fetch import NEWEST, RELEASES, FetchError, Program, Release, fetch, take

HELM, KUBECTL = b"#!helm\n", b"#!kubectl, longer\n"
RELEASE = Release(
    "1.0",
    (
        Program("helm", len(HELM), hashlib.sha256(HELM).hexdigest()),
        Program("kubectl", len(KUBECTL)),
    ),
)


def wheel(folder: Path, helm: bytes = HELM, layer: str = "layer") -> Path:
    """Return a wheel that holds an archive that holds an archive of programs."""
    programs = io.BytesIO()
    with zipfile.ZipFile(programs, "w") as packed:
        packed.writestr("helm/", b"")
        packed.writestr("helm/helm", helm)
        packed.writestr("kubectl/kubectl", KUBECTL)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as outer:
        member = tarfile.TarInfo(f"package/lib/{layer}.zip")
        member.size = len(programs.getvalue())
        outer.addfile(member, io.BytesIO(programs.getvalue()))
    made = folder / "layer-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as outermost:
        outermost.writestr("layer/_jsii/layer@1.0.jsii.tgz", archive.getvalue())
    return made


def test_known_programs_are_taken_and_can_be_run(tmp_path: Path) -> None:
    take(wheel(tmp_path), RELEASE, tmp_path / "bin")

    found = {one.name: one.read_bytes() for one in (tmp_path / "bin").iterdir()}
    assert found == {"helm": HELM, "kubectl": KUBECTL}
    assert all(one.stat().st_mode & 0o111 for one in (tmp_path / "bin").iterdir())


@pytest.mark.parametrize(
    "helm", [HELM.upper(), HELM + b"\n"], ids=["other bytes", "other size"]
)
def test_of_a_wheel_with_another_program_nothing_is_taken(
    helm: bytes, tmp_path: Path
) -> None:
    with pytest.raises(FetchError, match=r"helm of layer-1\.0.* is not the known one"):
        take(wheel(tmp_path, helm), RELEASE, tmp_path / "bin")

    assert not (tmp_path / "bin").exists()


def test_a_wheel_of_another_build_is_named(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"layer-1\.0.* is not built as expected"):
        take(wheel(tmp_path, layer="other"), RELEASE, tmp_path / "bin")


def test_what_is_there_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RELEASES, "v1", RELEASE)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    take(wheel(tmp_path), RELEASE, tmp_path / "bin")

    fetch(tmp_path / "bin", "v1")


def test_what_no_index_has_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")

    with pytest.raises(FetchError, match=NEWEST):
        fetch(tmp_path / "bin")

    assert not (tmp_path / "bin").exists()
