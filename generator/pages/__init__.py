"""Records to Markdown: context, citations, catalogues; no training, no drawing of its own."""
