"""What a version or an alias may be called: names that are safe as a folder, in an address and in git."""

import re

from generator.errors import UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_RELEASE = re.compile(r"v?\d")

#: The alias of the newest release, which every page names as such.
LATEST = "latest"

#: What stands beside the versions on the published branch.
ROOT_NAMES = frozenset(
    {"404.html", "assets", "changes", "f", "figures.json", "index.html", "sitemap.xml", "status", "versions.json"}
)


def is_release(version: str) -> bool:
    """Whether a version's name begins like a number: what it publishes is never altered."""
    return _RELEASE.match(version) is not None


def require_version_name(version: str) -> None:
    """Refuse a name that cannot be a version's."""
    _require_name("version", version)
    if version == LATEST:
        raise UsageError(f"expected a version name, found {version!r}, which is an alias; use --alias {version}")


def require_alias_name(alias: str) -> None:
    """Refuse a name that cannot be an alias'."""
    _require_name("alias", alias)
    if is_release(alias):
        raise UsageError(f"expected an alias that does not look like a release, found {alias!r}")


def _require_name(what: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"expected {what} names of at most 64 lower-case letters, digits, '.', '_' and '-', "
            f"the first a letter or digit, found {name!r}"
        )
    if name in ROOT_NAMES:
        raise UsageError(f"expected a {what} name that is free on the published branch, found {name!r}")
