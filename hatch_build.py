"""Compiles what each document passes through, where the machine can do it.

hatchling calls this when it builds a wheel, also for ``pip install .``. A machine
without a C compiler gets the same program, which takes longer.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMPILED = {
    "cip_lint/manifests/event_values": "cip_lint/manifests/event_values.pyx",
    "cip_lint/manifests/whole_lines": "cip_lint/manifests/whole_lines.pyx",
    # Under names of their own: the sources are what is read, and run without these.
    "cip_lint/compiled_bodies": "cip_lint/plain_bodies.py",
    "cip_lint/kube/compiled_fitting": "cip_lint/kube/plain_fitting.py",
}
"""Module -> its source, below ``lint``."""

_DIRECTIVES = {"language_level": 3, "binding": False}
"""Functions are called in less time when they cannot be bound to objects."""


class CompiledModules(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel, or puts them beside their sources."""

    _work: TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; of an editable installation the source folder is what is imported."""
        if self.target_name != "wheel" or not _has_functions_to_find():
            return
        self._work = TemporaryDirectory(prefix="cip-lint-")
        lint = Path(self.root, "lint")
        is_editable = version == "editable"
        try:
            made = _compiled(lint, Path(self._work.name))
            if is_editable:
                _put_beside_sources(made, lint)
        except Exception as error:  # noqa: BLE001 - whatever a compiler cannot do
            self.app.display_warning(f"runs in Python alone: {error}")
            if is_editable:
                _remove(lint)
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        if not is_editable:
            build_data["force_include"] |= {
                str(file): name for name, file in made.items()
            }

    def finalize(self, *_: Any) -> None:
        """Remove what was made on the way, once the wheel holds the module."""
        if self._work is not None:
            self._work.cleanup()


def _has_functions_to_find() -> bool:
    """Whether the functions of a library that is loaded can be found by their names."""
    return sys.implementation.name == "cpython" and sys.platform != "win32"


def _compiled(lint: Path, work: Path) -> dict[str, Path]:
    """Return the modules that are made, below ``work``, by their names below ``lint``."""
    from Cython.Build import cythonize  # noqa: PLC0415 - only where it is asked for
    from setuptools import Distribution, Extension  # noqa: PLC0415

    extensions = [
        Extension(
            module.replace("/", "."),
            [str(lint / source)],
            libraries=["dl"] if sys.platform == "linux" else [],
            extra_compile_args=["-g0"],
        )
        for module, source in COMPILED.items()
    ]
    modules = cythonize(  # type: ignore[no-untyped-call]
        extensions, build_dir=str(work), quiet=True, compiler_directives=_DIRECTIVES
    )
    command = Distribution({"ext_modules": modules}).get_command_obj("build_ext")
    command.build_temp = str(work / "temp")
    command.build_lib = str(work / "lib")
    command.ensure_finalized()
    command.run()
    return {name: work / "lib" / name for name in _names()}


def _names() -> list[str]:
    """Return what the modules are called below ``lint``, for this Python."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    return [f"{module}{suffix}" for module in COMPILED]


def _put_beside_sources(made: dict[str, Path], lint: Path) -> None:
    """Put each module in its place at once: a program may be running the one there.

    To move it from another file system would write into the file that such a program
    has mapped, and crash it.
    """
    for name, file in made.items():
        place = lint / name
        beside = place.with_name(f"{os.getpid()}.{place.name}")
        try:
            copy(file, beside)
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)


def _remove(lint: Path) -> None:
    """Remove what was compiled of other sources than those that are there now."""
    for name in _names():
        with suppress(OSError):
            (lint / name).unlink()
