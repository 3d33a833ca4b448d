"""Who publishes the site, where, and under which terms, as `mkdocs.yml` states it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from generator.errors import GeneratorError

#: The parser in C where PyYAML has it: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, kw_only=True)
class Licence:
    """A licence by its name and the address of its text."""

    name: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What citations and releases need to know; `address` ends with a slash."""

    name: str
    description: str
    address: str
    authors: tuple[str, ...]
    code_licence: Licence
    content_licence: Licence


def read_settings(root: Path) -> Settings:
    """The settings in the `mkdocs.yml` of a project; an error names the first one that is missing."""
    document = _load(root / "mkdocs.yml")
    return Settings(
        name=_text(document, "site_name"),
        description=_text(document, "site_description"),
        address=_address(document),
        authors=_authors(document),
        code_licence=_licence(document, "code"),
        content_licence=_licence(document, "content"),
    )


def _load(path: Path) -> Mapping[str, Any]:
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except FileNotFoundError:
        raise GeneratorError(f"expected the site's configuration in {path}, found no such file") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise GeneratorError(f"expected {path} to be YAML, found: {' '.join(str(error).split())}") from None
    if not isinstance(document, Mapping):
        raise GeneratorError(f"expected {path} to map names to values, found {type(document).__name__}")
    return document


def _at(document: Mapping[str, Any], name: str) -> Any:
    """The value at a dotted name, or None where any part of it is missing."""
    value: Any = document
    for key in name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _text(document: Mapping[str, Any], name: str) -> str:
    value = _at(document, name)
    if not isinstance(value, str) or not value.strip():
        raise GeneratorError(f"expected {name} in mkdocs.yml to be a text, found {value!r}")
    return value.strip()


def _address(document: Mapping[str, Any]) -> str:
    address = _text(document, "site_url")
    if not address.startswith(("https://", "http://")):
        raise GeneratorError(f"expected site_url in mkdocs.yml to be the site's web address, found {address!r}")
    return address.rstrip("/") + "/"


def _authors(document: Mapping[str, Any]) -> tuple[str, ...]:
    name = "extra.publication.authors"
    authors = _at(document, name)
    if not isinstance(authors, list) or not authors or not all(isinstance(a, str) and a.strip() for a in authors):
        raise GeneratorError(f"expected {name} in mkdocs.yml to list at least one author, found {authors!r}")
    return tuple(author.strip() for author in authors)


def _licence(document: Mapping[str, Any], what: str) -> Licence:
    place = f"extra.publication.licences.{what}"
    return Licence(name=_text(document, f"{place}.name"), url=_text(document, f"{place}.url"))
