"""What is wrong with a text before somebody checks it: personal data, real numbers, missing parts, hard reading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fanzha.base.words import Words
from fanzha.command.education.markup import plain_text, split_blocks
from fanzha.command.education.quiz_questions import UnreadableQuiz, check_languages
from fanzha.command.education.reading_level import ReadingLevel, measure_level
from fanzha.command.education.topics import AUDIENCES, ItemKind

if TYPE_CHECKING:
    from fanzha.command.education.models import EducationItem, EducationVersion

#: Personal data and real numbers that a text for the public never needs, with what they look like.
_PRIVATE: tuple[tuple[Words, re.Pattern[str]], ...] = (
    (Words("身份证号码", "an identity number"), re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)")),
    (Words("银行卡号", "a bank card number"), re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")),
    (
        Words("电话号码", "a phone number"),
        re.compile(
            r"(?<!\d)(?<!\d\.)(?:\+?\d[\d -]{0,3})?"
            r"(?:1[3-9]\d[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]\d{7,8}|\d{7,8})(?!\d|\.\d)"
        ),
    ),
    (Words("电子邮箱", "an e-mail address"), re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (
        Words("网址", "a web address"),
        re.compile(r"https?://\S+|\bwww\.\S+|\b[\w-]+\.(?:com|cn|net|org|top|xyz|cc|vip)\b", re.ASCII),
    ),
    (
        Words("微信号或QQ号", "an account of WeChat or QQ"),
        re.compile(r"(?:微信|QQ|wechat|weixin)\s*(?:号码?|ID)?\s*[：:]?\s*[A-Za-z0-9_-]{6,}", re.IGNORECASE),
    ),
    (Words("姓名", "a name"), re.compile(r"(?:姓名|真名|full name)\s*[：:]\s*\S+", re.IGNORECASE)),
)


def find_private(text: str) -> list[tuple[Words, str]]:
    """Return what looks like personal data or a real number, with its beginning; short public lines are none."""
    found = []
    for words, pattern in _PRIVATE:
        for match in pattern.finditer(text):
            found.append((words, f"{match[0][:4]}…"))
            text = text.replace(match[0], " ", 1)
    return found


def level_text(item: EducationItem, version: EducationVersion) -> tuple[str, str]:
    """Return the texts whose reading level counts: of quizzes without the marks of the questions."""
    texts = []
    for summary, body in ((version.summary_zh, version.body_zh), (version.summary_en, version.body_en)):
        if item.kind == ItemKind.QUIZ:
            lines = (line for line in body.splitlines() if not line.startswith("["))
            body = "\n".join(re.sub(r"^[!=-] ", "", line) for line in lines)
        texts.append(f"{summary}\n{plain_text(body)}")
    return texts[0], texts[1]


def measure_version(item: EducationItem, version: EducationVersion) -> ReadingLevel:
    """Return the reading level of a version."""
    return measure_level(*level_text(item, version))


def find_faults(item: EducationItem, version: EducationVersion) -> list[Words]:
    """Return what must be put right before a version can be submitted."""
    faults = []
    for name, label in (("title", Words("标题", "the title")), ("body", Words("正文", "the text"))):
        for language, which in (("zh", Words("中文", "Chinese")), ("en", Words("英文", "English"))):
            if not getattr(version, f"{name}_{language}").strip():
                faults.append(Words(f"缺少{which.zh}{label.zh}", f"{label.en} in {which.en} is missing"))
    parts = (
        version.title_zh,
        version.summary_zh,
        version.body_zh,
        version.title_en,
        version.summary_en,
        version.body_en,
    )
    for words, beginning in find_private("\n".join(parts)):
        faults.append(
            Words(
                f"文中疑似含有{words.zh}（{beginning}），请删除或改为虚构写法",
                f"the text seems to hold {words.en} ({beginning}); delete it or make it up in words",
            )
        )
    if item.kind == ItemKind.QUIZ:
        faults += _quiz_faults(item, version)
    elif not faults and _shape(version.body_zh) != _shape(version.body_en):
        faults.append(
            Words("中英文小标题数量不一致", "the Chinese and the English text differ in their number of headings")
        )
    return faults


def find_warnings(item: EducationItem, level: ReadingLevel) -> list[Words]:
    """Return where a text is harder to read than suits its audience; it can be submitted all the same."""
    audience, warnings = AUDIENCES[item.audience], []
    if level.sentence > audience.sentence:
        warnings.append(
            Words(
                f"中文平均每句{level.sentence:g}字，该受众宜在{audience.sentence:g}字以内",
                f"Chinese sentences have {level.sentence:g} characters on average; {audience.sentence:g} or fewer suit "
                "these readers",
            )
        )
    if level.rare > audience.rare:
        warnings.append(
            Words(
                f"中文不常用词占{level.rare:g}%，该受众宜在{audience.rare:g}%以内",
                f"{level.rare:g} % of the Chinese words are rare; {audience.rare:g} % or fewer suit these readers",
            )
        )
    if level.grade > audience.grade:
        warnings.append(
            Words(
                f"英文阅读年级为{level.grade:g}，该受众宜在{audience.grade:g}以内",
                f"the English text is of grade {level.grade:g}; {audience.grade:g} or lower suits these readers",
            )
        )
    return warnings


def _shape(text: str) -> int:
    return sum(kind == "heading" for kind, _lines in split_blocks(text))


def _quiz_faults(item: EducationItem, version: EducationVersion) -> list[Words]:
    try:
        check_languages(version.body_zh, version.body_en)
    except UnreadableQuiz as unreadable:
        return [unreadable.words]
    if not item.teaches:
        return [Words("请选择该测验所测的内容", "choose the item that the quiz measures")]
    return []
