"""The order in which kubectl sends what it reads: as it is read.

Nothing is sorted by kind (cli-runtime ``pkg/resource/builder.go``, ``visitor.go``):
the arguments, then the files of a folder by the bytes of each part of their paths,
then the documents of a file and the items of a list. Writes go one after the other
and nothing is waited for; ``--server-side`` changes only the verb.
"""

from __future__ import annotations

from collections.abc import Sequence

from cip_lint.replay.order.engines.objects import Plan, Sent, sequence


def plan(objects: Sequence[Sent]) -> Plan:
    """Return the steps of ``kubectl apply -f`` or ``kubectl create -f``."""
    return Plan(tuple(sequence(objects, "order of files")))
