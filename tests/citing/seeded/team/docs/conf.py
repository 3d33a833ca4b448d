"""Configuration of the team's documentation."""

intersphinx_mapping = {
    "python": ("https://docs.python.org/3/", None),
    "figures": ("https://figures.example/docs/0.2/", None),
}
