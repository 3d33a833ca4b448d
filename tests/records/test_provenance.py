"""The source digest: what changes it, what does not, and that nothing is imported to make it."""

import subprocess
import sys
from pathlib import Path

import pytest

DIGEST = """
import sys
from generator.records.provenance import source_digest
print(source_digest(["sample.task"]))
assert "sample" not in sys.modules and "numpy" not in sys.modules
"""


def make_package(root: Path) -> Path:
    """A package whose task imports a helper, and a module that nothing imports."""
    folder = root / "sample"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "task.py").write_text(
        '"""Docs."""\nfrom sample import helper\n\ndef task():\n    return helper.value()\n'
    )
    (folder / "helper.py").write_text("import os\n\ndef value():\n    return 1\n")
    (folder / "other.py").write_text("x = 1\n")
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return make_package(tmp_path)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of the package as it is made, in another place."""
    return digest(make_package(tmp_path_factory.mktemp("before")))


def digest(package: Path) -> str:
    """The digest in a process of its own, as modules are read once a process."""
    root = Path(__file__).resolve().parents[2]
    environment = {"PYTHONPATH": f"{package.parent}:{root}", "PATH": "/usr/bin"}
    run = subprocess.run([sys.executable, "-c", DIGEST], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        ("task.py", "helper.value()", "helper.value() + 1", True),
        ("helper.py", "return 1", "return 2", True),
        ("__init__.py", "", "x = 1\n", True),
        ("other.py", "x = 1", "x = 2", False),
        ("task.py", "Docs.", "Other words.", False),
        ("helper.py", "import os", "import os  # a comment\n", False),
    ],
)
def test_code_that_is_imported_counts_and_nothing_else(
    package: Path, before: str, file: str, old: str, new: str, changes: bool
) -> None:
    """Comments and docstrings do not, nor modules outside the imports."""
    path = package / file
    path.write_text(path.read_text().replace(old, new, 1) if old else new)
    assert (digest(package) != before) is changes


def test_a_moved_checkout_has_the_same_digest(package: Path, tmp_path: Path) -> None:
    """Paths are no part of it."""
    moved = tmp_path / "elsewhere" / "sample"
    moved.parent.mkdir()
    before = digest(package)
    package.rename(moved)
    assert digest(moved) == before
