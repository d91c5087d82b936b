"""Environment words in paths: ``dev``, ``prod``, ``eu-1``, ``clusters/alpha``.

Files whose paths name different environments are not sent to one cluster, unless
somebody says that they are. A path that names none goes with all of them. Examples
are apart like environments: each is tried by itself.
"""

from __future__ import annotations

from functools import lru_cache

from cip_lint.patterns import pattern
from cip_lint.records import NamedTuple


class Environment(NamedTuple):
    """The environment words of one path: stages of delivery, places, and clusters."""

    stages: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    clusters: frozenset[tuple[str, str]] = frozenset()
    """Folders that are for one cluster each, after the folder that holds such ones."""
    test_data: frozenset[str] = frozenset()
    """The outermost folder of what programs read in their tests."""

    def meets(self, other: Environment) -> bool:
        """Whether nothing keeps both out of one cluster."""
        return (
            _agree(self.stages, other.stages)
            and _agree(self.places, other.places)
            and _are_one_each(self.clusters, other.clusters)
        )

    def collides_with(self, other: Environment) -> bool:
        """Whether what is asked for in both is asked for twice.

        Test data may lean on what lies elsewhere, but goes to no cluster with it.
        """
        return self.test_data == other.test_data and self.meets(other)

    def may_build_on(self, other: Environment) -> bool:
        """Whether only folders of examples keep both apart.

        Each is tried by itself, or the next one after the last: nobody says which.
        """
        return (
            self is not other
            and not self.meets(other)
            and self._beside_examples.meets(other._beside_examples)
        )

    @property
    def _beside_examples(self) -> Environment:
        others = (pair for pair in self.clusters if pair[0] != _EXAMPLES)
        return self._replace(clusters=frozenset(others))


ANYWHERE = Environment()
"""The environment of a path that names none."""

_STAGES = {
    word: stage
    for stage, words in {
        "dev": ("dev", "develop", "development"),
        "test": ("test", "tests", "testing", "tst"),
        "qa": ("qa", "quality"),
        "uat": ("uat", "acceptance"),
        "int": ("integration",),
        "stage": ("stage", "staging", "stg"),
        "preprod": ("preprod", "pre-prod", "preproduction", "pre-production"),
        "prod": ("prod", "production", "prd"),
        "sandbox": ("sandbox", "sbx"),
        "nonprod": ("nonprod", "non-prod", "nonproduction"),
        "local": ("local", "localhost", "minikube", "kind", "k3d"),
    }.items()
    for word in words
}

_PLACE = pattern(
    r"(?<![^\W_])"
    r"(?:(?:af|ap|ca|eu|il|me|sa|us|asia|australia|europe|africa|northamerica|southamerica)"
    r"(?:-?(?:gov|north|south|east|west|central|northeast|southeast|northwest"
    r"|southwest|eastus|westus)){0,2}-?\d{1,2}[a-f]?"
    r"|(?:dc|az|zone|region|site)-?\d{1,2})"
)
"""A place; what stands behind it must not be of its word."""

_EXAMPLES = "examples"
_HOLDERS = {
    "clusters": "clusters",
    "environments": "environments",
    "envs": "environments",
    "demos": _EXAMPLES,
    "examples": _EXAMPLES,
    "fixtures": _EXAMPLES,
    "samples": _EXAMPLES,
    "testdata": _EXAMPLES,
    "tutorials": _EXAMPLES,
}
"""Folders in which each folder is for a cluster of its own, or is tried alone."""

_TEST_DATA = frozenset({"fixtures", "test-data", "test_data", "testdata"})

_SHARED = frozenset(
    {"base", "bases", "common", "shared", "all", "default", "defaults", "global"}
    | {"component", "components", "lib", "template", "templates"}
)
"""Folders among those which hold what goes to several clusters."""

_NUMBERED_CLUSTER = pattern(r"cluster(?:[-_]?\d{1,3}|[-_][a-z])")
"""A folder that is named for a cluster wherever it stands."""

_HAS_DIGIT = pattern(r"\d").search


@lru_cache(maxsize=4096)
def environment_of(path: str) -> Environment:
    """Return the environment that a relative path with ``/`` names.

    A part of the path names one when it is an environment word, or begins or ends
    with one (``prod``, ``cluster-prod``, ``prod-values.yaml``). A folder also names
    one by where it stands (``clusters/alpha``).
    """
    directory, slash, name = path.rpartition("/")
    above = environment_of(directory) if slash else ANYWHERE
    own = _environment_of_part(name.lower(), directory.rpartition("/")[2].lower())
    if name.lower() in _TEST_DATA:
        own = own._replace(test_data=frozenset({path}))
    if own is ANYWHERE:
        return above
    if above is ANYWHERE:
        return own
    return Environment(
        above.stages | own.stages,
        above.places | own.places,
        above.clusters | own.clusters
        if _are_one_each(above.clusters, own.clusters)
        else above.clusters,
        above.test_data or own.test_data,
    )


def _environment_of_part(part: str, holder: str) -> Environment:
    stem = part.removesuffix(".yaml").removesuffix(".yml").removesuffix(".json")
    stage, places = _stage(stem), _places(stem)
    cluster = _cluster(part, holder) if part == stem else None
    if not stage and not places and not cluster:
        return ANYWHERE
    return Environment(
        frozenset({stage} if stage else ()),
        frozenset(places),
        frozenset({cluster} if cluster else ()),
    )


def _cluster(folder: str, holder: str) -> tuple[str, str] | None:
    """Return the cluster that a folder is for; ``dev`` and ``development`` are one."""
    if holder in _HOLDERS:
        if folder[:1] in "_." or folder.strip("_.") in _SHARED:
            return None
        return _HOLDERS[holder], _STAGES.get(folder, folder)
    if _NUMBERED_CLUSTER.fullmatch(folder):
        return "", folder.replace("-", "").replace("_", "")
    return None


def _stage(stem: str) -> str:
    if stem in _STAGES:
        return _STAGES[stem]
    if "-" not in stem and "." not in stem and "_" not in stem:
        return ""
    words = stem.replace("_", "-").replace(".", "-").split("-")
    last = _STAGES.get("-".join(words[-2:])) or _STAGES.get(words[-1])
    return last or _STAGES.get(words[0], "")


def _places(stem: str) -> list[str]:
    if not _HAS_DIGIT(stem):
        return []
    return [
        match[0].replace("-", "")
        for match in _PLACE.finditer(stem)
        if not stem[match.end() :][:1].isalnum()
    ]


def _agree(left: frozenset[str], right: frozenset[str]) -> bool:
    return not left or not right or not left.isdisjoint(right)


def _are_one_each(
    left: frozenset[tuple[str, str]], right: frozenset[tuple[str, str]]
) -> bool:
    """Whether no folder that holds clusters is left by two ways."""
    if not left or not right:
        return True
    both = left | right
    return len({holder for holder, _ in both}) == len(both)
