"""The key of a run: everything that can change its result, and nothing else."""

import functools
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator import environment
from generator.records.provenance import source_digest, versions
from generator.running import conditions
from generator.spec import Task, digest_of

#: Raised when the meaning of stored arrays changes.
SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class RunKey:
    """The named ingredients of a run's key; their digest addresses the result in the store."""

    ingredients: Mapping[str, Any]

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 over all ingredients."""
        return digest_of(self.ingredients)


def run_key(task: Task) -> RunKey:
    """The key of a task as it would run here and now."""
    return RunKey(
        ingredients={
            "schema": SCHEMA,
            "function": task.function,
            "parameters": task.parameters,
            "replicates": task.replicates,
            "source": _source(conditions.modules(task)),
            "versions": _versions(),
            "environment": environment.SETTINGS,
            "machine": f"{platform.system()} {platform.machine()}",
        }
    )


@functools.cache
def _source(modules: tuple[str, ...]) -> str:
    return source_digest(modules)


@functools.cache
def _versions() -> Mapping[str, str]:
    return versions()
