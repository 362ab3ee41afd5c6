"""Format a column map as commented TOML for the operator to check and edit."""

import json
import re
from collections.abc import Mapping

import msgspec

from fanzha.events import Column
from fanzha.read._map.column_map import ColumnMap, ColumnSource, DirectionRule
from fanzha.read._map.targets import CALLS, target_columns

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def format_map(
    map_: ColumnMap,
    unused: tuple[str, ...] = (),
    samples: Mapping[str, str] | None = None,
    ingress: tuple[str, Mapping[str, str]] | None = None,
) -> str:
    """Return the map as TOML. `unused` source columns are listed as comments, with a masked sample each.

    `ingress` is a guess of what the trunks of a column mean, which stands as a comment until somebody confirms it.
    """
    sample_by_name = samples or {}
    targets = target_columns(map_.table)
    lines = [
        "# 列映射：改完后再运行 fanzha analyze；各键说明见 docs/reference/column-map.md",
        "# Column map: edit, then run fanzha analyze; docs/reference/column-map.md explains every key.",
        f"table = {_format_text(map_.table)}  # {_table_comment()}",
        f"source = {_format_text(map_.source)}"
        "  # 来源名称；填写后信任其编号  name of the source; with it its ids are trusted",
        f"basis = {_format_value(msgspec.to_builtins(map_.basis))}"
        "  # 法律依据；含内容时必填  legal basis; content is refused without one",
        f"simulated = {_format_value(map_.simulated)}",
        *_format_questions(map_.questions),
        *_format_layout(map_),
        "",
        "[time]",
        f"zone = {_format_text(map_.time.zone)}  # 未写时区的时间属于此时区  zone of times that name none",
        *([f"skew = {_format_text(map_.time.skew)}"] if map_.time.skew else []),
        *([f"default = {_format_text(map_.time.default)}"] if map_.time.default else []),
        "",
        "[columns]  # 本平台列 = 文件列  ours = theirs",
        *(_format_column(targets[target], map_, sample_by_name) for target in map_.columns),
        *(_format_unused(name, sample_by_name) for name in unused),
        *_format_guess(ingress),
        *_format_direction(map_.direction),
        *_format_proven(map_),
        *_format_constants(map_),
    ]
    return "\n".join(lines) + "\n"


def _table_comment() -> str:
    return "calls: 一行一次通话 one row a call; 其他 others: fanzha schema"


def _format_questions(questions: tuple[str, ...]) -> list[str]:
    if not questions:
        return []
    head = (
        "# 更正下列各列后删去 questions，此前本映射不会被使用",
        "# Correct these columns, then delete `questions`: until then the map is not used.",
    )
    return [*head, "questions = [", *(f"    {_format_text(question)}," for question in questions), "]"]


def _format_layout(map_: ColumnMap) -> list[str]:
    layout = map_.file
    settings: dict[str, object] = {"encoding": layout.encoding, "delimiter": layout.delimiter, "header": layout.header}
    settings |= {"names": list(layout.names), "sheet": layout.sheet, "complete": layout.complete or None}
    present = {key: value for key, value in settings.items() if value not in ("", None, [], "ascii")}
    return ["", "[file]", *(f"{key} = {_format_value(value)}" for key, value in present.items())] if present else []


def _format_column(column: Column, map_: ColumnMap, samples: Mapping[str, str]) -> str:
    source = map_.column_source(column.name) or ColumnSource(from_="")
    sample = " ".join(samples.get(name, "") for name in source.names).strip()
    comment = f"{column.title.zh} {column.title.en}" + (f"  例 e.g. {sample}" if sample else "")
    return f"{column.name} = {_format_source(source)}  # {comment}"


def _format_source(source: ColumnSource) -> str:
    names = _format_value(source.from_ if isinstance(source.from_, str) else list(source.from_))
    keys = {"unit": source.unit, "format": "" if source.format == "auto" else source.format, "values": source.values}
    keys |= {"bad": "" if source.bad == "reject" else source.bad}
    settings = [f"{key} = {_format_value(value)}" for key, value in keys.items() if value]
    return f"{{ from = {names}, {', '.join(settings)} }}" if settings else names


def _format_unused(name: str, samples: Mapping[str, str]) -> str:
    sample = samples.get(name, "")
    return f"# ? = {_format_text(name)}" + (f"  # 例 e.g. {sample}" if sample else "")


def _format_guess(ingress: tuple[str, Mapping[str, str]] | None) -> list[str]:
    if ingress is None:
        return []
    header, values = ingress
    source = ColumnSource(from_=header, values=dict(values), bad="empty")
    return [
        "# 按中继名称推测的入口：核对后去掉行首的 #  ingress guessed by the names of trunks: check, then remove the #",
        f"# ingress = {_format_source(source)}",
    ]


def _format_direction(direction: DirectionRule | None) -> list[str]:
    if direction is None:
        return []
    return [
        "",
        "[direction]  # 来话时双方互换  on incoming ones the two sides change places",
        f"from = {_format_text(direction.from_)}",
        f"incoming = {_format_value(list(direction.incoming))}",
        f"outgoing = {_format_value(list(direction.outgoing))}",
    ]


def _format_proven(map_: ColumnMap) -> list[str]:
    if map_.table not in (CALLS, "call_offered"):
        return []
    return [
        "",
        "[proven]  # 何时主叫为本网用户、号码属实  when the caller is our own subscriber, so that the number is proven",
        f'ingress = {_format_value(list(map_.proven.ingress))}  # 如 e.g. ["mobile", "leased_line"]',
        f"outgoing = {_format_value(map_.proven.outgoing)}",
    ]


def _format_constants(map_: ColumnMap) -> list[str]:
    example = ['# ingress = "international_gateway"'] if map_.table == CALLS and not map_.constants else []
    return [
        "",
        "[constants]  # 每行都相同的值  the same on every row",
        *(f"{name} = {_format_value(value)}" for name, value in map_.constants.items()),
        *example,
    ]


def _format_text(text: str) -> str:
    """Return a TOML basic string: a JSON string with DEL escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _format_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _format_text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_format_value(item) for item in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_format_key(str(key))} = {_format_value(item)}' for key, item in value.items())} }}"
    return str(value)


def _format_key(key: str) -> str:
    return key if _PLAIN.fullmatch(key) else _format_text(key)
