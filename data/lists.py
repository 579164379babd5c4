"""The table of live lists, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from models.errors import NotFound
from models.lists import ListType


@cache
def list_types() -> Mapping[str, ListType]:
    """Id → list, in the order of the table, which is the order of the pages."""
    text = resources.files("data").joinpath("lists.toml").read_text(encoding="utf-8")
    found = [ListType.model_validate(row) for row in tomllib.loads(text)["list"]]
    return MappingProxyType({one.id: one for one in found})


def list_type(id: str) -> ListType:
    """The list of that id. Raises NotFound."""
    found = list_types().get(id)
    if found is None:
        raise NotFound(f"没有清单“{id}”，可用：{'、'.join(list_types())}")
    return found
