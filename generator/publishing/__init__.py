"""From pages to a site and from a site to versions: all that knows MkDocs, mike and git."""
