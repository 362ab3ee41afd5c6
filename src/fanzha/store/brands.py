"""The operator's own protected brands: `brands.tsv` or `brands.toml` in the state folder."""

from pathlib import Path
from typing import Any

from fanzha.base.errors import UsageError
from fanzha.base.toml_file import read_toml
from fanzha.brands.table import COLUMNS, Brand, BrandTable, check_brand, load_shipped_brands, parse_brands
from fanzha.store.state_folder import state_folder

_LISTS = ("own", "aliases", "signers", "icons")
_HASHES = ("signers", "icons")
#: Columns whose field of `Brand` has another name.
_FIELDS = {"own": "other_domains", "needs": "match_requirement"}


def load_brand_table(folder: Path | None = None) -> BrandTable:
    """Return the operator's brands followed by the shipped ones.

    A brand of the operator replaces the shipped brand with the same domain.
    `brands.tsv` has the columns of the shipped table. `brands.toml` has one `[[brand]]` per brand with the same names,
    and `own` and `aliases` as lists. Raise UsageError with file, row and column of an error.
    """
    return load_shipped_brands().with_brands(load_own_brands(folder))


def load_own_brands(folder: Path | None = None) -> list[Brand]:
    """Return the operator's own brands only, none if there is no file."""
    state = folder or state_folder()
    return [*_read_tsv(state / "brands.tsv"), *_read_entries(state / "brands.toml")]


def _read_tsv(path: Path) -> list[Brand]:
    return parse_brands(_read_text(path), str(path)) if path.is_file() else []


def _read_entries(path: Path) -> list[Brand]:
    if not path.is_file():
        return []
    data = read_toml(path, fix="write [[brand]] and lines such as domain = 'example.com'")
    entries = data.get("brand", [])
    if set(data) - {"brand"} or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{path}: only [[brand]] is allowed", fix="write one [[brand]] for each brand")
    return [_parse_brand(entry, f"{path}: brand {number}") for number, entry in enumerate(entries, start=1)]


def _parse_brand(entry: dict[str, object], location: str) -> Brand:
    unknown = set(entry) - set(COLUMNS)
    if unknown or "domain" not in entry:
        problem = f"unknown column {min(unknown)!r}" if unknown else "column domain is missing"
        raise UsageError(f"{location}: {problem}", fix=f"use {', '.join(COLUMNS)}")
    invalid = [name for name, value in entry.items() if not _is_valid(name, value)]
    if invalid:
        raise UsageError(
            f"{location}, column {invalid[0]}",
            fix="write a text in quotes, or a list of texts for own, aliases, signers and icons",
        )
    fields: dict[str, Any] = {
        _FIELDS.get(name, name): tuple(value) if isinstance(value, list) else value for name, value in entry.items()
    }
    hashes = {name: tuple(value.replace(":", "").lower() for value in fields.get(name, ())) for name in _HASHES}
    return check_brand(Brand(**(fields | hashes | {"domain": fields["domain"].strip().lower()})), location)


def _is_valid(name: str, value: object) -> bool:
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(word, str) for word in value)
    return isinstance(value, str)


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8", fix="save it as UTF-8") from None
