"""``NamedTuple`` as ``typing`` has it, made in half the time.

``typing`` compiles the text of every annotation when a class is made, as does no other
tuple with names: of the two hundred that a check needs that was an eighth of its whole
start. Here annotations stay text. Type checkers see ``typing``'s own, and refuse what
it refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple  # noqa: TID251 - this is the one
else:
    from collections import namedtuple
    from typing import Generic

    class _Record(type):
        """Makes a class statement with fields a tuple with names."""

        def __new__(cls, name, bases, body):
            fields = body.pop("__annotations__", {})
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(  # noqa: PYI024 - what typing makes it of, too
                name, fields, defaults=defaults, module=body.pop("__module__")
            )
            made.__annotations__ = fields
            if Generic in bases:
                made.__bases__ = (tuple, Generic)
            for key, value in body.items():
                setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_Record, "NamedTuple", (), {})

__all__ = ["NamedTuple"]
