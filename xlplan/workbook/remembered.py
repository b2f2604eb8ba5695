"""What was found in a part, remembered for the next file that holds the very same part.

Returns of one plan come from few programs, and these write much of a workbook alike.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Found = TypeVar("Found")
Finder = Callable[..., Found]


def remembered(count: int, most: int = 1 << 13) -> Callable[[Finder[Found]], Finder[Found]]:
    """Keep what a function of bytes found for the last `count` of them, of up to `most` bytes each:
    a large part is not worth the memory. What was found must never be changed."""

    def with_memory(find: Finder[Found]) -> Finder[Found]:
        kept = lru_cache(maxsize=count)(find)

        @wraps(find)
        def recall(part: bytes, *rest: object) -> Found:
            return (kept if len(part) <= most else find)(part, *rest)

        return recall

    return with_memory
