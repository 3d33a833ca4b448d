"""Documentation of a team that cites three figures; the test puts the inventory beside it."""

project = "Team"
extensions = ["sphinx.ext.intersphinx"]
intersphinx_mapping = {"figures": ("https://figures.example/docs/0.3/", "objects.inv")}
nitpicky = True
