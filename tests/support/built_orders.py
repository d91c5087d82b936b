"""What cip-lint makes of a repository that a real program builds: orders and reasons."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from cip_lint.cluster import Member, default_settings, partition
from cip_lint.manifests import ReadOptions, read
from cip_lint.programs import helm, kustomize
from cip_lint.render.building import built
from cip_lint.render.surroundings.place import Place
from cip_lint.replay.order.engines.objects import Sent
from cip_lint.replay.order.timeline import Timeline
from cip_lint.replay.order.unit_timelines import Step
from support.creation import OrderVector, documents, short


class Orders(NamedTuple):
    """What becomes of a repository."""

    steps: Mapping[str, list[str]]
    """Folder of a unit -> its steps; braces stand around what goes at once."""
    unbuilt: Mapping[str, str]
    """Path -> why it was not built."""

    @property
    def only(self) -> list[str]:
        """The steps of the only unit that sends anything."""
        (found,) = (steps for steps in self.steps.values() if steps)
        return found

    def of(self, folder: str) -> str:
        """Return the objects of a unit in one possible order."""
        return in_line(self.steps.get(folder, ()))


def in_line(steps: Iterable[str]) -> str:
    """Return the objects of some steps, without saying what goes at once."""
    return " ".join(steps).replace("{", "").replace("}", "")


def objects(text: str) -> str:
    """Return a file with the objects of a line of short texts."""
    return documents(f"f{{{text}}}")["f"]


def given_files(row: OrderVector) -> dict[str, str]:
    """Return path and text of the files of a row; one, where it names none."""
    return documents(row.given if "{" in row.given else f"f{{{row.given}}}")


def read_of(folder: Path, rows: Sequence[OrderVector]) -> dict[str, str]:
    """Return the expected orders of rows, without kinds that are read of no file.

    They are found by reading what the rows are given as plain files; programs print
    YAML in block style, so these are written so.
    """
    files = {}
    for row in rows:
        for name, text in given_files(row).items():
            bodies = map(json.loads, text.split("\n---\n"))
            path = f"{row.id}/{name.removesuffix('.yaml')}.yaml"
            files[path] = yaml.safe_dump_all(bodies)
    made = orders(folder, files).steps.values()
    seen = set(in_line(step for steps in made for step in steps).split())
    return {
        row.id: " ".join(one for one in row.expected.split() if one in seen)
        for row in rows
    }


def orders(folder: Path, files: Mapping[str, str]) -> Orders:
    """Write files to an empty folder, and return what would be sent, and in what order."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    options = ReadOptions(root=folder, mounts={".": str(folder)})
    reading = built(read(["."], options), Place(folder, folder.resolve()))
    (cluster,) = partition(reading, [default_settings()])
    timeline = Timeline(cluster)
    steps: dict[str, list[str]] = {}
    for unit in {
        id(one): one for one in map(timeline.unit_of, cluster.members)
    }.values():
        steps.setdefault(unit.unit.root, []).extend(map(_shown, unit.steps))
    return Orders(
        steps,
        {one.path: one.why for one in reading.unbuilt},
    )


def _shown(step: Step) -> str:
    names = " ".join(map(_final, step.members))
    return f"{{{names}}}" if step.concurrent else names


def _final(member: Member) -> str:
    """Return the short text of an object in the namespace that it is sent to."""
    one = member.resource
    group, _, version = one.api_version.rpartition("/")
    return short(Sent(group, version, one.kind, member.namespace, one.name))


def need_kustomize() -> None:
    """Skip the test where nothing builds kustomizations."""
    if kustomize.command() is None:
        pytest.skip("neither kustomize nor kubectl is installed")


def need_helm(*least: int) -> None:
    """Skip the test where helm is not installed, or is older than a version."""
    if helm.command() is None:
        pytest.skip("helm is not installed")
    if helm_version() < least:
        pytest.skip(f"helm {'.'.join(map(str, helm_version()))} is installed")


@cache
def kustomize_version() -> tuple[int, ...]:
    """Return the version of what builds kustomizations."""
    program = kustomize.command()
    if program == ("kustomize", "build"):
        return _numbers(_said("kustomize", "version"))
    said = json.loads(_said("kubectl", "version", "--client", "-o", "json"))
    return _numbers(said["kustomizeVersion"])


@cache
def helm_version() -> tuple[int, ...]:
    """Return the version of the program that renders charts."""
    return _numbers(_said("helm", "version", "--short"))


def _said(*command: str) -> str:
    ran = subprocess.run(command, capture_output=True, check=True, text=True)
    return ran.stdout


def _numbers(version: str) -> tuple[int, ...]:
    found = re.search(r"v?(\d+)\.(\d+)\.(\d+)", version)
    assert found is not None, version
    return tuple(map(int, found.groups()))
