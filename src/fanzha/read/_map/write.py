"""Write a proposed column map as TOML that a person can check and edit: each line says what it was made of."""

import json
import re
from collections.abc import Mapping

from fanzha.events import Column
from fanzha.read._map.column_map import ColumnMap, Direction, Take
from fanzha.read._map.targets import CALLS, targets

_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def written(map_: ColumnMap, unused: tuple[str, ...] = (), samples: Mapping[str, str] | None = None) -> str:
    """Return the map as TOML; `unused` columns of the file stand below as comments, with a masked sample each."""
    shown = samples or {}
    known = targets(map_.table)
    lines = [
        "# 列映射：改完后再运行 fanzha analyze；各键说明见 docs/reference/column-map.md",
        "# Column map: edit, then run fanzha analyze; docs/reference/column-map.md explains every key.",
        f"table = {_text(map_.table)}  # {_one_of()}",
        f"source = {_text(map_.source)}  # 来源名称；填写后信任其编号  name of the source; with it its ids are trusted",
        f"basis = {_text(map_.basis)}  # 法律依据；含内容时必填  legal basis; content is refused without one",
        f"simulated = {_value(map_.simulated)}",
        *_file(map_),
        "",
        "[time]",
        f"zone = {_text(map_.time.zone)}  # 未写时区的时间属于此时区  zone of times that name none",
        *([f"skew = {_text(map_.time.skew)}"] if map_.time.skew else []),
        *([f"default = {_text(map_.time.default)}"] if map_.time.default else []),
        "",
        "[columns]  # 本平台列 = 文件列  ours = theirs",
        *(_column(known[ours], map_, shown) for ours in map_.columns),
        *(_unused(name, shown) for name in unused),
        *_direction(map_.direction),
        *_proven(map_),
        *_constants(map_),
    ]
    return "\n".join(lines) + "\n"


def _one_of() -> str:
    return "calls: 一行一次通话 one row a call; 其他 others: fanzha schema"


def _file(map_: ColumnMap) -> list[str]:
    layout = map_.file
    said: dict[str, object] = {"encoding": layout.encoding, "delimiter": layout.delimiter, "header": layout.header}
    said |= {"names": list(layout.names), "sheet": layout.sheet}
    there = {key: value for key, value in said.items() if value not in ("", None, [], "ascii")}
    return ["", "[file]", *(f"{key} = {_value(value)}" for key, value in there.items())] if there else []


def _column(column: Column, map_: ColumnMap, samples: Mapping[str, str]) -> str:
    take = map_.take(column.name) or Take(from_="")
    sample = " ".join(samples.get(name, "") for name in take.names).strip()
    about = f"{column.title.zh} {column.title.en}" + (f"  例 e.g. {sample}" if sample else "")
    return f"{column.name} = {_take(take)}  # {about}"


def _take(take: Take) -> str:
    names = _value(take.from_ if isinstance(take.from_, str) else list(take.from_))
    keys = {"unit": take.unit, "format": "" if take.format == "auto" else take.format, "values": take.values}
    keys |= {"bad": "" if take.bad == "reject" else take.bad}
    said = [f"{key} = {_value(value)}" for key, value in keys.items() if value]
    return f"{{ from = {names}, {', '.join(said)} }}" if said else names


def _unused(name: str, samples: Mapping[str, str]) -> str:
    sample = samples.get(name, "")
    return f"# ? = {_text(name)}" + (f"  # 例 e.g. {sample}" if sample else "")


def _direction(direction: Direction | None) -> list[str]:
    if direction is None:
        return []
    return [
        "",
        "[direction]  # 来话时双方互换  on incoming ones the two sides change places",
        f"from = {_text(direction.from_)}",
        f"incoming = {_value(list(direction.incoming))}",
        f"outgoing = {_value(list(direction.outgoing))}",
    ]


def _proven(map_: ColumnMap) -> list[str]:
    if map_.table not in (CALLS, "call_offered"):
        return []
    return [
        "",
        "[proven]  # 何时主叫为本网用户、号码属实  when the caller is our own subscriber, so that the number is proven",
        f'ingress = {_value(list(map_.proven.ingress))}  # 如 e.g. ["mobile", "leased_line"]',
        f"outgoing = {_value(map_.proven.outgoing)}",
    ]


def _constants(map_: ColumnMap) -> list[str]:
    example = ['# ingress = "international_gateway"'] if map_.table == CALLS and not map_.constants else []
    return [
        "",
        "[constants]  # 每行都相同的值  the same on every row",
        *(f"{name} = {_value(value)}" for name, value in map_.constants.items()),
        *example,
    ]


def _text(text: str) -> str:
    """TOML's basic strings are JSON's, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_key(str(key))} = {_value(one)}' for key, one in value.items())} }}"
    return str(value)


def _key(key: str) -> str:
    return key if _PLAIN.fullmatch(key) else _text(key)
