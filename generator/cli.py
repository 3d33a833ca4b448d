"""The command line: arguments to one call. The only module that prints or exits."""

import datetime
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator import environment, experiments
from generator.errors import GeneratorError, UsageError
from generator.spec import Experiment

if TYPE_CHECKING:
    from generator.settings import Settings

#: The checkout that the command works on.
ROOT = Path(__file__).resolve().parents[1]

_EXPERIMENTS = click.argument("names", nargs=-1, metavar="[EXPERIMENT]...")
_PUBLISHED = click.option(
    "--published", metavar="ADDRESS or DIRECTORY", help="The published site; by default this project's address."
)
_WORKERS = click.option("--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Why are my loss and accuracy plots fluctuating? Run the experiments, build and publish the site."""


@cli.command()
@_EXPERIMENTS
@click.option(
    "--replicates", type=click.IntRange(min=1), help="Try out with so many; the record goes to build/records."
)
@click.option("--pilot", is_flag=True, help="Use pilot replicates, which decide nothing; goes to build/records.")
@click.option("--replication", is_flag=True, help="Repeat with new replicates, once; goes to records/replication.")
@click.option("--times", is_flag=True, help="Also rewrite records/times.json from what was run here.")
@click.option("--dask", "cluster", metavar="ADDRESS", help="Run on a Dask cluster, such as tcp://host:8786.")
@_WORKERS
def run(
    names: Sequence[str],
    replicates: int | None,
    pilot: bool,
    replication: bool,
    times: bool,
    cluster: str | None,
    workers: int,
) -> None:
    """Run experiments (all by default) and write their records; what is stored is not run again."""
    chosen = [experiment for experiment in _chosen(names) if experiment.claims or not replication]
    changed = _run(chosen, workers, _replicates(replicates, pilot, replication), cluster)
    if times:
        _write_times(chosen, workers)
    click.echo(f"records changed: {', '.join(changed)}" if changed else "records are up to date")


@cli.command()
@click.option("--frozen", is_flag=True, help="Render the committed records; needs no TensorFlow.")
@_WORKERS
def build(frozen: bool, workers: int) -> None:
    """Run the experiments, then make the site in site/."""
    if not frozen:
        changed = _run(list(experiments.load().values()), workers)
        if changed:
            click.echo(f"records changed: {', '.join(changed)}")
    click.echo("site/ is made" if _build(workers) else "site/ is up to date")


@cli.command()
@_WORKERS
def serve(workers: int) -> None:
    """Build, then serve with live reload on templates, records and styles."""
    from generator.publishing.serving import serve as serve_site

    _run(list(experiments.load().values()), workers)
    serve_site(ROOT, lambda: _write_docs(workers, "dev"))


@cli.command()
@click.argument("names", nargs=-1, metavar="[FIGURE or EXPERIMENT]...")
@click.option("--from", "place", metavar="PLACE", help="Compare with a published version: its folder or address.")
@click.option("--format", "form", type=click.Choice(["text", "json", "junit"]), default="text", show_default=True)
@_WORKERS
def verify(names: Sequence[str], place: str | None, form: str, workers: int) -> None:
    """Run again and compare with the committed records; exit 1 on a contradiction."""
    from generator.records import record
    from generator.running.checks import FORMATS
    from generator.running.verify import verify as verify_records

    chosen = _chosen([_experiment_of(name) for name in names])
    committed = [record.read_published(place, e.id) if place else record.read(_record_path(e)) for e in chosen]
    checks = verify_records(chosen, committed, ROOT, workers, _progress)
    click.echo(FORMATS[form](checks))
    if any(check.contradicted for check in checks):
        raise GeneratorError("expected the records to hold, found a contradiction")


@cli.command()
@click.argument("address")
def worker(address: str) -> None:
    """Be a worker of a Dask cluster, for `run --dask`; start one for each processor."""
    from generator.running.cluster import work

    work(address)


@cli.command()
@click.option("--keep", metavar="SIZE", default="2 GB", show_default=True, help="Such as '500 MB'.")
def prune(keep: str) -> None:
    """Delete stored runs, the longest unused first, until what is left fits into a size."""
    from generator.running.store import Store, size_in_bytes

    freed = Store(root=ROOT / ".cache" / "runs").prune(size_in_bytes(keep))
    click.echo(f"{freed} stored runs deleted")


@cli.command()
@click.argument("figure")
def explain(figure: str) -> None:
    """Show every ingredient of a figure's key, and which one changed since its record."""
    from generator.running.explain import explain as explain_figure

    for line in explain_figure(experiments.find(_experiment_of(figure)), ROOT):
        click.echo(line)


@cli.command()
@click.argument("version")
@click.option("--alias", help="A name that follows the newest release, such as 'latest'.")
@click.option("--push", is_flag=True, help="Also push the branch.")
@_WORKERS
def publish(version: str, alias: str | None, push: bool, workers: int) -> None:
    """Build the committed records as a version, check it, and add it to the published branch."""
    from generator.publishing import versions

    versions.require_publishable(ROOT, version, alias)
    _build(workers, version=version, address=versions.version_site_url(ROOT, version))
    done = versions.publish(ROOT / "site", version, root=ROOT, alias=alias, push=push)
    click.echo(str(done))


@cli.command()
@click.argument("version")
@click.option("--output", type=click.Path(path_type=Path), help="The zip; by default build/NAME-VERSION.zip.")
@_WORKERS
def bundle(version: str, output: Path | None, workers: int) -> None:
    """Make a zip of a whole version that opens from a folder, with search, records, data, lock and checksums."""
    from generator.files import write_atomically
    from generator.publishing import bundle as bundles
    from generator.publishing import versions

    address = versions.version_site_url(ROOT, version)
    _build(workers, version=version, address=address)
    files = versions.sealed_files(ROOT / "site", address)
    versions.require_as_published(ROOT, version, files)
    target = output or ROOT / "build" / f"{bundles.folder_name(_settings(), version)}.zip"
    write_atomically(target, bundles.make_bundle(files, ROOT, _settings(), version))
    click.echo(f"made {target}")


@cli.command()
@click.argument("kind", type=click.Choice(["erratum", "withdrawal"]))
@click.argument("figure")
@click.option("--version", "versions", multiple=True, help="A version that it is about; all that show it by default.")
@click.option("--reason", required=True, help="What is wrong, for readers.")
def notice(kind: str, figure: str, versions: Sequence[str], reason: str) -> None:
    """Declare an erratum or a withdrawal of a published figure; commit the file it writes, then publish-status."""
    from generator.citing.states import Kind
    from generator.publishing import notices
    from generator.publishing.versions import published_catalogue

    today = datetime.date.today().isoformat()
    notices.declare(ROOT, published_catalogue(ROOT).figure(figure), Kind(kind), versions, reason, today)
    click.echo(f"declared in {notices.FILE}: commit it, then run publish-status")


@cli.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True)
@click.option("--images", metavar="ADDRESS", help="Where the figures of a folder can be seen, such as a preview.")
def changes(old: str, new: str, form: str, images: str | None) -> None:
    """Tell what differs between two versions, folders or commits: verdicts, estimates, figures, environment."""
    from generator.pages.changes import as_json, as_markdown, compare_results
    from generator.publishing.results import find_results
    from generator.records import registrations

    address = f"{images.rstrip('/')}/" if images else None
    before, after = (find_results(ROOT, name, address) for name in (old, new))
    found = compare_results(before, after, list(experiments.load().values()))
    markdown = as_markdown(found, registrations.read(ROOT), ROOT / "templates")
    click.echo(as_json(found) if form == "json" else markdown.rstrip())


@cli.command(name="publish-status")
@click.option("--push", is_flag=True, help="Also push the branch.")
def publish_status(push: bool) -> None:
    """Publish what was declared about figures since the last publication; no version is touched."""
    from generator.publishing import versions

    changed = versions.publish_status(root=ROOT, push=push)
    click.echo("published the status of every figure" if changed else "the status of every figure is published already")


@cli.command()
@click.option("--reason", help="Why a registered claim is amended.")
def register(reason: str | None) -> None:
    """Register claims as they stand, before their confirmatory runs; commit the file it writes."""
    from generator.records import registrations

    today = datetime.date.today().isoformat()
    claims = registrations.register(ROOT, list(experiments.load().values()), today, reason)
    click.echo(f"registered: {', '.join(claims)}" if claims else "every claim is registered as it stands")


@cli.command()
@click.argument("figure")
@click.option("--format", "form", default="text", show_default=True, help="text, bibtex, csl, markdown or html.")
@click.option("--version", help="A published version; by default, what the records here say.")
@_PUBLISHED
def cite(figure: str, form: str, version: str | None, published: str | None) -> None:
    """Print a citation of a figure with its lasting address."""
    from generator.citing import citations

    click.echo(citations.formatted(_citation(figure, version, published), form).rstrip())


@cli.command(name="cite-check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_PUBLISHED
def cite_check(paths: Sequence[Path], form: str, published: str | None) -> None:
    """Tell the state of every citation of our figures in files and folders; exit 1 if one is not current."""
    from generator.citing.catalogue import read_catalogue
    from generator.citing.check import as_json, check, require_current

    checked = check(paths, read_catalogue(published or _address()))
    click.echo(as_json(checked) if form == "json" else "\n".join(map(str, checked)), nl=form == "json" or bool(checked))
    require_current(checked)


@cli.command(name="list")
def list_everything() -> None:
    """List experiments with their conditions, claims and figures."""
    for experiment in experiments.load().values():
        click.echo(f"{experiment.id}: {experiment.question}")
        for role, label in experiment.labels.items():
            click.echo(f"  condition  {role}: {label}")
        for claim in experiment.claims:
            click.echo(f"  claim      {claim.id}: {claim.statement}")
        for figure in experiment.figures:
            click.echo(f"  figure     {figure.id}: {figure.title}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; an error becomes one line and an exit code."""
    environment.apply()
    try:
        cli.main(args=arguments, prog_name="fluctuations", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what was finished is kept", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except GeneratorError as error:
        if "--debug" in sys.argv:
            raise
        click.echo(f"error: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except OSError as error:
        if "--debug" in sys.argv:
            raise
        click.echo(f"error: expected to use {error.filename or 'a file'}, found: {error.strerror or error}", err=True)
        sys.exit(1)


def _chosen(names: Sequence[str]) -> list[Experiment]:
    return [experiments.find(name) for name in names] if names else list(experiments.load().values())


def _record_path(experiment: Experiment) -> Path:
    return ROOT / "records" / f"{experiment.id}.json"


def _experiment_of(name: str) -> str:
    """The experiment that a figure belongs to; an experiment's own id stands for itself."""
    from generator.errors import UnknownNameError

    owners = {figure.id: e.id for e in experiments.load().values() for figure in e.figures}
    owners |= {e.id: e.id for e in experiments.load().values()}
    if name not in owners:
        raise UnknownNameError("figure or experiment", name, owners)
    return owners[name]


def _replicates(count: int | None, pilot: bool, replication: bool) -> Callable[[Experiment], range]:
    from generator.running import run as running
    from generator.spec import PILOT

    if sum([count is not None and not pilot, pilot, replication]) > 1:
        raise UsageError("expected one of --replicates, --pilot and --replication, found more")
    if replication:
        return running.replication
    if pilot:
        return lambda experiment: range(PILOT.start, PILOT.start + (count or experiment.replicates))
    return (lambda experiment: range(count)) if count else running.registered


def _run(
    chosen: list[Experiment],
    workers: int,
    replicates: Callable[[Experiment], range] | None = None,
    cluster: str | None = None,
) -> list[str]:
    from generator.running import run as running

    return running.run(
        chosen,
        ROOT,
        replicates=replicates or running.registered,
        workers=workers,
        cluster=cluster,
        progress=_progress,
    )


def _write_times(chosen: list[Experiment], workers: int) -> None:
    from generator.publishing.timing import report_seconds
    from generator.running.growth import measure_growth
    from generator.running.timing import write_run_times

    growth = measure_growth(experiments.find("learning-rate").conditions["low"], workers)
    report = report_seconds(_inputs("dev"), ROOT, _progress)
    write_run_times(chosen, ROOT, datetime.date.today().isoformat(), growth, report)


def _settings() -> "Settings":
    from generator.settings import read_settings

    return read_settings(ROOT)


def _address() -> str:
    """Where this project's site is published; the installed tool has no project."""
    if not (ROOT / "mkdocs.yml").is_file():
        raise UsageError("expected --published with the address or folder of a published site, found none")
    return _settings().address


def _citation(figure: str, version: str | None, published: str | None) -> Any:
    """The citation of a published version of a figure, or of what the records here say."""
    if version or published:
        from generator.citing.catalogue import read_catalogue

        catalogue = read_catalogue(published or _address())
        return catalogue.citation(figure, version or catalogue.newest)
    from generator.pages.report import citation_of

    return citation_of(figure, _inputs("dev"))


def _inputs(version: str) -> Any:
    from generator.pages.inputs import gather

    return gather(ROOT, list(experiments.load().values()), _settings(), version)


def _write_docs(workers: int, version: str) -> list[Any]:
    """Write build/docs; returns the navigation."""
    from generator.pages.report import make_report, write_report

    report = make_report(_inputs(version), ROOT, workers, _progress)
    write_report(report, ROOT / "build" / "docs")
    return report.nav


def _build(workers: int, *, version: str = "dev", address: str | None = None) -> bool:
    """Make the site unless it is what these sources would give; whether it was made."""
    from generator.publishing.freshness import is_fresh, mark_fresh, sources_digest
    from generator.publishing.locking import only_build

    site = ROOT / "site"
    with only_build(ROOT, site):
        digest = sources_digest(ROOT, version, address)
        if is_fresh(ROOT, digest):
            return False
        from generator.publishing.names import is_release
        from generator.publishing.site import build_site

        nav = _write_docs(workers, version)
        build_site(ROOT / "build" / "docs", nav, site, ROOT, address, indexed=is_release(version))
        mark_fresh(ROOT, digest)
    return True


def _progress(total: int, what: str) -> Callable[[], None]:
    """A progress bar, silent where standard error is no terminal."""
    from tqdm import tqdm

    bar = tqdm(total=total, desc=what, disable=None, leave=False)

    def done() -> None:
        bar.update(1)
        if bar.n >= total:
            bar.close()

    return done
