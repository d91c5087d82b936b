"""What several builds of one base say alike is one finding."""

from __future__ import annotations

from cip_lint.engine.alike import Told, merged, with_builds, with_clusters
from cip_lint.engine.fingerprints import with_fingerprints
from cip_lint.manifests.file_reading import read_text
from cip_lint.model import (
    Build,
    Confidence,
    Finding,
    Label,
    ObjectRef,
    Resource,
    Severity,
    SourceFile,
    Span,
)

BASE = SourceFile(
    "base/web.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
)
(WEB,) = read_text(BASE, None).resources


def built(by: str, release: str = "") -> Resource:
    return Resource(WEB.body, WEB.places, (), by, WEB, release)


def said(
    message: str,
    built_by: str,
    *,
    field: str = "name",
    severity: Severity = Severity.ERROR,
    help_: str | None = None,
    release: str = "",
) -> Finding:
    builds = (Build(built_by, release),) if built_by else ()
    at = WEB.label("metadata", field)
    return Finding(
        "port.test",
        severity,
        Confidence.CERTAIN,
        message,
        at,
        help=help_,
        object=ObjectRef("v1", "Service", message, "web"),
        builds=builds,
    )


def notes(findings: list[Finding]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.message, one.notes) for one in merged(findings)]


def test_the_first_build_speaks_for_all() -> None:
    found = notes([said("in a", "a/k.yaml"), said("in b", "b/k.yaml")])

    assert found == [("in a", ("the same in 1 other build: b",))]


def test_many_builds_are_counted() -> None:
    found = notes([said("x", f"{name}/k.yaml") for name in "abcdefg"])

    assert found == [("x", ("the same in 6 other builds: b, c, d, 3 more",))]


def test_what_is_written_in_other_places_stays_apart() -> None:
    one = said("in a", "a/k.yaml")
    elsewhere = said("in b", "b/k.yaml")._replace(primary=WEB.key_label("kind"))

    assert len(merged([one, elsewhere])) == 2


def test_what_a_build_says_twice_of_one_object_stays_apart() -> None:
    web = ObjectRef("v1", "Service", "shop", "web")
    a, b = "a/k.yaml", "b/k.yaml"
    three = [said("x", a), said("y", a), said("y", b)]
    found = merged([one._replace(object=web) for one in three])

    assert [(one.message, len(one.builds)) for one in found] == [("x", 1), ("y", 2)]


def test_what_builds_say_of_one_object_is_the_same_whatever_they_call_it() -> None:
    objects = {f"{one}/k.yaml": ObjectRef("v1", "Service", one, "web") for one in "ab"}
    found = merged(
        [
            said(f"{ref} is refused: {why}", build)._replace(object=ref)
            for build, ref in objects.items()
            for why in ("x", "y")
        ]
    )

    assert [(one.message, len(one.builds)) for one in found] == [
        ("Service a/web is refused: x", 2),
        ("Service a/web is refused: y", 2),
    ]


def test_what_a_build_says_of_several_objects_is_one_line_to_edit() -> None:
    assert len(merged([said("x", "a/k.yaml"), said("y", "a/k.yaml")])) == 1


def test_objects_as_they_are_written_are_one_where_they_say_the_same() -> None:
    assert len(merged([said("x", ""), said("x", "")])) == 1
    assert len(merged([said("x", ""), said("y", "")])) == 2


def test_two_findings_of_one_build_at_one_place_are_one() -> None:
    assert notes([said("x", "a/k.yaml"), said("y", "a/k.yaml")]) == [("x", ())]


def test_the_worst_speaks_for_all() -> None:
    mild = said("in a", "a/k.yaml", severity=Severity.WARNING)

    (found,) = merged([mild, said("in b", "b/k.yaml")])

    assert (found.message, found.severity) == ("in b", Severity.ERROR)
    assert found.builds == (Build("b/k.yaml"), Build("a/k.yaml"))


def test_builds_in_which_it_is_less_bad_are_named_apart() -> None:
    levels = zip("abcd", ("warning", "error", "info", "error"), strict=True)
    group = [
        said(f"in {name}", f"{name}/k.yaml", severity=Severity(level))
        for name, level in levels
    ]
    (found,) = merged(group)

    assert found.notes == (
        "the same in 1 other build: d",
        "warning in 1 other build: a",
        "info in 1 other build: c",
    )
    # A build is named once, by the worst of what is said of it.
    twice = [*group, said("in c", "c/k.yaml")]
    assert merged(twice)[0].notes[0] == "the same in 2 other builds: d, c"


def test_of_equally_bad_ones_the_surest_speaks() -> None:
    unsure = said("in a", "a/k.yaml")._replace(confidence=Confidence.POSSIBLE)

    (found,) = merged([unsure, said("in b", "b/k.yaml")])

    assert found.message == "in b"
    assert found.notes == ("the same in 1 other build: a",)


def test_releases_of_one_chart_are_named() -> None:
    one = said("in a", "web/Chart.yaml", release="Application a of a.yaml")
    other = said("in b", "web/Chart.yaml", release="Application b of b.yaml")

    note = "the same in 1 other build: Application b of b.yaml"
    assert notes([one, other]) == [("in a", (note,))]


def test_a_help_that_is_not_that_of_all_says_whose_it_is() -> None:
    one = said("in a", "a/k.yaml", help_="write web.a")

    (same,) = merged([one, said("in b", "b/k.yaml", help_="write web.a")])
    (other,) = merged([one, said("in b", "b/k.yaml", help_="write web.b")])

    assert same.help == "write web.a"
    assert other.help == "write web.a (in a: the other builds need another)"


def told(built_by: str, help_: str | None = "write it") -> Told:
    return Told(said("x", built_by, help_=help_), built(built_by))


def test_a_shared_line_names_the_builds_that_do_not_say_so() -> None:
    objects = [built(f"{name}/k.yaml") for name in "abc"]

    (one,) = with_builds([told("b/k.yaml")], objects)

    assert one.finding.notes == ("only in b, not in a, c",)
    assert one.finding.help == "write it (for b alone)"

    both = with_builds([told("a/k.yaml"), told("b/k.yaml")], objects)

    assert both[1].finding.notes == ("only in a, b, not in c",)
    assert both[1].finding.help == "write it"


def test_a_line_that_all_builds_say_is_no_business_of_one() -> None:
    objects = [built(f"{name}/k.yaml") for name in "ab"]
    all_of_them = [told("a/k.yaml"), told("b/k.yaml")]

    assert with_builds(all_of_them, objects) == all_of_them


def test_what_one_build_says_itself_is_its_own() -> None:
    objects = [built(f"{name}/k.yaml") for name in "ab"]
    patch = Span(SourceFile("b/patch.yaml", "metadata: {name: web}\n"), 0, 8)
    one = told("b/k.yaml")
    own = one._replace(finding=one.finding._replace(primary=Label(patch)))

    assert with_builds([own], objects) == [own]


def test_a_fingerprint_stays_when_one_more_build_comes() -> None:
    before = with_fingerprints([told("b/k.yaml")])
    after = with_fingerprints([told("a/k.yaml"), told("b/k.yaml")])

    assert {one.fingerprint for one in after} == {before[0].fingerprint}


def near(finding: Finding, file: str) -> Finding:
    """Return a finding that leads to what one build has of its own."""
    own = Span(SourceFile(file, "metadata: {name: webs}\n"), 0, 8)
    return finding._replace(related=(Label(own, "the nearest name"),))


def test_the_same_words_of_one_place_are_one_whatever_else_each_build_has() -> None:
    two = [near(said("x", f"{one}/k.yaml"), f"{one}/webs.yaml") for one in "ab"]
    marked = with_fingerprints([Told(one, built(one.builds[0].path)) for one in two])
    (found,) = merged(two)

    assert [one.span.source.path for one in found.related] == [
        "a/webs.yaml",
        "b/webs.yaml",
    ]
    assert found.notes == ("the same in 1 other build: b",)
    assert marked[0].fingerprint == marked[1].fingerprint


def test_the_same_words_stay_apart_where_one_build_says_them_twice() -> None:
    two = [near(said("x", "a/k.yaml"), f"a/{one}.yaml") for one in "xy"]
    other = near(said("x", "b/k.yaml"), "a/y.yaml")

    found = merged([*two, other])
    assert [len(one.builds) for one in found] == [1, 2]


def test_what_builds_say_in_their_own_words_is_in_none_alone() -> None:
    objects = [built(f"{name}/k.yaml") for name in "abc"]
    finds = [
        Told(
            near(said(one, f"{one}/k.yaml"), f"{one}/webs.yaml"), built(f"{one}/k.yaml")
        )
        for one in "ab"
    ]

    assert [one.finding.notes for one in with_builds(finds, objects)] == [
        ("only in a, not in c",),
        ("only in b, not in c",),
    ]
    assert [one.finding.notes for one in with_builds(finds, objects[:2])] == [
        ("so in a; elsewhere in other words",),
        ("so in b; elsewhere in other words",),
    ]


def in_cluster(name: str, message: str = "x") -> Told:
    return Told(said(message, "")._replace(cluster=name), WEB)


def test_what_clusters_say_alike_of_a_file_names_them() -> None:
    finds = with_clusters(
        [in_cluster(one) for one in "abc"], [(one, [WEB]) for one in "abc"]
    )
    (found,) = merged([one.finding for one in finds])

    assert found.cluster == "a"
    assert found.notes == ("the same in 2 other clusters: b, c",)


def test_a_help_of_one_cluster_says_whose_it_is() -> None:
    a, b = (in_cluster(one).finding for one in "ab")
    same, other = a._replace(help="write it"), b._replace(help="write it")

    assert merged([same, other])[0].help == "write it"
    assert merged([same, other._replace(help="write that")])[0].help == (
        "write it (in cluster a: the other clusters need another)"
    )


def test_what_is_wrong_in_some_clusters_alone_names_them() -> None:
    clusters = [(one, [WEB]) for one in "abc"]
    (one,) = with_clusters([in_cluster("b")], clusters)
    first, _, last = with_clusters(
        [in_cluster("a"), in_cluster("b"), in_cluster("c", "y")], clusters
    )

    assert one.finding.notes == ("only in cluster b, not in a, c",)
    assert first.finding.notes == ("so in clusters a, b; elsewhere in other words",)
    assert last.finding.notes == ("so in cluster c; elsewhere in other words",)


def test_a_file_that_one_cluster_gets_needs_no_name_of_it() -> None:
    one = in_cluster("a")

    assert with_clusters([one], [("a", [WEB]), ("b", [])]) == [one]
