"""Text as people write it, and the one folding under which it is compared."""

import re
import unicodedata
from functools import cache

_CONTROL = re.compile(r"_x000[dD]_|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
# The look behind keeps a long run of blanks from being read once from each of its blanks.
_BLANK_LINES = re.compile(r"(?<![ \t\u3000])[ \t\u3000]*\n[ \t\u3000]*(?:\n[ \t\u3000]*)+")


def clean(text: str) -> str:
    """The text without control characters, invisible marks, spreadsheet debris and runs of blank lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _BLANK_LINES.sub("\n", _CONTROL.sub("", text)).strip()


def fold(text: str) -> str:
    """The text in lower case with full-width forms narrowed, character for character.

    The length never changes, so an offset into the folded text is an offset into the published one:
    that is what lets evidence quote its source exactly. A character whose compatibility form is longer
    than one (㎡, ½) stays as it is.
    """
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_character, text))


@cache
def _fold_character(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character


def key(text: str) -> str:
    """The text with width, case and white space taken out: what two spellings of one name share."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
