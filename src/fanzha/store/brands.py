"""The operator's own protected brands: `brands.tsv` or `brands.toml` in the state folder."""

import tomllib
from pathlib import Path

from fanzha.base.errors import UsageError
from fanzha.brands.table import COLUMNS, Brand, BrandTable, check_brand, parse, shipped
from fanzha.store.state_folder import state_folder

_LISTS = ("own", "aliases")


def load_brand_table(folder: Path | None = None) -> BrandTable:
    """Return the operator's brands followed by the shipped ones. An own row replaces the shipped one of its domain.

    `brands.tsv` has the columns of the shipped table. `brands.toml` has one `[[brand]]` per brand with the same names,
    and `own` and `aliases` as lists. Raise UsageError with file, row and column of an error.
    """
    return shipped().with_brands(load_own_brands(folder))


def load_own_brands(folder: Path | None = None) -> list[Brand]:
    """Return the operator's own brands only, none if there is no file."""
    state = folder or state_folder()
    return [*_read_tsv(state / "brands.tsv"), *_read_toml(state / "brands.toml")]


def _read_tsv(path: Path) -> list[Brand]:
    return parse(_read_text(path), str(path)) if path.is_file() else []


def _read_toml(path: Path) -> list[Brand]:
    if not path.is_file():
        return []
    try:
        data = tomllib.loads(_read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {error}", fix="write [[brand]] and lines such as domain = 'example.com'") from None
    entries = data.get("brand", [])
    if set(data) - {"brand"} or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{path}: only [[brand]] may stand here", fix="write one [[brand]] for each brand")
    return [_parse_brand(entry, f"{path}: brand {number}") for number, entry in enumerate(entries, start=1)]


def _parse_brand(entry: dict[str, object], location: str) -> Brand:
    unknown = set(entry) - set(COLUMNS)
    if unknown or "domain" not in entry:
        problem = f"column {min(unknown)!r} is not known" if unknown else "column domain is missing"
        raise UsageError(f"{location}: {problem}", fix=f"use {', '.join(COLUMNS)}")
    invalid = [name for name, value in entry.items() if not _is_valid(name, value)]
    if invalid:
        raise UsageError(
            f"{location}, column {invalid[0]}", fix="write words in quotes; own and aliases as lists of them"
        )
    lists = {name: tuple(_to_texts(entry.get(name, []))) for name in _LISTS}
    texts = {name: str(value) for name, value in entry.items() if name not in _LISTS}
    return check_brand(Brand(**(texts | {"domain": texts["domain"].strip().lower()}), **lists), location)  # type: ignore[arg-type]


def _is_valid(name: str, value: object) -> bool:
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(word, str) for word in value)
    return isinstance(value, str)


def _to_texts(value: object) -> list[str]:
    return [str(word) for word in value] if isinstance(value, list) else []


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8", fix="save it as UTF-8") from None
