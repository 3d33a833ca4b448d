"""Figures: each kind computes its plot and draws it, in one style, for a light and a dark page, as PNG and as data."""
