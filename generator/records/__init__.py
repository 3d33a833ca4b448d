"""Records: everything a figure or sentence needs, committed as JSON; where the two halves of the project meet."""
