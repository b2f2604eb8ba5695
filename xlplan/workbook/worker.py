"""The child process in which returns are read: it may die or hang without harm.

Started by `xlplan.workbook.pool`. It speaks over its standard
input and output in pickles, each with its length in front: first the parent's ``sys.path``, then
the function to call and the bounds, then files with their names, each answered by one result.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
from typing import IO, Any

MEMORY = 1 << 30
"""Address space of the child, in bytes, where the system can limit it."""


def packed(value: object) -> bytes:
    """One pickle with its length in front."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return struct.pack("<Q", len(data)) + data


def receive(stream: IO[bytes]) -> Any:
    """Read one pickle; raises `EOFError` where the other side has gone."""
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError
    (length,) = struct.unpack("<Q", head)
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return pickle.loads(data)


def limit_memory() -> None:
    """Bound this process, and leave no core file behind; Windows has no such limits."""
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):
        return  # macOS refuses some limits: then the time limit alone holds


def serve(source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer tasks until the parent closes its end."""
    sys.path[:] = receive(source)
    work, bounds = receive(source), receive(source)
    from xlplan.workbook.work import do_one

    limit_memory()
    while True:
        try:
            file, name = receive(source)
        except EOFError:
            return
        sink.write(packed(do_one(work, file, name, bounds)))
        sink.flush()


def main() -> None:
    """Serve on standard input and output; whatever prints must not disturb the answers."""
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(source, sink)


if __name__ == "__main__":
    main()
