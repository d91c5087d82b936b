"""Which earlier object is the same one, to an API server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cip_lint.cluster import Base, Cluster, Member, default_settings, pairs, partition
from cip_lint.manifests import ReadOptions, read
from support.written import deployment, obj, service

Gather = Callable[..., tuple[Cluster, ...]]


def gatherer(root: Path) -> Gather:
    """Return what gathers files by paths that do not tell where they lie."""

    def gather(
        files: dict[str, str], paths: tuple[str, ...] = (".",)
    ) -> tuple[Cluster, ...]:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        reading = read(paths, ReadOptions(root=root, gitignore=False))
        return partition(reading, [default_settings()])

    return gather


@pytest.fixture
def gather(tmp_path: Path) -> Gather:
    return gatherer(tmp_path / "now")


@pytest.fixture
def before(tmp_path: Path) -> Gather:
    return gatherer(tmp_path / "before")


def base_of(
    now: Cluster, before: Cluster, *, live: bool = False, one_set: bool = False
) -> Base:
    return Base(
        before.members,
        "revision abc",
        present=now.members,
        live=live,
        one_set=one_set,
    )


def only(cluster: Cluster, path: str) -> Member:
    (found,) = (one for one in cluster.members if one.path == path)
    return found


def found(base: Base, member: Member) -> str | None:
    resource = base.find(member)
    return None if resource is None else resource.path


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (service("web", "app: other", ns="shop"), True),
        (service("web", ns="store"), False),
        (service("webs", ns="shop"), False),
        (deployment("web", "app: web", ns="shop"), False),
        (obj("Service", "web", ns="shop", api="serving.knative.dev/v1"), False),
    ],
)
def test_group_kind_namespace_and_name_make_an_object(
    gather: Gather, before: Gather, text: str, same: bool
) -> None:
    (now,) = gather({"a.yaml": text})
    (then,) = before({"a.yaml": service("web", "app: web", ns="shop")})

    assert found(base_of(now, then), only(now, "a.yaml")) == (
        "a.yaml" if same else None
    )


def test_another_version_of_a_group_is_the_same_object(
    gather: Gather, before: Gather
) -> None:
    (now,) = gather({"a.yaml": obj("Deployment", "web", api="apps/v1")})
    (then,) = before({"a.yaml": obj("Deployment", "web", api="apps/v1beta1")})

    assert found(base_of(now, then), only(now, "a.yaml")) == "a.yaml"


def test_no_namespace_is_default(gather: Gather, before: Gather) -> None:
    (now,) = gather({"a.yaml": service("web", ns="default")})
    (then,) = before({"a.yaml": service("web")})

    assert found(base_of(now, then), only(now, "a.yaml")) == "a.yaml"


def test_an_object_may_move_to_another_file(gather: Gather, before: Gather) -> None:
    (now,) = gather({"b.yaml": service("web", ns="shop")})
    (then,) = before({"a.yaml": service("web", ns="shop")})

    assert found(base_of(now, then), only(now, "b.yaml")) == "a.yaml"


def test_a_copy_in_a_new_file_is_no_moved_object(
    gather: Gather, before: Gather
) -> None:
    web = service("web", ns="shop")
    (now,) = gather({"a.yaml": web, "b.yaml": web})
    (then,) = before({"a.yaml": web})
    base = base_of(now, then)

    assert found(base, only(now, "a.yaml")) == "a.yaml"
    assert found(base, only(now, "b.yaml")) is None


def test_of_several_files_nobody_knows_which_one_moved(
    gather: Gather, before: Gather
) -> None:
    web = service("web", ns="shop")
    (now,) = gather({"c.yaml": web})
    (then,) = before({"a.yaml": web, "b.yaml": web})

    assert found(base_of(now, then), only(now, "c.yaml")) is None
    assert found(base_of(now, then, one_set=True), only(now, "c.yaml")) == "b.yaml"


def test_environments_do_not_inherit_from_each_other(
    gather: Gather, before: Gather
) -> None:
    (now,) = gather({"dev/web.yaml": service("web", ns="shop")})
    (then,) = before({"prod/web.yaml": service("web", ns="shop")})

    assert found(base_of(now, then), only(now, "dev/web.yaml")) is None
    assert found(base_of(now, then, live=True), only(now, "dev/web.yaml"))


def test_an_overlay_finds_its_own_files_alone(gather: Gather, before: Gather) -> None:
    files = {
        "one/kustomization.yaml": "resources: [web.yaml]\n",
        "one/web.yaml": service("web", ns="shop"),
        "two/kustomization.yaml": "resources: [web.yaml]\n",
        "two/web.yaml": service("web", ns="shop"),
    }
    (now,) = gather(files)
    del files["two/web.yaml"]
    (then,) = before(files)
    base = base_of(now, then)

    assert found(base, only(now, "one/web.yaml")) == "one/web.yaml"
    assert found(base, only(now, "two/web.yaml")) is None


def overlay(folder: str) -> dict[str, str]:
    return {
        f"{folder}/kustomization.yaml": "resources: [web.yaml]\n",
        f"{folder}/web.yaml": service("web", ns="shop"),
    }


def test_files_may_become_an_overlay_and_an_overlay_another_one(
    gather: Gather, before: Gather
) -> None:
    (then,) = before({"web.yaml": service("web", ns="shop")})
    (now,) = gather(overlay("one"))
    (later,) = before({**overlay("two"), "web.yaml": ""})

    assert found(base_of(now, then), only(now, "one/web.yaml")) == "web.yaml"
    assert found(base_of(then, now), only(then, "web.yaml")) == "one/web.yaml"
    assert found(base_of(later, now), only(later, "two/web.yaml")) == "one/web.yaml"


def test_of_two_new_overlays_nobody_knows_which_goes_on(
    gather: Gather, before: Gather
) -> None:
    (then,) = before({"web.yaml": service("web", ns="shop")})
    (now,) = gather(overlay("one") | overlay("two"))

    assert found(base_of(now, then), only(now, "one/web.yaml")) is None
    assert found(base_of(then, now), only(then, "web.yaml")) is None


def test_what_has_no_name_of_its_own_is_never_found(
    gather: Gather, before: Gather
) -> None:
    text = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: seed-}\n"
    nameless = "apiVersion: v1\nkind: Service\nmetadata: {}\n"
    (now,) = gather({"a.yaml": text, "b.yaml": nameless})
    (then,) = before({"a.yaml": text, "b.yaml": nameless})
    base = base_of(now, then)

    assert [found(base, one) for one in now.members] == [None, None]


def test_a_patch_is_no_object(gather: Gather, before: Gather) -> None:
    patch = obj("Service", "web", "spec: {$patch: delete}", ns="shop")
    (now,) = gather({"a.yaml": service("web", ns="shop")})
    (then,) = before({"a.yaml": patch})

    assert found(base_of(now, then), only(now, "a.yaml")) is None
    assert found(base_of(then, now), only(then, "a.yaml")) is None


def test_labels_name_the_earlier_file_and_keep_its_places(
    gather: Gather, before: Gather
) -> None:
    (now,) = gather({"a.yaml": service("web", "app: new", ns="shop")})
    (then,) = before({"a.yaml": "# older\n" + service("web", "app: old", ns="shop")})
    base = Base(then.members, "revision abc", printed=lambda path: f"abc:{path}")

    earlier = base.find(only(now, "a.yaml"))

    assert earlier is not None
    span = earlier.span("spec", "selector", "app")
    assert (span.source.path, span.first.line, span.text) == ("abc:a.yaml", 7, "old")


def test_clusters_are_paired_by_name_then_by_unit(
    gather: Gather, before: Gather
) -> None:
    files = {
        "a/web.yaml": service("web"),
        "b/web.yaml": service("web"),
        "c/web.yaml": service("web"),
    }
    paths = ("a", "b", "c")
    now = gather(files, paths=paths)
    one_left = before({"b/web.yaml": service("web")}, paths=("b",))

    def names(found: list[tuple[Cluster | None, Cluster | None]]) -> list[object]:
        return [tuple(one and one.name for one in pair) for pair in found]

    a, b, c = (one.name for one in now)
    assert names(pairs(now, now)) == [(a, a), (b, b), (c, c)]
    assert names(pairs(now, one_left)) == [(a, None), (b, "default"), (c, None)]
    assert names(pairs(one_left, now)) == [("default", b), (None, a), (None, c)]
