"""The README tells the truth: its table of settings, its drawing and its commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from typer.testing import CliRunner

from api.cli import app
from api.settings import Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _settings(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str | None]]:
    """Each variable without CHANJIAO_, and what its docstring says."""
    for name, field in model.model_fields.items():
        nested = field.annotation
        if isinstance(nested, type) and issubclass(nested, BaseModel):
            yield from _settings(nested, f"{prefix}{name.upper()}__")
        else:
            yield prefix + name.upper(), field.description


SETTINGS = dict(_settings(Settings))


def test_every_setting_is_in_the_table_with_its_meaning_and_default() -> None:
    for name, meaning in SETTINGS.items():
        row = f"| `CHANJIAO_{name}` | {meaning} |"
        assert row in README, f"README lacks {row}"


def test_no_row_of_the_table_names_a_setting_that_is_gone() -> None:
    named = set(re.findall(r"`CHANJIAO_([A-Z_]+)`", README))
    assert named <= set(SETTINGS)


def test_every_module_in_the_drawing_exists() -> None:
    drawing = README.split("```mermaid")[1].split("```")[0]
    for folder, modules in re.findall(r"<br/>(\w+)/([\w, /]+)", drawing):
        for module in modules.split(","):
            path = ROOT / folder / module.strip()
            assert path.is_dir() or path.with_suffix(".py").is_file(), f"{folder}/{module}"


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"^\.venv/bin/chanjiao ([\w-]+(?: [a-z-]+-[a-z-]+)?)", README, re.M)))
)
def test_every_command_that_the_readme_shows_exists(command: str) -> None:
    assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0


def test_the_markdown_has_no_open_placeholder() -> None:
    assert "<!-- " not in README
