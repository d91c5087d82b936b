"""What a file is for: settings of a program by its name, or manifests."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.manifests import ReadOptions, read

WEB = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
SETTINGS = "namespace: shop\nhelm: {releaseName: web}\n"


@pytest.mark.parametrize(
    ("path", "text", "landmarks", "objects"),
    [
        ("app/fleet.yaml", SETTINGS, [("fleet", "app/fleet.yaml")], 0),
        ("app/fleet.yml", SETTINGS, [("fleet", "app/fleet.yml")], 0),
        ("app/fleet.yaml", "", [("fleet", "app/fleet.yaml")], 0),
        # Fleets of game servers are called so, too.
        ("app/fleet.yaml", WEB, [], 1),
        ("app/fleet.yaml", f"# all\n---\n{WEB}---\n{WEB}", [], 2),
        (".github/fleet.yaml", SETTINGS, [], 0),
        ("app/templates/fleet.yaml", SETTINGS, [("chart", "app/Chart.yaml")], 0),
    ],
)
def test_settings_of_fleet_name_no_kind(
    tmp_path: Path, path: str, text: str, landmarks: list[tuple[str, str]], objects: int
) -> None:
    files = {path: text, "web.yaml": WEB}
    if "templates" in path:
        files["app/Chart.yaml"] = "name: app\n"
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)

    reading = read(["."], ReadOptions(root=tmp_path))

    assert [(one.kind, one.path) for one in reading.landmarks] == landmarks
    assert len(reading.resources) == objects + 1


@pytest.mark.parametrize(
    "name", ["kustomization.yaml", "Chart.yaml", "fleet.yaml", "web.yaml"]
)
def test_what_awaits_envsubst_is_no_fault(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("labels: {app: ${APP:-web}}\n")
    assert not read(["."], ReadOptions(root=tmp_path)).losses

    (tmp_path / name).write_text("labels: {app: [${APP}\n# {app: ${APP}}\n\tx: 1\n")
    assert not read(["."], ReadOptions(root=tmp_path)).losses

    (tmp_path / name).write_text("labels: {app: [\n# {app: ${APP}}\n\tx: 1\n")
    assert len(read(["."], ReadOptions(root=tmp_path)).losses) == 1
