"""Sphinx with sphinx-gallery as it comes: default theme, default settings."""

project = "Three training scripts"
extensions = ["sphinx_gallery.gen_gallery"]
sphinx_gallery_conf = {"examples_dirs": "../gallery", "gallery_dirs": "gallery"}
