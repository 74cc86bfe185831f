"""export-db: the database that everybody may have."""

from __future__ import annotations

import json
from pathlib import Path

import click

from syncer.cli import Settings, pass_settings
from syncer.cli.output import print_json

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--force", is_flag=True, help="Replace FILE where it is there.")
@click.option(
    "--metadata",
    "metadata_file",
    type=FILE,
    metavar="FILE",
    help="Also write what datasette needs to explain it.",
)
@pass_settings
def export_db(settings: Settings, file: Path, force: bool, metadata_file: Path | None) -> None:
    """Write a new SQLite FILE with what everybody may have: ratings, inspections, money,
    interventions and changes, and nobody's address.

    FILE may be read by every account of this machine: it is made to be served.
    """
    from syncer.operations import exporting

    targets = [path for path in (file, metadata_file) if path is not None]
    for path in targets:
        if path.exists() and not force:
            raise click.UsageError(f"{path} is there already: add --force to replace it")

    with settings.app() as app:
        for path in targets:
            exporting.check_is_no_store(path)
        exported = exporting.export(app, file)

    if metadata_file is not None:
        said = exporting.metadata(file.stem)
        _write_metadata(metadata_file, said)

    if settings.json:
        print_json({"file": str(file), "bytes": exported.size, "rows": exported.rows})
    else:
        click.echo(_summary(file, exported.rows, exported.size))


def _write_metadata(path: Path, said: dict[str, object]) -> None:
    from syncer.operations import exporting

    text = json.dumps(said, ensure_ascii=False, indent=2)
    try:
        path.write_text(f"{text}\n", encoding="utf-8")
        path.chmod(exporting.FOR_EVERYBODY)
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from error


def _summary(file: Path, rows: dict[str, int], size: int) -> str:
    """Return one line: the file, its size, and how many rows each table has."""
    counted = ", ".join(f"{number:,} {name}" for name, number in rows.items())
    megabytes = size / 1_000_000
    return f"{file} ({megabytes:.1f} MB): {counted}"
