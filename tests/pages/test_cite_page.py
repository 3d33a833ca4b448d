"""The page for those who cite: what it tells them to write works."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from generator.citing.mentions import OWN_LINE, inventories_in
from generator.cli import cli
from generator.pages.report import Report
from tests.figures.synthetic import FIGURES

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "https://fluctuations.example/"


@pytest.fixture(scope="module")
def blocks(report: Report) -> dict[str, list[str]]:
    """The page's code blocks by language."""
    found: dict[str, list[str]] = {}
    for language, text in re.findall(
        r"^``` (\w+)\n(.*?)^```$", report.files["cite.md"].decode(), re.MULTILINE | re.DOTALL
    ):
        found.setdefault(language, []).append(text)
    return found


def test_every_configuration_is_yaml(blocks: dict[str, list[str]]) -> None:
    extension, myst, step, hook = (yaml.safe_load(text) for text in blocks["yaml"])
    assert extension["markdown_extensions"] == [{"fluctuations": {"published": ADDRESS}}]
    assert list(myst["project"]["references"]) == ["fluctuations"]
    assert "cite-check" in step[0]["run"]
    (local,) = hook["repos"][0]["hooks"]
    (ours,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert local == {
        **ours,
        "entry": f"{ours['entry']} --published {ADDRESS}",
        "additional_dependencies": ["fluctuations"],
    }


def test_the_commands_exist_as_they_are_called(blocks: dict[str, list[str]], tmp_path: Path) -> None:
    (command,) = blocks["sh"]
    arguments = shlex.split(command)
    assert arguments[0] == "fluctuations"
    (tmp_path / "figures.json").write_text("{}")
    placed = [str(tmp_path) if argument in {"docs/", ADDRESS} else argument for argument in arguments[1:]]
    answer = CliRunner().invoke(cli, placed)
    # It got as far as reading the list, which is none.
    assert "expected the figures.json of a published site" in str(answer.exception)


def test_references_are_those_that_cite_check_finds(blocks: dict[str, list[str]]) -> None:
    line = OWN_LINE.fullmatch(blocks["markdown"][0].strip())
    assert line is not None
    assert (line["figure"], line["version"]) == (next(iter(FIGURES)), "0.1")
    for configuration in (blocks["python"][0], blocks["yaml"][1]):
        (inventory,) = inventories_in(Path("docs/conf.py"), configuration, ADDRESS)
        assert (inventory.name, inventory.version) == ("fluctuations", "0.1")
