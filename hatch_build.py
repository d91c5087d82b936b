"""Compiles the reader of values where the machine can; without it, Python reads alone.

hatchling calls this when it builds a wheel, also for ``pip install .``. A machine
without a C compiler gets the same program, which takes longer.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from shutil import move
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOM = "cip_lint/manifests"
MODULE = "event_values"


class CompiledReader(BuildHookInterface[Any]):
    """Adds the compiled module to a wheel, or puts it beside its source."""

    _work: TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; of an editable installation the source folder is what is imported."""
        if self.target_name != "wheel" or not _has_functions_to_find():
            return
        source = Path(self.root, "lint", ROOM, f"{MODULE}.pyx")
        self._work = TemporaryDirectory(prefix="cip-lint-")
        try:
            made = _compiled(source, Path(self._work.name))
        except Exception as error:  # noqa: BLE001 - whatever a compiler cannot do
            self.app.display_warning(f"reads in Python alone: {error}")
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        if version == "editable":
            move(made, source.with_name(made.name))
        else:
            build_data["force_include"][str(made)] = f"{ROOM}/{made.name}"

    def finalize(self, *_: Any) -> None:
        """Remove what was made on the way, once the wheel holds the module."""
        if self._work is not None:
            self._work.cleanup()


def _has_functions_to_find() -> bool:
    """Whether the functions of a library that is loaded can be found by their names."""
    return sys.implementation.name == "cpython" and sys.platform != "win32"


def _compiled(source: Path, work: Path) -> Path:
    """Return the module made of a Cython source, below ``work``."""
    from Cython.Build import cythonize  # noqa: PLC0415 - only where it is asked for
    from setuptools import Distribution, Extension  # noqa: PLC0415

    extension = Extension(
        f"{ROOM.replace('/', '.')}.{MODULE}",
        [str(source)],
        libraries=["dl"] if sys.platform == "linux" else [],
        extra_compile_args=["-g0"],
    )
    modules = cythonize(  # type: ignore[no-untyped-call]
        [extension], build_dir=str(work), quiet=True
    )
    command = Distribution({"ext_modules": modules}).get_command_obj("build_ext")
    command.build_temp = str(work / "temp")
    command.build_lib = str(work / "lib")
    command.ensure_finalized()
    command.run()
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    return work / "lib" / ROOM / f"{MODULE}{suffix}"
