"""What holds for the project as a whole."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("models", "data", "indexing", "matching", "api")


@pytest.mark.parametrize("name", PACKAGES)
def test_no_namesake_shadows_a_package(name: str) -> None:
    module = importlib.import_module(name)
    assert Path(module.__file__ or "").parent == ROOT / name
    assert (module.__doc__ or "").count("\n") <= 1, "one sentence explains the room"


def test_the_ignore_file_swallows_no_source() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("不是 git 检出，无从核对")
    ignored = subprocess.run(
        ["git", "-C", str(ROOT), "status", "--porcelain", "--ignored", "--", *PACKAGES, "tests"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    lost = [line for line in ignored.splitlines() if line.startswith("!!") and "__pycache__" not in line]
    assert lost == []


def test_every_dependency_is_pinned() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [one for extra in project["optional-dependencies"].values() for one in extra]
    pinned = {
        re.split(r"[=<>\[;@ ]", line)[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
    }
    names = {re.split(r"[=<>\[;@ ]", one)[0].lower().replace("_", "-") for one in wanted} - {"chanjiao"}
    assert names - pinned == set()
    assert "torch" in pinned
