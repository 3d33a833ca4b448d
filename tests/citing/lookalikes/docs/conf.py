"""How to cite, told to others."""

intersphinx_mapping = {"figures": ("https://figures.example/docs/0.1/", None)}
