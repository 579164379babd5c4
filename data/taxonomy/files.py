"""The CSV files of this folder, as rows."""

import csv
import hashlib
from collections.abc import Iterator
from importlib import resources


def read_table(name: str) -> Iterator[dict[str, str]]:
    """The rows of one table file, in file order, by column name."""
    yield from csv.DictReader((resources.files(__package__) / name).read_text("utf-8").splitlines())


def split_names(cell: str) -> tuple[str, ...]:
    """The names of a cell that holds several, separated by `|`."""
    return tuple(name for name in cell.split("|") if name)


def digest(*names: str) -> str:
    """Twelve hexadecimal digits that change when the content of one of these files does."""
    hashed = hashlib.sha256()
    for name in names:
        # Line ends differ between checkouts of the same revision.
        hashed.update((resources.files(__package__) / name).read_bytes().replace(b"\r\n", b"\n"))
    return hashed.hexdigest()[:12]
