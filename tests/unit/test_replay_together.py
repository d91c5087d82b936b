"""Which Services are counted together: files of one folder that never meet."""

from __future__ import annotations

import pytest
import yaml

from cip_lint.cluster import Cluster, ServiceMember, Unit
from cip_lint.cluster.alternatives import mark
from cip_lint.model import Resource
from cip_lint.replay import ServiceTable, service_table
from cip_lint.replay.odds import together
from support.clusters import FLAG, FOLDER, NoPlaces, settings


def _table(files: dict[str, str], unit: Unit = FOLDER) -> ServiceTable:
    """Return the table of a folder; each file has Services as ``name: address``."""
    members = [
        ServiceMember(
            Resource(_service(name, address), NoPlaces(path, order)),
            unit,
            100 * order + number,
            namespace="shop",
            decided=True,
        )
        for order, (path, text) in enumerate(files.items())
        for number, (name, address) in enumerate(yaml.safe_load(text).items())
    ]
    alternatives = {FOLDER.scope: mark(members)}
    return service_table(
        Cluster(
            settings(("10.96.0.0/24",)), (unit,), members, alternatives=alternatives
        )
    )


def _service(name: str, address: str | None) -> dict[str, object]:
    spec: dict[str, object] = {"ports": [{"port": 80}]}
    if address:
        spec["clusterIP"] = address
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def _before(table: ServiceTable) -> dict[str, tuple[int, str]]:
    """Return how many requests come before each claim, and whose is the first."""
    return {
        loss.claim.member.path: (
            loss.before,
            loss.first.member.path if loss.first is not None else "",
        )
        for loss in table.losses.addresses
    }


def test_one_of_several_alternatives_is_there() -> None:
    files = {
        "m/all.yaml": "{web: , api: }",
        "m/quick.yaml": "{web: }",
        "m/zone.yaml": "{dns: 10.96.0.200}",
    }

    assert _before(_table(files)) == {"m/zone.yaml": (2, "m/all.yaml")}


def test_an_alternative_counts_what_it_has_itself() -> None:
    files = {
        "m/all.yaml": "{web: , api: }",
        "m/common.yaml": "{cache: }",
        "m/quick.yaml": "{web: , dns: 10.96.0.200}",
    }

    assert _before(_table(files)) == {"m/quick.yaml": (2, "m/common.yaml")}


def test_the_alternative_of_the_same_folder_goes_with_a_file() -> None:
    files = {
        "m/one/apps.yaml": "{web: , api: }",
        "m/one/zone.yaml": "{dns: 10.96.0.200}",
        "m/two/apps.yaml": "{web: }",
        "m/two/zone.yaml": "{dns: 10.96.0.200}",
    }

    assert _before(_table(files)) == {
        "m/one/zone.yaml": (2, "m/one/apps.yaml"),
        "m/two/zone.yaml": (1, "m/two/apps.yaml"),
    }


def test_a_service_without_a_name_is_never_another_one() -> None:
    text = "{'': , web: , dns: 10.96.0.200}"

    (counted,) = _before(_table({"m/a.yaml": text})).values()

    # One without a name is refused.
    assert counted == (1, "m/a.yaml")


def test_many_alternatives_take_no_time() -> None:
    files = {f"m/{n}.yaml": f"{{web: , own{n}: }}" for n in range(400)}
    files["m/zone.yaml"] = "{dns: 10.96.0.200}"

    table = _table(files)

    # With more files than are compared, none but those that go with everything count.
    assert _before(table) == {"m/zone.yaml": (0, "")}
    assert table.notices == (
        "401 alternatives of files not counted together in chances",
    )


def test_what_many_alternatives_share_is_looked_at_so_often_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = {"m/all.yaml": "{a: , b: , c: }"}
    files |= {f"m/{n}.yaml": f"{{web: 10.96.0.{200 + n}}}" for n in range(10)}
    every = _before(_table(files))
    monkeypatch.setattr(together, "MOST_ROWS", 4 * (4 + 11))

    table = _table(files)

    assert list(table.notices) == []
    # The first one in any case, and four more of four Services and eleven files each.
    assert _before(table) == dict(list(every.items())[:5])
    assert list(table.notices) == [
        "chances of 5 Services in further alternatives not worked out"
    ]


def test_each_folder_may_have_a_command_of_its_own() -> None:
    """``kubectl apply -f`` sends one folder, unless somebody says otherwise."""
    files = {
        "m/a/web.yaml": "{web: , api: }",
        "m/b/cache.yaml": "{cache: }",
        "m/b/zone.yaml": "{dns: 10.96.0.200}",
    }

    (assumed,) = _table(files).losses.addresses
    stated = FOLDER._replace(engine_origin=FLAG)
    (known,) = _table(files, stated).losses.addresses

    assert (assumed.before, assumed.left_out) == (1, 2)
    assert assumed.chance.words == "p >= 0.0042"
    assert (known.before, known.left_out, known.chance.words) == (3, 0, "p = 0.013")
