"""What the page of a figure says in its head, for reference managers, search engines and programs."""

from typing import Any

from generator.citing import citations
from generator.citing.citations import Citation

#: Types of the files that a program may want instead of the page, by the end of their names.
_ALTERNATES = {
    ".bib": "application/x-bibtex",
    ".csl.json": "application/vnd.citationstyles.csl+json",
    ".csv": "text/csv",
    ".json": "application/json",
}


def figure_head(citation: Citation, page: str) -> dict[str, Any]:
    """The head of a figure's page as front matter; `page` is its full address.

    Highwire's names are what Zotero and Google Scholar read, Dublin Core's tell that this is an image.
    """
    return {
        "cite_as": citation.url,
        "citation": {
            "title": citation.title,
            "author": list(citation.settings.authors),
            "publication_date": str(citation.year),
            "publisher": citation.settings.name,
            "technical_report_number": f"{citation.id}, version {citation.version}",
            "language": "en",
            "public_url": citation.url,
            "fulltext_html_url": page,
        },
        "dublin_core": {
            "title": citation.title,
            "creator": list(citation.settings.authors),
            "date": str(citation.year),
            "type": "StillImage",
            "format": "image/svg+xml",
            "identifier": [citation.url, f"sha256:{citation.data}"],
            "publisher": citation.settings.name,
            "description": citation.alt,
            "rights": citation.settings.content_licence.url,
        },
        "alternates": {f"{citation.id}{end}": media_type for end, media_type in _ALTERNATES.items()},
        "json_ld": _json_ld(citation, page),
    }


def _json_ld(citation: Citation, page: str) -> dict[str, Any]:
    """The figure in the words of schema.org."""
    settings = citation.settings
    return {
        "@context": "https://schema.org",
        "@type": "ImageObject",
        "@id": citation.url,
        "url": page,
        "name": citation.title,
        "description": citation.alt,
        "caption": citation.caption,
        "contentUrl": citation.image,
        "encodingFormat": "image/svg+xml",
        "identifier": f"sha256:{citation.data}",
        "author": [{"@type": "Organization", "name": author} for author in settings.authors],
        "datePublished": str(citation.year),
        "version": citation.version,
        "license": settings.content_licence.url,
        "creditText": citations.text(citation),
        "isPartOf": {"@type": "WebSite", "name": settings.name, "url": settings.address},
        "isBasedOn": {
            "@type": "Dataset",
            "name": f"Data of {citation.title}",
            "description": f"The numbers that are drawn: {citation.alt}",
            "license": settings.content_licence.url,
            "distribution": {
                "@type": "DataDownload",
                "encodingFormat": "text/csv",
                "contentUrl": f"{citation.url}{citation.id}.csv",
            },
        },
    }
