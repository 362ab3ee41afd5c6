"""Every error that a rule text can have, each made and told here by the text that stands beside it."""

from collections.abc import Iterator

from fanzha.base.words import Words
from fanzha.claims.fraud_type import FRAUD_TYPES
from fanzha.rules import RuleError, check, decoded, parse
from fanzha.rules._diagnostics import FORMS, WARNINGS
from fanzha.rules.diagnostics import DiagnosticKind
from reference_pages.markdown import page, table

_SHOWN = 600  # characters of an example

_SORTS = {
    "R1": Words("符号、名称、数字、文字", "Signs, names, numbers, texts"),
    "R2": Words("语法", "Grammar"),
    "R3": Words("事件、字段、名单、对象", "Facts, fields, lists, subjects"),
    "R4": Words("类型", "Types"),
    "R5": Words("跨度与大小", "Spans and sizes"),
}


def errors() -> str:
    """Every error with a text that makes it, and what is told."""
    return page(
        Words("规则错误", "Errors of rule texts"),
        Words(
            "`fanzha rules check` 一次指出全部错误：位置、所在行、改法，中英文并列。"
            "下列每一条都由其样例实际产生，测试逐一执行。",
            "`fanzha rules check` tells all mistakes of a file at once: place, line and fix, in both languages. "
            "Each one below is told of the text beside it; the tests run them all.",
        ),
        [_index(), *_parts(), *_warnings()],
    )


def _index() -> str:
    rows = [
        (f"[{form.code}](#{form.code.lower()})", _plain(form.what.zh), _plain(form.what.en)) for form in FORMS.values()
    ]
    return table(["code", "中文", "English"], rows)


def _parts() -> Iterator[str]:
    for sort, words in _SORTS.items():
        yield f"## {words.en} {words.zh}"
        yield from (_part(form) for code, form in FORMS.items() if code.startswith(sort))


def _warnings() -> Iterator[str]:
    """Yield what is valid and yet warned of: the exit code stays 0."""
    yield (
        "## Warnings 提醒\n\nThe rule is valid and runs; the exit code stays 0.\n\n规则有效，照常运行；退出码仍为 0。"
    )
    yield from (_part(form) for form in WARNINGS.values())


def _part(form: DiagnosticKind) -> str:
    data = form.example.encode("utf-8", "surrogateescape")
    shown = data.decode("utf-8", "replace").rstrip()
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}…"
    return f"### {form.code}\n\n```\n{_visible(shown)}\n```\n\n```\n{_visible(_told(data))}\n```"


def _told(data: bytes) -> str:
    """Return what is told of an example, but for the line that counts the mistakes."""
    try:
        checked = check(parse(decoded(data, name="my.rule"), name="my.rule"), fraud_types=FRAUD_TYPES)
    except RuleError as error:
        return error.mistakes[0].show("my.rule")
    return checked.warnings[0].show("my.rule")


def _visible(text: str) -> str:
    return "".join(sign if sign.isprintable() or sign == "\n" else "·" for sign in text)


def _plain(text: str) -> str:
    """Return a form of words with its places named by what they hold, in one language."""
    return text.replace("_zh}", "}").replace("_en}", "}").replace("{", "‹").replace("}", "›")
