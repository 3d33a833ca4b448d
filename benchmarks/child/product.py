"""What one processor can do with AVX2: seconds for a large float32 matrix product by OpenBLAS' Haswell kernel."""

import importlib
import time

from benchmarks.child import serve
from benchmarks.child.pinning import pin

SIZE = 2048


def main() -> None:
    """Answer each line with the seconds of one product and the kernel that did it."""
    pin()
    import numpy as np

    rng = np.random.default_rng(0)
    a, b = (rng.random((SIZE, SIZE), dtype=np.float32) for _ in range(2))
    libraries = importlib.import_module("threadpoolctl").threadpool_info()
    kernel = next((lib["architecture"] for lib in libraries if lib["internal_api"] == "openblas"), "unknown")
    out = np.empty_like(a)

    def product(_: str) -> tuple[float, str]:
        start = time.perf_counter()
        np.matmul(a, b, out=out)
        return time.perf_counter() - start, kernel

    product("")
    serve(product)


if __name__ == "__main__":
    main()
