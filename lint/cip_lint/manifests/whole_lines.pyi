from typing import Any, TypeAlias

Scalar: TypeAlias = tuple[int, int, str, str | None]
Collection: TypeAlias = tuple[int, int, list[Any], bool, bool]

def line_value(text: str, is_sharing: bool) -> tuple[Any, int] | None: ...
def line_places(text: str) -> Scalar | Collection | None: ...
