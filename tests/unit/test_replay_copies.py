"""Copies of one Service in several environments and files: each collides where it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from cip_lint.cluster import default_settings
from cip_lint.cluster.partitioning import partition
from cip_lint.manifests import ReadOptions, read
from cip_lint.replay import ServiceTable, service_table

ADDRESS = "clusterIP: 10.96.0.21, ports: [{port: 80}]"
NODE_PORT = "type: NodePort, ports: [{port: 80, nodePort: 30080}]"


def service(name: str, spec: str, namespace: str = "") -> str:
    """Return a Service as a document."""
    where = f", namespace: {namespace}" if namespace else ""
    return (
        "---\napiVersion: v1\nkind: Service\n"
        f"metadata: {{name: {name}{where}}}\nspec: {{{spec}}}\n"
    )


def table_of(root: Path, files: dict[str, str]) -> ServiceTable:
    """Return the table of a folder with some files."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    reading = read(["."], ReadOptions(root=root))
    (cluster,) = partition(reading, [default_settings()])
    return service_table(cluster)


def collisions(table: ServiceTable) -> list[list[str]]:
    """Return the files of the claims that collide."""
    found = [
        [one.member.path for one in claims] for _, claims in table.address_collisions
    ]
    found += [
        [one.member.path for one in claims] for _, claims in table.node_port_collisions
    ]
    return sorted(map(sorted, found))


@pytest.mark.parametrize("spec", [ADDRESS, NODE_PORT])
def test_a_copy_in_another_environment_hides_no_collision(
    tmp_path: Path, spec: str
) -> None:
    files = {
        "envs/dev/web/s.yaml": service("web", spec),
        "envs/prod/web/s.yaml": service("web", spec),
        "envs/prod/db/s.yaml": service("db", spec),
    }
    table = table_of(tmp_path, files)

    assert collisions(table) == [["envs/prod/db/s.yaml", "envs/prod/web/s.yaml"]]


def test_each_environment_with_a_collision_is_told(tmp_path: Path) -> None:
    files = {
        f"{stage}/{name}.yaml": service(name, ADDRESS)
        for stage in ("dev", "prod")
        for name in ("web", "db")
    }
    table = table_of(tmp_path, files)

    assert collisions(table) == [
        ["dev/db.yaml", "dev/web.yaml"],
        ["prod/db.yaml", "prod/web.yaml"],
    ]
    assert not table.notices


def test_copies_of_one_object_are_neither_compared_nor_counted(tmp_path: Path) -> None:
    files = {
        "web.yaml": service("web", ADDRESS, "shop"),
        "dev/web.yaml": service("web", ADDRESS, "shop"),
        "prod/web.yaml": service("web", ADDRESS),
    }
    table = table_of(tmp_path, files)

    assert (collisions(table), table.notices) == ([], ())


def test_what_goes_with_everything_collides_beside_its_copies(tmp_path: Path) -> None:
    files = {
        "dev/web.yaml": service("web", ADDRESS, "shop"),
        "base/web.yaml": service("web", ADDRESS, "shop"),
        "prod/db.yaml": service("db", ADDRESS, "shop"),
    }

    assert collisions(table_of(tmp_path, files)) == [["base/web.yaml", "prod/db.yaml"]]


def test_a_copy_in_another_alternative_hides_no_collision(tmp_path: Path) -> None:
    files = {
        "all-in-one.yaml": service("web", ADDRESS, "shop"),
        "quickstart.yaml": service("web", ADDRESS, "shop")
        + service("db", ADDRESS, "shop"),
    }

    assert collisions(table_of(tmp_path, files)) == [
        ["quickstart.yaml", "quickstart.yaml"]
    ]
