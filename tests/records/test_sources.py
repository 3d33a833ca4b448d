"""What is kept of source files: right whatever becomes of it."""

import ast
import hashlib
import importlib
import inspect
from pathlib import Path

import pytest

from generator.records import sources
from generator.records.sources import defaults_of, read_source

TEXT = '"""Docs."""\nimport os, json\nfrom sample import helper\n\ndef task():\n    "Docs."\n    return helper\n'
BARE = "import os, json\nfrom sample import helper\n\ndef task():\n    return helper\n"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sources, "KEPT", tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "task.py"
    file.write_text(TEXT)
    return file


def test_names_are_all_that_may_be_modules_and_the_digest_knows_no_docstrings(path: Path) -> None:
    source = read_source(path)
    assert source.imported == ("os", "json", "sample.helper", "sample")
    assert source.digest == hashlib.sha256(ast.dump(ast.parse(BARE)).encode()).hexdigest()


def test_a_file_is_parsed_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_source(path)
    monkeypatch.setattr(ast, "parse", lambda _: pytest.fail("expected what is kept to be read"))
    assert read_source(path) == first


def test_changed_text_is_read_anew(path: Path) -> None:
    first = read_source(path)
    path.write_text(TEXT.replace("return helper", "return None"))
    assert read_source(path).digest != first.digest


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"imported": 3, "digest": "x"}', b'{"digest": "x"}', b"\xff"])
def test_what_is_damaged_is_made_again(path: Path, kept: Path, damage: bytes) -> None:
    first = read_source(path)
    (entry,) = kept.iterdir()
    entry.write_bytes(damage)
    assert read_source(path) == first
    assert entry.read_bytes() != damage


@pytest.mark.tensorflow
@pytest.mark.parametrize(
    "path", ["datasets:planted_teacher", "datasets:digits", "models:dense_network", "models:regression_network"]
)
def test_defaults_are_what_python_says_of_the_imported_function(path: str) -> None:
    module, name = path.split(":")
    function = getattr(importlib.import_module(f"generator.training.{module}"), name)
    plain = {key: p.default for key, p in inspect.signature(function).parameters.items() if p.kind is p.KEYWORD_ONLY}
    assert defaults_of(f"generator.training.{path}") == {
        k: v for k, v in plain.items() if v is not inspect.Parameter.empty
    }


def test_what_is_no_function_has_no_defaults() -> None:
    assert defaults_of("generator.records.sources:KEPT") == {}
    assert defaults_of("generator.records.absent:nothing") == {}
