"""Which variables a script for a shell reads, and which it sets or asks about."""

from __future__ import annotations

import pytest

from cip_lint.kube.shell import script, script_index


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("run $A ${B} ${C:-1}", "ABC"),
        ("run '$A' \"$B\" \"'$C'\"", "BC"),
        ('run \\$A "\\$B" $C', "C"),
        ("run a#$A # $B\nrun $C", "AC"),
        ("run ${#A} ${B%%:*} ${C//a/b}", "ABC"),
        ("run $$ $? $1 $(A) $ {A} $", ""),
        ("cat <<EOF > $A\nit's $B\nEOF\nrun '$C'", "AB"),
        ("cat <<'EOF' > $A\n$B\nEOF\nrun $C", "AC"),
        ("cat <<-\\EOF\n\t$A\n\tEOF\nrun $B", "B"),
        ("cat <<EOF\n$A", "A"),
        ("cat <<'EOF'\n$A", ""),
        ("cat <<< word '$A' $B\nword", "B"),
        ("echo 'it", ""),
    ],
)
def test_what_a_shell_replaces(text: str, names: str) -> None:
    assert [read.name for read in script(text).reads] == list(names)


def test_the_whole_reference_is_marked() -> None:
    text = "run $A ${B} ${C:-'x'}."

    found = [text[read.start : read.end] for read in script(text).reads]

    assert found == ["$A", "${B}", "${C:-'x'}"]


@pytest.mark.parametrize(
    ("reference", "spared"),
    [
        ("${A:-x}", True),
        ("${A-x}", True),
        ("${A:=x}", True),
        ("${A:+x}", True),
        ("${A}", False),
        ("${A%-x}", False),
        ("${A:?unset}", False),
        ("$A-x", False),
    ],
)
def test_a_reference_may_say_what_stands_for_nothing(
    reference: str, *, spared: bool
) -> None:
    (read,) = script(f"run {reference}").reads

    assert read.spared is spared


@pytest.mark.parametrize(
    "text",
    [
        "A=1; run $A",
        "export A=1 && run $A",
        "if x; then A+=1; fi; run $A",
        "read -r A B\nrun $A",
        "for A in 1 2; do run $A; done",
        '[ -n "$A" ] && run $A',
        "while [ -z $A ]; do sleep 1; done",
        '[ "$A" = "" ] || run $A',
        "if [ '' != \"${A}\" ]; then run $A; fi",
        "[[ -v A ]] && run $A",
        '[[ -f x && ! -z "$A" ]] && run $A',
        'test -n "$A" && run $A',
        ': "${A:=1}"; run $A',
        "run ${A=1} && run $A",
    ],
)
def test_what_a_script_sets_or_asks_about_is_its_own(text: str) -> None:
    assert "A" in script(text).own


@pytest.mark.parametrize(
    "text", ["run --A=1 x.A=1 $A", "until nc -z $A 80; do x; done"]
)
def test_what_only_looks_like_a_setting_is_none(text: str) -> None:
    assert "A" not in script(text).own


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        (". /etc/env; run $A", True),
        ("source ./env\nrun $A", True),
        ('eval "$A"', True),
        ("run ./source $A . ", False),
    ],
)
def test_a_script_that_takes_in_another_one_is_open(
    text: str, *, is_open: bool
) -> None:
    assert script(text).open is is_open


@pytest.mark.parametrize(
    ("words", "index"),
    [
        (["sh", "-c", "x"], 2),
        (["/bin/bash", "-ec", "x", "y"], 2),
        (["bash", "-e", "-o", "pipefail", "-c", "x"], 5),
        (["bash", "-eo", "pipefail", "-c", "--", "x"], 5),
        (["bash", "--login", "-c", "x"], 3),
        (["tini", "--", "sh", "-c", "x"], 4),
        (["sh", "run.sh"], None),
        (["sh", "run.sh", "-c"], None),
        (["sh", "-c"], None),
        (["python", "-c", "x"], None),
        ([], None),
    ],
)
def test_which_word_is_the_script(words: list[str], index: int | None) -> None:
    assert script_index(words) == index
