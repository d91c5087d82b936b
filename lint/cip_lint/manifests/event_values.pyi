from typing import Any

class EventReader:
    def __init__(self, library: str) -> None: ...
    def value(
        self, text: str, marks: set[int], is_sharing: bool
    ) -> tuple[Any, int] | None: ...
