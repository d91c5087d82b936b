"""Where a report goes: formats, files, the workflow run of a forge."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from cip_lint.cli.console import Console
from cip_lint.cli.pipeline import Run
from cip_lint.config.nearest import nearest
from cip_lint.errors import InputError, PluginError, UsageError
from cip_lint.manifests import REASONS, Reading
from cip_lint.model import Format, Report
from cip_lint.records import NamedTuple
from cip_lint.report import FORMATS, footer
from cip_lint.report import prepare as prepare_format
from cip_lint.report.visible import escaped, visible
from cip_lint.timings import Timings
from cip_lint.words import counted

_NO_YAML = "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
"""What is no character of a YAML text (1.2, section 5.1)."""

AUTO = "auto"
_SLOWEST = 10


def targets(
    stated: Sequence[str], formats: Collection[str]
) -> list[tuple[str, str | None]]:
    """Return each format and its file, None for standard output.

    For reports of another kind than findings. Raises ``UsageError``.
    """
    found: list[tuple[str, str | None]] = []
    for text in stated:
        name, equals, file = text.partition("=")
        if equals and not file:
            raise UsageError(f"--output: {text} names no file")
        if name not in formats:
            near = nearest(name, formats)
            known = ", ".join(formats)
            hint = f"the nearest is {near}" if near else f"it can be {known}"
            raise UsageError(f"--output: {name} is no format here; {hint}")
        found.append((name, file or None))
    to_stdout = [name for name, file in found if file is None]
    if len(to_stdout) > 1:
        names = " and ".join(to_stdout)
        raise UsageError(f"--output: {names} both go to standard output; add =FILE")
    return found


class Writer(NamedTuple):
    """A format and the file it goes to; None: standard output."""

    format: Format
    file: str | None
    appends: bool = False


def writers(run: Run) -> tuple[Writer, ...]:
    """Return what is written; raises ``UsageError`` for an unknown format."""
    stated = run.settings.outputs or (AUTO,)
    found = [one for text in stated for one in _writers(text, run)]
    to_stdout = [one for one in found if one.file is None]
    if len(to_stdout) > 1 and run.settings.outputs and AUTO not in stated:
        names = " and ".join(one.format.name for one in to_stdout)
        raise UsageError(f"--output: {names} both go to standard output; add =FILE")
    return tuple(found)


def _writers(text: str, run: Run) -> Iterator[Writer]:
    name, equals, file = text.partition("=")
    if equals and not file:
        raise UsageError(f"--output: {text} names no file")
    if name == AUTO:
        yield Writer(FORMATS["full"], file or None)
        if os.environ.get("GITHUB_ACTIONS") == "true":
            yield Writer(FORMATS["github"], None)
            summary = os.environ.get("GITHUB_STEP_SUMMARY")
            if summary:
                yield Writer(FORMATS["markdown"], summary, appends=True)
        return
    yield Writer(_format(name, run), file or None)


def _format(name: str, run: Run) -> Format:
    built_in = FORMATS.get(name)
    if built_in is not None:
        return built_in
    foreign: Mapping[str, Format] = run.plugins.formats(FORMATS)
    if name in foreign:
        return foreign[name]
    known = (AUTO, *FORMATS, *foreign)
    near = nearest(name, known)
    hint = f"; the nearest is {near}" if near else f"; it can be {', '.join(known)}"
    raise UsageError(f"--output: {name} is no format{hint}")


def prepare(chosen: Sequence[Writer]) -> None:
    """Import what writes findings, while whoever looks for them is still at work."""
    for writer in chosen:
        prepare_format(writer.format.name)


def write(
    report: Report,
    chosen: Sequence[Writer],
    screen: Console,
    *,
    statistics: bool,
    show_suppressed: bool,
) -> None:
    """Write a report in all its formats, and its footer to standard error."""
    if not show_suppressed:
        report = report._replace(suppressed=())
    if statistics:
        screen.out(_statistics(report))
        chosen = [writer for writer in chosen if writer.file is not None]
    emit(report, chosen, screen)
    for error in report.errors:
        screen.say(f"cip-lint: {error}")
    screen.note(footer(report))


def emit(report: Report, chosen: Sequence[Writer], screen: Console) -> None:
    """Write a report in all its formats."""
    for writer in chosen:
        color = writer.file is None and screen.color
        try:
            text = writer.format.render(report, color=color, width=screen.width)
        except PluginError as error:
            screen.say(f"cip-lint: {error}")
            continue
        if writer.file is None:
            screen.out(text)
        else:
            write_file(Path(writer.file), text, appends=writer.appends)


def print_problems(run: Run, screen: Console) -> None:
    """Print what is wrong with the settings beside what was asked for."""
    text = FORMATS["full"].render(run.problem_report(), color=False, width=screen.width)
    screen.say(text)


def print_failures(run: Run, screen: Console) -> None:
    """Print which plugins failed, for a command that makes no report."""
    for error in run.plugins.errors:
        screen.say(f"cip-lint: {error}")


def _statistics(report: Report) -> str:
    counts = Counter((one.rule, str(one.severity)) for one in report.findings)
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    return "".join(f"{n:6}  {severity:7}  {rule}\n" for (rule, severity), n in rows)


def write_file(path: Path, text: str, *, appends: bool = False) -> None:
    """Write a file as a whole or not at all; raises ``InputError``."""
    try:
        if appends or (path.exists() and not path.is_file()):
            with path.open("ab") as whole:
                whole.write(_encoded(text))
        else:
            _replace_file(path, text)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from None


def _replace_file(path: Path, text: str) -> None:
    """Put a new file in the place of one; a failure leaves nothing behind."""
    import tempfile

    mode = path.stat().st_mode if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    new = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - a handle, not a path
            file.write(_encoded(text))
        new.chmod(mode)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _encoded(text: str) -> bytes:
    """Return a text as UTF-8; what has no code there is written as an escape."""
    return text.encode("utf-8", "backslashreplace")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def files(reading: Reading) -> str:
    """Return one line for each file that was met: what of it is read, and why not."""
    lines = []
    builds = _builds(reading)
    for account in reading.files:
        fates = [
            f"{number} {REASONS.get(fate, fate)}"
            for fate, number in sorted(account.documents.items())
            if fate not in ("read", "empty")
        ]
        if account.objects:
            fates.insert(0, counted(account.objects, "object"))
        if not fates:
            fates = [REASONS.get(account.reason, account.reason)]
        if account.path in builds:
            fates.append(builds[account.path])
        line = f"{account.path}: {', '.join(fates)}"
        lines.append(f"{visible(line)}\n")
    return "".join(lines)


def _builds(reading: Reading) -> dict[str, str]:
    """Return what became of the kustomizations that only a build can know."""
    builds = {one.built_by: "built" for one in reading.resources if one.built_by}
    builds.update((one.path, f"not built: {one.why}") for one in reading.unbuilt)
    return builds


def built(reading: Reading, *, terminal: bool = False) -> str:
    """Return what kustomizations and charts became, each below the path of its file.

    A terminal is shown nothing that could move its cursor or turn its lines round. Any
    other reader gets YAML that it can read again, value for value: helm writes names
    of files into comments, and they may hold what no YAML may.
    """
    met = {account.path for account in reading.files}
    harmless = _for_terminals if terminal else _for_programs
    return "---\n".join(
        f"# {visible(path)}\n{harmless(source.text).rstrip()}\n"
        for path, source in reading.sources.items()
        if path not in met
    )


def _for_terminals(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in lines)


def _for_programs(text: str) -> str:
    return re.sub(_NO_YAML, lambda match: escaped(match[0]), text)


def note_losses(reading: Reading, screen: Console) -> None:
    """Print what of the files could not be read, beside what was asked for."""
    for loss in reading.losses:
        line = loss.label.span.first.line
        screen.note(visible(f"cip-lint: {loss.path}:{line}: {loss.message}"))


def profile(timings: Timings, *, is_compiled: bool) -> str:
    """Return where the time went: each phase, and the slowest rules.

    ``is_compiled``: whether YAML was read by compiled code.
    """
    lines = [f"{name:>14}  {took:8.3f} s" for name, took in timings.phases.items()]
    slowest = sorted(timings.rules.items(), key=lambda row: -row[1])[:_SLOWEST]
    lines += [f"{took:24.3f} s  {rule}" for rule, took in slowest]
    if not is_compiled:
        lines.append(
            "YAML is read in Python alone: no reader was compiled at installation"
        )
    return "\n".join(lines)
