"""Performance, side by side with what people would use instead.

`python -m benchmarks` measures every row in one run, alternating the two sides, and prints medians, their ratio and
what was measured; `python -m benchmarks 1 4` measures single rows. `benchmarks/README.md` defines each row and keeps a
dated table of results. Nothing here is a test: times depend on the machine and on what else it does.
"""
