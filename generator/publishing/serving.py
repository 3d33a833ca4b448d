"""Live preview: MkDocs serves the documentation source, which is written again when what it is made from changes."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from generator.publishing.site import write_configuration

#: What a page is made from, below the root.
_WATCHED = ("templates", "records", "mkdocs.yml")

_SECONDS_BETWEEN_LOOKS = 0.5


def serve(root: Path, write_docs: Callable[[], list[Any]]) -> None:
    """Serve until interrupted; `write_docs` writes build/docs and returns the navigation."""
    configuration = write_configuration(root / "build" / "docs", write_docs(), root / "build" / "preview", root)
    server = subprocess.Popen([sys.executable, "-m", "mkdocs", "serve", "--config-file", str(configuration)])
    try:
        for _ in _changes(root):
            write_docs()
            if server.poll() is not None:
                return
    finally:
        server.terminate()
        server.wait()


def _changes(root: Path) -> Iterator[None]:
    """Yield whenever a watched file has changed."""
    before = _times(root)
    while True:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        now = _times(root)
        if now != before:
            before = now
            yield


def _times(root: Path) -> dict[Path, int]:
    paths = (path for name in _WATCHED for path in [root / name, *(root / name).rglob("*")])
    return {path: path.stat().st_mtime_ns for path in paths if path.is_file()}
