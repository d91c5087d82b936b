"""What the commands have in common that show a view of the Service table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cip_lint.cli import outputs, pipeline
from cip_lint.cli.console import Console, clock
from cip_lint.cli.pipeline import Run
from cip_lint.cli.request import Request
from cip_lint.timings import Timings

if TYPE_CHECKING:
    from cip_lint.replay import ServiceTable


def read(
    request: Request, screen: Console, progress: Callable[[int], None] | None
) -> Run | None:
    """Return a run that has read its manifests; None where its settings are wrong.

    What is wrong with the settings is printed.
    """
    run = pipeline.prepare(request, Timings(clock))
    if run.problems:
        outputs.print_problems(run, screen)
    if not run.usable:
        return None
    run.read(progress)
    return run


def tables(
    request: Request, screen: Console
) -> tuple[Run, Sequence[ServiceTable]] | None:
    """Return a run and the tables of its clusters; None where its settings are wrong.

    What is wrong with the settings is printed. Raises ``InputError`` where there are
    no manifests.
    """
    with screen.progress() as progress:
        run = read(request, screen, progress)
        if run is None:
            return None
        run.require_manifests()
        return run, run.tables()


def show(text: str, file: str | None, screen: Console) -> None:
    """Write a view to its file; None: standard output. Raises ``InputError``."""
    if file is None:
        screen.out(text)
    else:
        outputs.write_file(Path(file), text)
