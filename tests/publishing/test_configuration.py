"""What `mkdocs.yml` promises: nothing foreign, nothing that only MkDocs knows, nothing overlooked."""

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def test_the_configuration_asks_nobody_else_for_anything() -> None:
    configuration = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    extensions = {next(iter(item)) if isinstance(item, dict) else item for item in configuration["markdown_extensions"]}
    assert configuration["theme"]["font"] is False
    assert configuration["plugins"] == ["search"]
    assert "hooks" not in configuration
    assert not extensions & {"pymdownx.snippets", "pymdownx.b64", "pymdownx.emoji"}
    assert "navigation.instant" not in configuration["theme"]["features"]
    assert set(configuration["validation"]["links"].values()) == {"warn"}
