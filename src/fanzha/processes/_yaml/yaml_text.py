"""Strict YAML: no duplicate keys, no anchors, `no` is a string, and every value has a line number."""

import re
from typing import Any, NamedTuple

import yaml

from fanzha.processes._yaml.faults import KeyPath, ProcessFault, WrongText

#: The C loader, if PyYAML has it, is ten times as fast.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")


class ParsedYaml(NamedTuple):
    """Plain values, and the line (from 1) of every key path."""

    value: Any
    lines: dict[KeyPath, int]


def read_yaml(text: str, name: str) -> ParsedYaml:
    """Read one YAML document. Raise WrongText with the line of the first error."""
    lines: dict[KeyPath, int] = {}
    try:
        _refuse_aliases(text, name)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise WrongText(name, [ProcessFault((), f"not YAML: {error.problem}")], {(): line}) from None
    except yaml.YAMLError as error:
        raise WrongText(name, [ProcessFault((), f"not YAML: {error}")], {(): 1}) from None
    if node is None:
        raise WrongText(name, [ProcessFault((), "the text is empty")], {(): 1})
    return ParsedYaml(_value(node, (), lines, name), lines)


def _refuse_aliases(text: str, name: str) -> None:
    """Refuse aliases: they can expand a short text to any size."""
    for token in yaml.scan(text, Loader=_LOADER):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            fault = ProcessFault((), "anchors, aliases and tags are not used here", "write the value out")
            raise WrongText(name, [fault], {(): token.start_mark.line + 1})


def _value(node: yaml.Node, key_path: KeyPath, lines: dict[KeyPath, int], name: str) -> Any:
    lines.setdefault(key_path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, key_path, lines, name)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*key_path, number), lines, name) for number, item in enumerate(node.value)]
    return _scalar(node.value, quoted=isinstance(node, yaml.ScalarNode) and bool(node.style))


def _mapping(node: yaml.MappingNode, key_path: KeyPath, lines: dict[KeyPath, int], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        lines[(*key_path, key)] = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key in found:
            raise WrongText(name, [ProcessFault((*key_path, key), "the key stands here twice, or is no word")], lines)
        found[key] = _value(value_node, (*key_path, key), lines, name)
    return found


def _scalar(text: str, *, quoted: bool) -> Any:
    if quoted:
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null", "~"):
        return None
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
