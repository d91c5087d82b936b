"""``programs.running``: starts a program, and is not at its mercy."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from cip_lint.errors import ProgramError, RefusedError
from cip_lint.programs.running import Ran, failure, run
from support.programs import install, path_with


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of programs that PATH names first."""
    made = tmp_path / "bin"
    monkeypatch.setenv("PATH", path_with(made))
    return made


def _run(*command: str, seconds: float = 30, most_bytes: int = 1 << 20) -> Ran:
    return run(command, seconds=seconds, most_bytes=most_bytes)


def test_output_status_and_complaint_come_back(folder: Path) -> None:
    install(
        folder,
        "say",
        "import sys\nprint(sys.argv[1:])\nsys.stderr.write('no\\nreally\\n')\n"
        "sys.exit(3)\n",
    )

    ran = _run("say", "a b", "$(id); *")

    assert ran.output == b"['a b', '$(id); *']\n"
    assert (ran.status, ran.complaint) == (3, "no\nreally")
    assert ran.last_complaint == "really"


def test_standard_input_is_closed_and_home_is_empty_and_goes(folder: Path) -> None:
    install(
        folder,
        "look",
        "import os, sys\nhome = os.environ['HOME']\n"
        "print(sys.stdin.read(), os.listdir(home), home)\n",
    )

    said = _run("look").output.decode().split()

    assert said[0] == "[]"
    assert not Path(said[1]).exists()


def test_standard_input_holds_what_is_given(folder: Path) -> None:
    install(folder, "count", "import sys\nprint(len(sys.stdin.buffer.read()))\n")

    # More than a pipe holds: nobody has to read and write at once.
    ran = run(["count"], seconds=30, most_bytes=100, given=b"x" * 1_000_000)

    assert ran.output == b"1000000\n"


def test_only_named_variables_are_handed_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "x")
    install(folder, "env", "import os\nprint(sorted(os.environ))\n")

    ran = run(["env"], seconds=30, most_bytes=1000, variables={"GIT_DIR": "y"})

    names = set(eval(ran.output.decode()))
    assert {"PATH", "HOME", "LC_ALL", "GIT_DIR"} <= names
    assert "SECRET" not in names


def test_a_program_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(ProgramError, match="nosuch is not installed"):
        _run("nosuch")


def test_what_lies_in_the_working_folder_is_never_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "repository", "lurking", "print('started')\n")
    monkeypatch.chdir(tmp_path / "repository")
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}/usr/bin")

    with pytest.raises(ProgramError, match="lurking is not installed"):
        _run("lurking")


def test_a_file_that_is_no_program_cannot_be_started(folder: Path) -> None:
    install(folder, "broken", "")
    (folder / "broken").write_bytes(b"\x7fELF nonsense")

    with pytest.raises(ProgramError, match="broken cannot be started: "):
        _run("broken")


def test_a_program_that_takes_too_long_is_ended_with_its_children(
    folder: Path, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    install(
        folder,
        "slow",
        "import os, time\nchild = os.fork()\n"
        f"if child:\n    open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child}}')\n"
        "time.sleep(600)\n",
    )

    with pytest.raises(ProgramError, match=r"slow does not end within 2\.5 s"):
        _run("slow", seconds=2.5)

    assert not any(_is_running(int(pid)) for pid in pids.read_text().split())


def _is_running(pid: int) -> bool:
    """Whether a process still does something; one that nobody waited for is dead."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


def test_a_program_that_prints_too_much_is_ended(folder: Path) -> None:
    install(folder, "loud", "while True:\n    print('x' * 1000)\n")

    with pytest.raises(ProgramError, match="loud prints more than 1 MiB"):
        _run("loud")


def test_a_child_that_keeps_the_pipes_open_keeps_nobody_waiting(folder: Path) -> None:
    install(
        folder,
        "leave",
        "import os, time\nprint('done', flush=True)\n"
        "if os.fork() == 0:\n    time.sleep(600)\n",
    )

    assert _run("leave").output == b"done\n"


def test_complaints_are_cut(folder: Path) -> None:
    install(folder, "whine", "import sys\nsys.stderr.write('x' * 1000000)\n")

    assert len(_run("whine").complaint) == 1 << 16


@pytest.mark.parametrize(
    ("status", "complaint", "said"),
    [
        (-9, "", "helm was ended by signal 9"),
        (-9, "half", "helm was ended by signal 9: the words"),
        (137, "", "helm was ended by signal 9"),
        (255, "x", "the words"),
        (1, "Error: write /tmp/x: No space left on device", "the words"),
        (1, "Error: fork/exec /bin/helm: cannot allocate memory", "the words"),
        (1, "open x: too many open files", "the words"),
        (2, "fatal error: runtime: out of memory", "the words"),
        (1, "Error: helm template: signal: killed", "the words"),
        (1, "unable to run: 'helm template': exit status 137", "the words"),
    ],
)
def test_a_failure_of_the_machine_is_no_refusal(
    status: int, complaint: str, said: str
) -> None:
    error = failure("helm", Ran(status, b"", complaint), "the words")

    assert not isinstance(error, RefusedError)
    assert str(error) == said


@pytest.mark.parametrize(
    "complaint", ["", "Error: no such template", "helm template: exit status 1"]
)
def test_any_other_failure_is_a_refusal(complaint: str) -> None:
    error = failure("helm", Ran(1, b"", complaint), "the words")

    assert isinstance(error, RefusedError)
    assert str(error) == "the words"
