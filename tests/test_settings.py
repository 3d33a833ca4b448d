"""The project's own configuration, and every way in which it can lack what a publication needs."""

from pathlib import Path

import pytest

from generator.errors import GeneratorError
from generator.settings import read_settings

ROOT = Path(__file__).resolve().parents[1]


def test_the_projects_own_settings_are_complete() -> None:
    settings = read_settings(ROOT)
    assert settings.address.startswith("https://")
    assert settings.address.endswith("/")
    assert settings.code_licence.name == "MIT"
    assert settings.content_licence.name == "CC BY 4.0"
    assert settings.authors


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("site_url: https", "other: https", "site_url in mkdocs.yml to be a text, found None"),
        ("site_url: https://fluctuations.example/", "site_url: ftp://x", "web address, found 'ftp://x'"),
        ("site_name: Fluctuations", "site_name: 3", "site_name in mkdocs.yml to be a text, found 3"),
        ("      - The Fluctuations authors", "      []", "extra.publication.authors in mkdocs.yml"),
        ("      - The Fluctuations authors", "      - ' '", "extra.publication.authors in mkdocs.yml"),
        ("        name: MIT\n", "", "extra.publication.licences.code.name in mkdocs.yml"),
        ("extra:", "extras:", "extra.publication.authors in mkdocs.yml"),
        ("site_name:", "site_name: [", "to be YAML"),
    ],
)
def test_what_is_missing_is_named_in_one_line(tmp_path: Path, old: str, new: str, named: str) -> None:
    complete = (ROOT / "mkdocs.yml").read_text()
    assert old in complete
    (tmp_path / "mkdocs.yml").write_text(complete.replace(old, new))
    with pytest.raises(GeneratorError) as caught:
        read_settings(tmp_path)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_or_strange_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GeneratorError, match="found no such file"):
        read_settings(tmp_path)
    (tmp_path / "mkdocs.yml").write_text("- a list")
    with pytest.raises(GeneratorError, match="found list"):
        read_settings(tmp_path)
