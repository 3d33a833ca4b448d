"""The side of those who cite: how a figure is cited, and whether what was cited still holds. Needs no drawing code."""
