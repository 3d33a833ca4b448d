"""What the report and the run need to know of a source file, kept by the file's content so that it is parsed once."""

import ast
import functools
import hashlib
import importlib.util
import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generator.files import write_atomically

#: Beside the stored runs and figures: all of it can be made again.
KEPT = Path(__file__).resolve().parents[2] / ".cache" / "sources"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source file: the names that it imports, and the SHA-256 of its syntax tree without docstrings."""

    imported: tuple[str, ...]
    digest: str


@functools.cache
def source_file(module: str) -> Path | None:
    """The source file of a module, found without importing it or what it lies in."""
    top, *inner = module.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin)
    if not inner:
        return path
    base = path.parent.joinpath(*inner)
    candidates = (base.with_suffix(".py"), base / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def read_source(path: Path) -> Source:
    """What a source file imports and its digest, from what is kept or by parsing it.

    The syntax tree of the same text is another one for another Python, so Python's version is a part of the name.
    """
    text = path.read_bytes()
    kept = KEPT / f"{hashlib.sha256(platform.python_version().encode() + text).hexdigest()}.json"
    try:
        found = json.loads(kept.read_bytes())
        return Source(imported=tuple(found["imported"]), digest=found["digest"])
    except (OSError, ValueError, KeyError, TypeError):  # not there, or not whole
        source = _parsed(text)
        write_atomically(kept, json.dumps(asdict(source)).encode())
        return source


@functools.cache
def defaults_of(path: str) -> dict[str, Any]:
    """A function's keyword arguments that have a plain default, by its import path; read, not imported."""
    module, name = path.split(":")
    file = source_file(module)
    tree = ast.parse(file.read_bytes()) if file else ast.Module(body=[], type_ignores=[])
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    pairs = [pair for node in found for pair in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    return {argument.arg: default.value for argument, default in pairs if isinstance(default, ast.Constant)}


def _parsed(text: bytes) -> Source:
    tree = ast.parse(text)
    imported = dict.fromkeys(name for node in ast.walk(tree) for name in _names(node))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and _is_docstring(body[0]):
            del body[0]
    return Source(imported=tuple(imported), digest=hashlib.sha256(ast.dump(tree).encode()).hexdigest())


def _names(node: ast.AST) -> list[str]:
    """The modules that a statement may import; whether a name taken from a module is one itself, only files tell."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [*(f"{node.module}.{alias.name}" for alias in node.names), node.module]
    return []


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
