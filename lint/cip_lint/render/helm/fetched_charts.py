"""Charts that were fetched in a run: each once, for all that install it."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

from cip_lint.errors import ProgramError
from cip_lint.programs import helm
from cip_lint.records import NamedTuple
from cip_lint.render.surroundings.place import Place


class _Fetch:
    """What came of one chart; only one installation asks for it at a time."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.folder: Path | None = None
        self.error: ProgramError | None = None


class ChartName(NamedTuple):
    """What is asked for: a version may be a range, and is empty for the newest."""

    chart: str
    address: str
    version: str


class FetchedCharts:
    """The charts of a run, below a folder that is gone after it."""

    def __init__(self, top: Path) -> None:
        self._top = top
        self._lock = threading.Lock()
        self._fetches: dict[ChartName, _Fetch] = {}

    def folder(self, name: ChartName, place: Place) -> Path:
        """Return the folder of a chart, which is fetched when it is first asked for.

        Raises what ``helm.pull`` does, and again whenever it is asked for.
        """
        with self._lock:
            fetch = self._fetches.setdefault(name, _Fetch())
        with fetch.lock:
            if fetch.error is not None:
                raise type(fetch.error)(str(fetch.error))
            if fetch.folder is None:
                into = Path(tempfile.mkdtemp(dir=self._top))
                seconds = place.seconds(helm.SECONDS)
                try:
                    fetch.folder = helm.pull(*name, into, seconds=seconds)
                except ProgramError as error:
                    fetch.error = error
                    raise
            return fetch.folder
