"""The commands. Each is a few lines: parse, ask the workspace, print."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from sparkwright.cli.session import Session
from sparkwright.domain import MOST_ROWS
from sparkwright.errors import SparkwrightError, UsageError
from sparkwright.identifiers import quoted

app = typer.Typer(
    name="sparkwright",
    help="Ask a data lake in plain words; get PySpark that is right, and an answer that can be trusted.",
    epilog="--catalog, --model, --config, --json and --quiet may stand anywhere. Exit codes: 0 done, 1 program "
    "refused, 2 usage or settings, 3 cannot answer, 4 run failed or cancelled, 5 catalog or permission, 70 a bug, "
    "130 interrupted.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
On = Annotated[str | None, typer.Option("--on", help="Where to run: auto, local.", metavar="PLATFORM")]
Rows = Annotated[int | None, typer.Option("--rows", help="The most rows to fetch.", metavar="N", min=1, max=MOST_ROWS)]
Tables = Annotated[list[str], typer.Option("--table", help="A table to ask, DATABASE.TABLE; may be given again.")]
File = Annotated[str, typer.Argument(help="A file with a program, or - for standard input.", metavar="FILE")]
Locations = Annotated[
    list[str],
    typer.Option(
        "--location",
        help="A folder or file (s3://BUCKET/PATH/, a path) that is a table of its own, named locations.PATH.",
        metavar="LOCATION",
    ),
]
Refresh = Annotated[bool, typer.Option("--refresh", help="Ask the catalog again instead of what was kept of it.")]
_FLAGS = ("--json", "--quiet")
_VALUES = ("--catalog", "--model", "--config")


def run(arguments: list[str]) -> int:
    """Run one call and come back with its exit code."""
    front, rest = _in_front(arguments or ["--help"])
    session = Session(as_json="--json" in front)
    try:
        command = typer.main.get_command(app)
        outcome = command.main(front + rest, prog_name="sparkwright", standalone_mode=False, obj=session)
        return outcome if isinstance(outcome, int) else 0
    except SparkwrightError as error:
        return session.fail(error)
    except typer.Exit as end:
        return end.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return session.interrupted()
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        shown = getattr(error, "format_message", None)
        if shown is None:
            return session.confess(error)
        hint = (
            "put the question in quotes" if "extra argument" in shown() else "`sparkwright --help` lists the commands"
        )
        return session.fail(UsageError(shown(), hint=hint))


def _in_front(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Part the global options, wherever they stand, from the rest."""
    front: list[str] = []
    rest: list[str] = []
    left = iter(arguments)
    for argument in left:
        if argument == "--":
            rest += [argument, *left]
        elif argument in _FLAGS or argument.startswith(tuple(f"{name}=" for name in _VALUES)):
            front.append(argument)
        elif argument in _VALUES:
            front += [argument, *([value] if (value := next(left, None)) is not None else [])]
        else:
            rest.append(argument)
    return front, rest


def _version(wanted: bool) -> None:
    if wanted:
        from sparkwright import __version__

        typer.echo(f"sparkwright {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    catalog: Annotated[str | None, typer.Option(help="Where tables come from: sample, files:FOLDER.")] = None,
    model: Annotated[str | None, typer.Option(help="Who writes programs: offline.")] = None,
    config: Annotated[Path | None, typer.Option(help="A settings file instead of ./sparkwright.toml.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Take the options that every command has."""
    session: Session = context.obj
    session.catalog, session.model, session.config = catalog, model, config
    session.as_json, session.quiet = as_json, quiet


def _print(session: Session, value: Any, show: Any) -> None:
    """Print an object as JSON, or have it shown."""
    if session.as_json:
        session.print_json(value)
    else:
        from sparkwright.cli import render

        show(render)


@app.command()
def tables(
    context: typer.Context,
    database: Annotated[str | None, typer.Argument(help="One database only.")] = None,
    refresh: Refresh = False,
) -> None:
    """List the tables of a database, or of all."""
    session: Session = context.obj
    with session.workspace() as workspace:
        if refresh:
            workspace.refresh()
        names = workspace.tables(database)
    rows = [(quoted(name.database), quoted(name.name)) for name in names]
    shown = {"tables": [{"database": name.database, "name": name.name, "quoted": name.quoted} for name in names]}
    _print(session, shown, lambda render: render.names(session.out, "", rows, ("database", "table")))


@app.command()
def describe(
    context: typer.Context,
    table: Annotated[str, typer.Argument(metavar="DATABASE.TABLE")],
    refresh: Refresh = False,
) -> None:
    """Show a table: its columns with types and comments, keys, partitions, location."""
    session: Session = context.obj
    with session.workspace() as workspace:
        if refresh:
            workspace.refresh()
        described = workspace.describe(table)
        unreadable = workspace.unreadable(described)
    shown = {**asdict(described), "name": str(described.name), "error": unreadable and unreadable.message}
    shown["target"] = described.target and str(described.target)
    del shown["evidence"]
    shown["foreign_keys"] = [{**asdict(key), "table": str(key.table)} for key in described.foreign_keys]
    _print(session, shown, lambda render: render.table(session.out, described, unreadable))


@app.command()
def ask(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, in plain words.")],
    table: Tables = [],  # noqa: B006  (typer copies it)
    location: Locations = [],  # noqa: B006  (typer copies it)
    on: On = None,
    rows: Rows = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write and check the program, and say what it would scan; run nothing.")
    ] = False,
) -> None:
    """Ask a question: a program is written, checked and run."""
    session: Session = context.obj
    with session.workspace(warm=True) as workspace:
        told = workspace.ask(
            question, tables=tuple(table), locations=tuple(location), on=on, rows=rows, dry_run=dry_run
        )
    _print_answer(session, told)


@app.command()
def write(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help="The question, in plain words.")],
    table: Tables = [],  # noqa: B006  (typer copies it)
    location: Locations = [],  # noqa: B006  (typer copies it)
) -> None:
    """Write a program for a question and check it, but do not run it."""
    session: Session = context.obj
    with session.workspace(warm=True) as workspace:
        told = workspace.write(question, tables=tuple(table), locations=tuple(location))
    if session.as_json:
        _print_answer(session, told)
        return
    session.out.file.write((told.program.source if told.program else "").rstrip("\n") + "\n")
    for assumption in told.assumptions:
        session.err.print(f"assumed: {assumption}", highlight=False, markup=False)


@app.command()
def check(
    context: typer.Context,
    file: File,
    location: Locations = [],  # noqa: B006  (typer copies it)
) -> int:
    """Check a program against the rules and the real schema, without running it."""
    from sparkwright.encoding import finding_json

    session: Session = context.obj
    with session.workspace(warm=True) as workspace:
        checked = workspace.check(_source(file), locations=tuple(location))
    program = checked.program
    shown = {
        "ok": program is not None,
        "findings": [finding_json(finding) for finding in checked.findings],
        "program": program.source if program else None,
        "tables": [str(name) for name in program.tables] if program else [],
        "columns": [asdict(column) for column in program.columns] if program else [],
    }
    verdict = "ok: it may run" if program else "refused"

    def show(render: Any) -> None:
        render.findings(session.out, checked.findings)
        session.out.print(verdict, style="green" if program else "red")

    _print(session, shown, show)
    return 0 if program else 1


@app.command()
def show(
    context: typer.Context,
    file: File,
    on: Annotated[
        str | None, typer.Option("--on", help="A platform, or your own Spark: spark35, spark4.", metavar="PLATFORM")
    ] = None,
    style: Annotated[Literal["declare", "reads"], typer.Option(help="How tables are made known.")] = "declare",
    location: Locations = [],  # noqa: B006  (typer copies it)
) -> None:
    """Print the full script that a platform runs for a program, ready to be pasted elsewhere."""
    session: Session = context.obj
    with session.workspace(warm=True) as workspace:
        script = workspace.show(_source(file), on=on, style=style, locations=tuple(location))
    if session.as_json:
        session.print_json({"script": script})
    else:
        session.out.file.write(script)


@app.command()
def estimate(
    context: typer.Context,
    file: File,
    on: On = None,
    location: Locations = [],  # noqa: B006  (typer copies it)
) -> None:
    """Say what a program would scan, where it would run, and about what it costs."""
    session: Session = context.obj
    with session.workspace(warm=True) as workspace:
        estimated = workspace.estimate(_source(file), on=on, locations=tuple(location))
    text = f"{estimated.platform} ({estimated.reason})"
    _print(
        session,
        asdict(estimated),
        lambda render: session.out.print(f"{text}: {render.scan(estimated)}", highlight=False),
    )


@app.command(name="run")
def run_file(
    context: typer.Context,
    file: File,
    on: On = None,
    rows: Rows = None,
    save: Annotated[str, typer.Option(help="A new folder for the whole result as Parquet.", metavar="FOLDER")] = "",
    location: Locations = [],  # noqa: B006  (typer copies it)
) -> None:
    """Run a program."""
    session: Session = context.obj
    with session.workspace(warm=True) as workspace:
        told = workspace.run(_source(file), on=on, rows=rows, save=save, locations=tuple(location))
    _print_answer(session, told, with_program=False)


@app.command()
def runs(context: typer.Context, run_id: Annotated[str | None, typer.Argument(metavar="ID")] = None) -> None:
    """List the newest runs, or show one in full."""
    session: Session = context.obj
    with session.workspace() as workspace:
        if run_id is None:
            kept = workspace.runs()
            listed = [
                {key: value for key, value in asdict(record).items() if key not in ("answer", "log")} for record in kept
            ]
            _print(session, {"runs": listed}, lambda render: render.records(session.out, kept))
            return
        record = workspace.record(run_id)
    _print(
        session,
        record.answer | {"at": record.at, "kind": record.kind, "catalog": record.catalog},
        lambda render: render.record(session.out, record),
    )


@app.command()
def logs(context: typer.Context, run_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Print all that a run printed, and its traceback if it failed."""
    session: Session = context.obj
    with session.workspace() as workspace:
        record = workspace.record(run_id)
    if session.as_json:
        session.print_json({"id": record.id, "state": record.state, "log": record.log})
        return
    session.out.file.write(record.log + "\n" if record.log else "")
    if not record.log:
        session.err.print(f"{record.id} printed nothing", style="dim", highlight=False)


@app.command()
def sample(context: typer.Context) -> None:
    """Build the sample lake (flights from New York in 2013) and say where it is."""
    session: Session = context.obj
    session.catalog = "sample"
    with session.workspace() as workspace:
        names = workspace.tables()
        location = workspace.describe(names[0]).location
    folder = str(Path(location).parent)
    shown = {"folder": folder, "tables": [str(name) for name in names]}
    _print(
        session,
        shown,
        lambda _: session.out.print(f"{folder}: {', '.join(name.name for name in names)}", highlight=False),
    )


def _print_answer(session: Session, told: Any, *, with_program: bool = True) -> None:
    from sparkwright.encoding import answer_json

    if session.as_json:
        session.print_json(answer_json(told))
        return
    from sparkwright.cli import render

    render.answer(session.out, told, with_program=with_program)


def _source(file: str) -> str:
    """The text of a program; raises `UsageError` where it cannot be read."""
    if file == "-" and sys.stdin is None:
        raise UsageError("there is no standard input", hint="name a file with a program")
    try:
        if file == "-":
            return sys.stdin.read()
        return Path(file).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(
            f"there is no file {file!r}", hint="name a file with a program, or - for standard input"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the file {file!r} cannot be read: {error}") from error
