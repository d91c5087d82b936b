"""Who states a setting, and who wins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cip_lint.config import (
    Given,
    Settings,
    Stated,
    load,
    missing_plugin,
    require_cluster,
)
from cip_lint.errors import CipLintError, ConfigError, InputError, UsageError
from cip_lint.git_patterns import Patterns
from cip_lint.kube.version import Version
from cip_lint.model import Finding, Origin, OriginKind, Severity
from cip_lint.plugins import Plugins


class Presets(Plugins):
    """Plugins that bring presets alone."""

    def __init__(self, **presets: dict[str, Any]) -> None:
        super().__init__(())
        self._presets = presets

    def presets(self) -> dict[str, dict[str, Any]]:
        """Return what was given."""
        return self._presets


def settings(
    folder: Path, text: str, given: Given | None = None, **presets: dict[str, Any]
) -> Settings:
    """Return the settings of a file of this text."""
    (folder / ".cip-lint.yaml").write_text(text)
    return load(given or {}, Presets(**presets), folder=folder)


def flag(name: str, value: object) -> Stated:
    return Stated(value, Origin(OriginKind.FLAG, name))


def variable(name: str, value: object) -> Stated:
    return Stated(value, Origin(OriginKind.ENVIRONMENT, name))


def told(findings: tuple[Finding, ...]) -> list[tuple[str, int, str, str | None]]:
    return [
        (str(one.severity), one.primary.span.first.line, one.message, one.help)
        for one in findings
    ]


def test_without_anything_stated_the_usual_values_are_assumed(tmp_path: Path) -> None:
    (cluster,) = load({}, Presets(), folder=tmp_path).clusters

    assert (cluster.name, cluster.service_cidrs.value) == ("default", ("10.96.0.0/16",))
    assert (str(cluster.service_cidrs.origin), cluster.service_cidrs.stated) == (
        "assumed",
        False,
    )


def test_a_file_states_values_with_their_lines(tmp_path: Path) -> None:
    (cluster,) = settings(
        tmp_path,
        "cluster:\n"
        "  serviceCIDRs: [10.0.0.0/16, 'fd00::/112']\n"
        "  nodePortRange: 30000-30100\n"
        "  kubernetesVersion: 1.30\n"
        "  clusterDomain: corp.example.\n"
        "  complete: [shop]\n",
    ).clusters

    assert [
        (one.value, str(one.origin))
        for one in (
            cluster.service_cidrs,
            cluster.families,
            cluster.node_port_range,
            cluster.kubernetes_version,
            cluster.cluster_domain,
            cluster.complete,
        )
    ] == [
        (("10.0.0.0/16", "fd00::/112"), ".cip-lint.yaml:2"),
        (("IPv4", "IPv6"), ".cip-lint.yaml:2"),
        ((30000, 30100), ".cip-lint.yaml:3"),
        (Version(1, 30), ".cip-lint.yaml:4"),
        ("corp.example", ".cip-lint.yaml:5"),
        (("shop",), ".cip-lint.yaml:6"),
    ]


FILE = "extends: ours\ncluster: {namespace: file}\n"
PRESET = {"cluster": {"namespace": "preset", "engine": "helm"}, "profile": "strict"}


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        (FILE, {"namespace": flag("--namespace", "flag")}, ("flag", "--namespace")),
        (
            FILE,
            {"namespace": variable("CIP_LINT_NAMESPACE", "env")},
            ("env", "CIP_LINT_NAMESPACE"),
        ),
        (FILE, {}, ("file", ".cip-lint.yaml:2")),
        ("extends: ours\n", {}, ("preset", "preset ours")),
        ("version: 1\n", {}, (None, "default")),
    ],
)
def test_the_strongest_party_wins(
    tmp_path: Path, text: str, given: Given, expected: tuple[str | None, str]
) -> None:
    (cluster,) = settings(tmp_path, text, given, ours=PRESET).clusters

    assert (cluster.namespace.value, str(cluster.namespace.origin)) == expected


def test_what_a_preset_says_beside_the_file_holds(tmp_path: Path) -> None:
    found = settings(tmp_path, FILE, ours=PRESET)

    assert (found.clusters[0].engine.value, found.profile) == ("helm", "strict")


def test_a_distribution_states_its_ranges_unless_somebody_else_does(
    tmp_path: Path,
) -> None:
    (usual,) = settings(tmp_path, "cluster: {distribution: k3s}\n").clusters
    (own,) = settings(
        tmp_path, "cluster: {distribution: k3s, serviceCIDRs: [10.1.0.0/16]}\n"
    ).clusters

    assert (usual.service_cidrs.value, str(usual.service_cidrs.origin)) == (
        ("10.43.0.0/16",),
        "preset k3s",
    )
    assert own.service_cidrs.value == ("10.1.0.0/16",)
    assert [
        (one.value, str(one.origin))
        for one in (usual.node_port_range, usual.cluster_domain, usual.dns_address)
    ] == [
        ((30000, 32767), "preset k3s"),
        ("cluster.local", "preset k3s"),
        ("10.43.0.10", "preset k3s"),
    ]
    assert own.dns_address.value == "10.1.0.10"
    assert usual.facts().node_port_range is None


def test_a_distribution_has_ranges_of_the_stated_families(tmp_path: Path) -> None:
    (dual,) = settings(
        tmp_path, "cluster: {distribution: kind, families: [IPv6, IPv4]}\n"
    ).clusters

    assert dual.service_cidrs.value == ("fd00:10:96::/112", "10.96.0.0/16")
    assert dual.families.value == ("IPv6", "IPv4")
    assert dual.dns_address.value == "fd00:10:96::a"


def test_a_file_extends_others_and_wins_over_them(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        "profile: strict\nexclude: [vendor/]\nseverity: {address: info}\n"
    )

    found = settings(
        tmp_path,
        "extends: base.yaml\nexclude: [old/]\nprofile: mesh\n"
        "severity: {address.taken: error}\n",
    )

    assert (found.profile, found.exclude) == ("mesh", ("vendor/", "old/"))
    assert [(one.rule.text, one.severity) for one in found.severities] == [
        ("address", Severity.INFO),
        ("address.taken", Severity.ERROR),
    ]


def test_each_of_several_clusters_has_its_own_values(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        "clusters:\n"
        "  east: {serviceCIDRs: [10.1.0.0/16], paths: [east]}\n"
        "  west: {serviceCIDRs: [10.2.0.0/16], paths: [west/]}\n",
    )

    assert [
        (one.name, one.service_cidrs.value, one.paths) for one in found.clusters
    ] == [
        ("east", ("10.1.0.0/16",), ("east",)),
        ("west", ("10.2.0.0/16",), ("west",)),
    ]
    require_cluster(found, "west")
    with pytest.raises(UsageError, match="no cluster wset; the nearest is west"):
        require_cluster(found, "wset")


def test_overrides_hold_for_their_paths_alone(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        "overrides:\n"
        "  - {paths: [apps/], namespace: apps}\n"
        "  - paths: ['apps/shop/**']\n"
        "    namespace: shop\n"
        "    complete: true\n"
        "    ignore: [address.taken]\n",
    )
    (cluster,) = found.clusters

    assert [
        cluster.namespace_for(path).value
        for path in ("a.yaml", "apps/a.yaml", "apps/shop/a.yaml")
    ] == [None, "apps", "shop"]
    assert [
        cluster.completeness_for(path).value
        for path in ("apps/a.yaml", "apps/shop/b.yaml")
    ] == [False, True]
    (entry,) = found.severities
    assert entry.matches is not None
    assert (entry.rule.text, entry.severity, entry.matches("apps/shop/a.yaml")) == (
        "address.taken",
        None,
        True,
    )


def test_a_path_has_a_namespace_and_an_engine_in_one_cluster_alone(
    tmp_path: Path,
) -> None:
    text = """\
overrides: [{paths: [apps/], namespace: shared}]
clusters:
  red:
    namespace: other
    paths:
    - base
    - {path: apps/web, namespace: red, engine: argocd}
  blue:
    paths: [apps/web]
"""
    red, blue = settings(tmp_path, text).clusters

    assert red.paths == ("base", "apps/web")
    assert red.namespace_for("apps/web/x.yaml").value == "red"
    assert str(red.namespace_for("apps/web/x.yaml").origin) == ".cip-lint.yaml:7"
    assert red.engine_for("apps/web/x.yaml").value == "argocd"
    assert red.namespace_for("apps/api/x.yaml").value == "shared"
    assert red.namespace_for("base/x.yaml").value == "other"
    assert blue.namespace_for("apps/web/x.yaml").value == "shared"
    assert blue.engine_for("apps/web/x.yaml").value is None


def test_what_exists_outside_is_gathered_from_all_files(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(
        "external: {services: [{namespace: shop, name: 'pay*'}]}\n"
    )

    (cluster,) = settings(
        tmp_path,
        "extends: base.yaml\n"
        "external:\n"
        "  workloads: [{namespace: monitoring}]\n"
        "  runTimeLabels: [acme.io/leader]\n",
    ).clusters

    external = cluster.external
    assert [
        external.has_service("shop", "payments"),
        external.has_service("other", "payments"),
        external.covers_workloads("monitoring", {"app": "x"}),
        external.covers_workloads("shop", {"app": "x"}),
        external.is_run_time_label("acme.io/leader"),
    ] == [True, False, True, False, True]


def test_paths_and_patterns_start_at_the_file_wherever_the_command_runs(
    tmp_path: Path,
) -> None:
    (tmp_path / ".cip-lint.yaml").write_text(
        "paths: [deploy]\nexclude: [deploy/old, '*.tmpl']\n"
        "overrides: [{paths: [deploy/shop/], namespace: shop}]\n"
    )
    folder = tmp_path / "deploy"
    folder.mkdir()

    found = load({}, Presets(), folder=folder)

    assert (found.file, found.paths, found.exclude) == (
        "../.cip-lint.yaml",
        (".",),
        ("/old", "*.tmpl"),
    )
    assert found.clusters[0].namespace_for("shop/a.yaml").value == "shop"


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("apps/x/old/", {"old/a.yaml"}),
        ("!apps/x/old/", set()),
        ("apps/*/old", {"old/a.yaml", "../y/old/a.yaml"}),
        ("apps/y", {"../y/a.yaml", "../y/old/a.yaml"}),
        ("/other", {"../../other/a.yaml"}),
        ("apps/x/", {"a.yaml", ".b/a.yaml", "old/a.yaml"}),
        ("**/old/", {"old/a.yaml", "../y/old/a.yaml"}),
        ("apps/**/old/", {"old/a.yaml", "../y/old/a.yaml"}),
        # Not what is called so from the folder on.
        ("old/a.yaml", set()),
        ("x/old/", set()),
    ],
)
def test_excluded_files_are_those_of_the_settings_folder(
    tmp_path: Path, pattern: str, fitting: set[str]
) -> None:
    (tmp_path / ".cip-lint.yaml").write_text(f"exclude: ['{pattern}']\n")
    folder = tmp_path / "apps/x"
    folder.mkdir(parents=True)
    paths = {
        *("a.yaml", ".b/a.yaml", "old/a.yaml", "../y/a.yaml", "../y/old/a.yaml"),
        "../../other/a.yaml",
    }

    patterns = Patterns(load({}, Presets(), folder=folder).exclude)

    assert {path for path in paths if patterns.of_all(path)} == fitting


def test_a_dot_is_the_folder_of_the_settings_in_all_patterns(tmp_path: Path) -> None:
    (tmp_path / ".cip-lint.yaml").write_text(
        "exclude: [./old/, '!./old/b/', c/]\n"
        "overrides: [{paths: [./shop/, '!./shop/b/'], namespace: shop}]\n"
    )

    given = {"exclude": flag("--exclude", ("./d.yaml",))}
    found = load(given, Presets(), folder=tmp_path)

    assert found.exclude == ("/old/", "!/old/b/", "c/", "/d.yaml")
    (settings,) = found.clusters
    spaces = [settings.namespace_for(f"shop/{one}/x.yaml").value for one in "ab"]
    assert spaces[0] == "shop"
    assert spaces[1] != "shop"


def test_the_file_is_looked_for_from_the_paths_upwards(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.cip-lint]\nprofile='mesh'\n")

    found = load({}, Presets(), arguments=["a/b"], folder=tmp_path)

    assert (found.file, found.profile) == ("a/pyproject.toml", "mesh")


def test_the_search_ends_at_the_root_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".cip-lint.yaml").write_text("profile: mesh\n")
    (tmp_path / "repository" / ".git").mkdir(parents=True)

    assert load({}, Presets(), folder=tmp_path / "repository").file == ""


def test_two_files_at_one_level_are_one_too_many(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.cip-lint]\n")

    found = settings(tmp_path, "version: 1\n")

    assert [(one.severity, one.message) for one in found.findings] == [
        (Severity.ERROR, ".cip-lint.yaml and pyproject.toml both have settings")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("clustre: {}\n", ("error", 1, "clustre is not a setting", "write cluster")),
        (
            "cluster:\n  famlies: [IPv4]\n",
            ("error", 2, "cluster.famlies is not a setting", "write families"),
        ),
        ("clustr:\n", ("error", 1, "clustr is not a setting", "write cluster")),
        (
            "paths: deploy\n",
            ("error", 1, "paths is the text 'deploy', a list is required", None),
        ),
        (
            "cluster: {complete: 3}\n",
            (
                "error",
                1,
                "cluster.complete is the number 3, true or false or a list is required",
                None,
            ),
        ),
        (
            "profile: strikt\n",
            (
                "error",
                1,
                (
                    "profile is the text 'strikt'; "
                    "it can be errors, default, strict, mesh, policy"
                ),
                "write strict",
            ),
        ),
        (
            "version: 2\n",
            ("error", 1, "version is the number 2; only 1 is known", None),
        ),
        (
            "cluster: {}\nclusters: {a: {}}\n",
            (
                "error",
                1,
                "cluster and clusters stand side by side; one of them is enough",
                None,
            ),
        ),
        (
            "ignore: [{rule: a.b, untl: x}]\n",
            ("error", 1, "ignore[0].untl is not a setting", "write until"),
        ),
        ("overrides: [{}]\n", ("error", 1, "overrides[0] has no paths", None)),
        (
            "cluster:\n  serviceCIDRs: [10.96.0.0/33]\n",
            ("error", 2, "'10.96.0.0/33' is not a CIDR such as 10.96.0.0/16", None),
        ),
        (
            "cluster: {serviceCIDRs: [10.0.0.0/16, 10.1.0.0/16]}\n",
            ("error", 1, "10.0.0.0/16 and 10.1.0.0/16 are of one family", None),
        ),
        (
            "cluster: {nodePortRange: 30000}\n",
            ("error", 1, "'30000' is not a range such as 30000-32767", None),
        ),
        (
            "cluster: {kubernetesVersion: 1.50}\n",
            ("error", 1, "'1.50' is not between 1.19 and 1.37", None),
        ),
        (
            "extends: nowhere.yaml\n",
            (
                "error",
                1,
                "nowhere.yaml is neither a file nor a preset of an installed plugin",
                None,
            ),
        ),
        (
            "extends: .cip-lint.yaml\n",
            ("error", 1, ".cip-lint.yaml extends itself", None),
        ),
        (
            "overrides: [{paths: [a], cluster: wset}]\nclusters: {west: {}}\n",
            ("error", 1, "wset is none of the clusters", "write west"),
        ),
        (
            "policies: []\n",
            (
                "warning",
                1,
                "policies has no effect in this version of cip-lint",
                None,
            ),
        ),
        (
            "cluster:\n  snapshots: [a.yaml]\n",
            (
                "error",
                2,
                "cluster.snapshots is not a setting",
                "write snapshot",
            ),
        ),
    ],
)
def test_what_is_wrong_has_a_place_and_the_nearest_word(
    tmp_path: Path, text: str, expected: tuple[str, int, str, str | None]
) -> None:
    found = settings(tmp_path, text)

    assert told(found.findings) == [expected]
    assert found.usable == (expected[0] == "warning")


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (
            {"serviceCIDRs": flag("--service-cidr", ("10.96.0.0",))},
            UsageError,
            "--service-cidr: '10.96.0.0' is not a CIDR such as 10.96.0.0/16",
        ),
        (
            {"namespace": variable("CIP_LINT_NAMESPACE", "A_b")},
            ConfigError,
            "CIP_LINT_NAMESPACE: 'A_b' is not the name of a namespace",
        ),
        (
            {"families": flag("--families", ("IPv5",))},
            UsageError,
            "--families: 'IPv5' is neither IPv4 nor IPv6",
        ),
    ],
)
def test_what_no_file_states_is_an_error_that_names_who_does(
    tmp_path: Path, given: Given, error: type[CipLintError], message: str
) -> None:
    with pytest.raises(error) as caught:
        load(given, Presets(), folder=tmp_path)

    assert str(caught.value).startswith(message)


def test_a_wrong_preset_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="preset ours: profle is not a setting"):
        settings(tmp_path, "extends: ours\n", ours={"profle": "strict"})


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: no such file"):
        load({}, Presets(), folder=tmp_path, file="none.yaml")


def test_plugins_that_are_needed_and_not_installed_are_named(tmp_path: Path) -> None:
    error = missing_plugin(settings(tmp_path, "plugins: [acme]\n"))

    assert str(error) == ("plugins that are not installed: acme (.cip-lint.yaml:1)")


KINDS = """\
kinds:
  - {group: x.example, kind: Farm, podTemplate: spec.pod}
  - group: x.example
    kind: Gate
    references:
      - {service: "spec.to[].svc", namespace: ns, port: p.number, portMeans: number}
      - {service: "spec.more[]", defaultPort: 443}
      - {service: spare}
"""


def test_kinds_teach_pod_templates_and_references(tmp_path: Path) -> None:
    (cluster,) = settings(tmp_path, KINDS).clusters

    assert cluster.pod_template_kinds == {("x.example", "Farm"): ("spec", "pod")}
    (rows,) = cluster.reference_kinds.values()
    assert [
        (row.path, row.name, row.namespace, row.default_port, row.source)
        for row in rows
    ] == [
        ("spec.to[]", "svc", "ns", 0, ".cip-lint.yaml:3"),
        ("spec.more[]", "", "", 443, ".cip-lint.yaml:3"),
        ("", "spare", "", 0, ".cip-lint.yaml:3"),
    ]
    assert [(p.path, p.sense.value) for p in rows[0].ports] == [("p.number", "number")]


@pytest.mark.parametrize(
    ("line", "message", "help_text"),
    [
        ("{kind: A}", "kinds[0] has neither podTemplate nor references", None),
        (
            "{kind: A, reference: []}",
            "kinds[0].reference is not a setting",
            "references",
        ),
        (
            "{kind: A, references: [{service: a, prot: b}]}",
            "kinds[0].references[0].prot is not a setting",
            "port",
        ),
        (
            "{kind: A, references: [{port: b}]}",
            "kinds[0].references[0] has no service",
            None,
        ),
        (
            "{kind: A, references: [{service: a..b}]}",
            (
                "kinds[0].references[0].service is the text 'a..b', which is not of the "
                "required form"
            ),
            None,
        ),
        (
            "{kind: A, references: [{service: a, portMeans: names}]}",
            (
                "kinds[0].references[0].portMeans is the text 'names'; it can be number, "
                "name, either, target"
            ),
            "name",
        ),
    ],
)
def test_wrong_references_are_told_with_what_was_meant(
    tmp_path: Path, line: str, message: str, help_text: str | None
) -> None:
    found = settings(tmp_path, f"kinds:\n  - {line}\n").findings

    wanted = f"write {help_text}" if help_text else None
    assert ("error", 2, message, wanted) in told(found)
