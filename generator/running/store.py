"""The local store of finished runs: content-checked files that are complete or absent, one computation per key."""

import contextlib
import hashlib
import io
import json
import logging
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import filelock
import numpy as np

from generator.errors import UsageError
from generator.files import make_folder, write_atomically

logger = logging.getLogger(__name__)

_MAGIC = b"fluctuations store 1\n"


@dataclass(frozen=True, kw_only=True)
class Store:
    """Named arrays by key, under `root`. Entries carry the digest of their content and are checked whenever read."""

    root: Path

    def __contains__(self, key: str) -> bool:
        """Whether a result is there; it is checked when it is read."""
        return self._path(key).is_file()

    def read(self, key: str) -> dict[str, np.ndarray] | None:
        """The arrays of a key; `None` where there are none, or where they are damaged (set aside with a warning)."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        arrays = _decode(content, key)
        with contextlib.suppress(OSError):
            os.utime(path)
        if arrays is None:
            aside = path.with_suffix(".damaged")
            path.replace(aside)
            logger.warning("stored result %s is damaged; set aside as %s and computed again", key[:12], aside.name)
        return arrays

    def write(self, key: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keep a result; afterwards it is there whole, or an error says why not and nothing has changed."""
        write_atomically(self._path(key), _encode(key, arrays))

    def write_seconds(self, key: str, seconds: Mapping[str, float]) -> None:
        """Keep how long each stage of a result took, beside it: no part of the result."""
        content = json.dumps({stage: round(value, 3) for stage, value in seconds.items()})
        write_atomically(self._path(key).with_suffix(".seconds"), content.encode())

    def seconds(self, key: str) -> dict[str, float]:
        """How long each stage of a result took when it was computed here; nothing of one that came from elsewhere."""
        try:
            found = json.loads(self._path(key).with_suffix(".seconds").read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def prune(self, size: int) -> int:
        """Delete entries, the longest unread first, until the rest have at most `size` bytes; returns how many."""
        entries = sorted(
            ((s.st_mtime, s.st_size, p) for p in self.root.glob("*/*.run") for s in [p.stat()]), reverse=True
        )
        kept, deleted = 0, 0
        for _, length, path in entries:
            kept += length
            if kept > size:
                path.unlink(missing_ok=True)
                path.with_suffix(".seconds").unlink(missing_ok=True)
                deleted += 1
        return deleted

    @contextlib.contextmanager
    def computing(self, key: str) -> Iterator[None]:
        """Hold the only right to compute a key, among all processes; the system frees it if the holder dies."""
        path = self._path(key).with_suffix(".lock")
        make_folder(path.parent)
        with filelock.FileLock(path):
            yield

    def _path(self, key: str) -> Path:
        return self.root / key[:2] / f"{key}.run"


_UNITS = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9}


def size_in_bytes(text: str) -> int:
    """The bytes of a size such as "500 MB"."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(B|kB|MB|GB)", text)
    if found is None:
        raise UsageError(f"expected a size such as '500 MB' in B, kB, MB or GB, found {text!r}")
    return int(float(found[1]) * _UNITS[found[2]])


def _encode(key: str, arrays: Mapping[str, np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    body = key.encode() + b"\n" + buffer.getvalue()
    return _MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _decode(content: bytes, key: str) -> dict[str, np.ndarray] | None:
    head = len(_MAGIC) + 65
    body = content[head:]
    sound = content[:head] == _MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n"
    if not sound or body[:64] != key.encode():
        return None
    with np.load(io.BytesIO(body[65:]), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
