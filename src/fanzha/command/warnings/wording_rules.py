"""Rules that the wording of a warning keeps, checked while it is written and before it is approved.

Practice of the line 12381 and of the police's warnings: no link, no number to call and no chat account, because
fraudsters send such messages too; what was seen and one act to do; no fear for its own sake (Pratkanis: fear made
things worse); words that an old person reads once.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from fanzha.base.words import Words

CHANNELS = ("text", "flash_sms", "voice", "email", "app")
CHANNEL_TITLES = {
    "text": Words("短信", "text message"),
    "flash_sms": Words("闪信", "flash SMS"),
    "voice": Words("语音外呼", "voice call"),
    "email": Words("电子邮件", "e-mail"),
    "app": Words("应用内消息", "app message"),
}
#: 16-bit units of a message alone, and of one of several that are joined (3GPP TS 23.040 §9.2.3.24.1).
UNITS_ALONE, UNITS_JOINED = 70, 67
#: 16-bit units that a wording may have: one flash SMS, three texts; others by what people read or listen to.
MOST_UNITS = {"flash_sms": UNITS_ALONE, "text": 3 * UNITS_JOINED, "voice": 300, "email": 2_000, "app": 200}
#: Channels whose message states no numbers; the others may name the emergency number and the anti-fraud line.
_WITHOUT_NUMBERS = frozenset({"text", "flash_sms"})
_HELP = frozenset({"110", "96110", "12381"})
#: Longest part of a Chinese sentence between two marks, in characters, and the highest grade of an English text.
MOST_CHARACTERS_A_CLAUSE, MOST_GRADE = 28, 9.0

_LINK = re.compile(
    r"https?:|ftp:|www\.|(?<![\w@])[a-z0-9][a-z0-9-]*(?:[.．。][a-z0-9-]+)*[.．]"
    r"(?:com|cn|net|org|top|xyz|vip|cc|info|io|app|me|shop|site|club|link|ly)\b",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
_DIGITS = re.compile(r"\+?\d(?:[\s()（）-]?\d){2,}")
_CHAT = re.compile(
    r"Q\s*Q|微\s*信\s*[号:：]|加\s*(?:我|好友|微|群)|薇\s*信|[vV]\s*[xX信]|\bwechat\s*(?:id|:)"
    r"|telegram|whatsapp|电报号|扫码|二维码|QR code",
    re.IGNORECASE,
)
_FEAR = re.compile(
    r"倾家荡产|家破人亡|后果自负|严重后果|将被逮捕|追究(?:您|你)的|坐牢|立即冻结|再不.{0,8}就|恐怖|可怕|[!！]{2,}"
    r"|\bor else\b|\bruined?\b|lose everything|\bjail\b|\bprison\b|\barrest|terrif|horr|consequences",
    re.IGNORECASE,
)
_SEEN = {
    "zh": re.compile(r"诈骗|骗子|冒充|被骗|可疑|骗局|假的|仿冒"),
    "en": re.compile(r"fraud|scam|\bfalse\b|imitat|suspicious|swindl|fake|somebody else", re.IGNORECASE),
}
_ACT = {
    "zh": re.compile(r"请|不要|不转账|停止|挂断|核实|确认|报警|拨打|告诉|卸载|关闭"),
    "en": re.compile(
        r"\b(?:stop|hang up|pay (?:in )?(?:no|nothing)|do not|call|ask|tell|remove|report|send nothing|check|leave"
        r"|look|talk|reach|take|put)\b",
        re.IGNORECASE,
    ),
}
_CLAUSE = re.compile(r"[，。；：、！？,;:!?\n“”（）]")
_SENTENCE = re.compile(r"[.!?;:\n]+")
_WORD = re.compile(r"[A-Za-z']+")
_VOWELS = re.compile(r"[aeiouy]+")


class Breach(NamedTuple):
    """What a text breaks: its language, the rule, what to change, and whether it bars the text from approval."""

    language: str
    rule: str
    words: Words
    is_error: bool = True


class TextSize(NamedTuple):
    """The size of a text on a handset: 16-bit units (UCS-2), and how many messages it takes."""

    units: int
    parts: int


def measure_text(text: str) -> TextSize:
    """Return the size of a text as an SMS of alphabet UCS-2 (3GPP TS 23.038 §6.2.3)."""
    units = len(text.encode("utf-16-be", "surrogatepass")) // 2
    return TextSize(units, 1 if units <= UNITS_ALONE else -(-units // UNITS_JOINED))


def check_wording(channel: str, zh: str, en: str) -> list[Breach]:
    """Return every rule that a wording of a channel breaks, errors first."""
    breaches = [breach for language, text in (("zh", zh), ("en", en)) for breach in _check(channel, language, text)]
    return sorted(breaches, key=lambda breach: not breach.is_error)


def is_allowed(breaches: Sequence[Breach]) -> bool:
    """Return whether none of the breaches bars a wording."""
    return not any(breach.is_error for breach in breaches)


def _check(channel: str, language: str, text: str) -> Iterator[Breach]:
    if not text.strip():
        yield Breach(language, "empty", Words("请填写", "Write a text."))
        return
    yield from _check_lures(channel, language, text)
    size, most = measure_text(text), MOST_UNITS[channel]
    if size.units > most:
        words = Words(f"过长：{size.units} 字，至多 {most} 字", f"Too long: {size.units} characters; at most {most}.")
        yield Breach(language, "length", words)
    if not _SEEN[language].search(text):
        yield Breach(
            language,
            "seen",
            Words("请写明发现了什么（如“疑似诈骗”）", "State what was seen, such as a suspected fraud."),
            is_error=False,
        )
    if not _ACT[language].search(text):
        yield Breach(language, "act", Words("请写明对方该做的一件事", "State one act to do."))
    if found := _FEAR.search(text):
        yield Breach(
            language,
            "fear",
            Words(f"不要恐吓：“{found[0]}”", f"Do not frighten people: “{found[0]}”."),
        )
    yield from _check_reading(language, text)


def _check_lures(channel: str, language: str, text: str) -> Iterator[Breach]:
    if found := _LINK.search(text) or _MAIL.search(text):
        yield Breach(
            language, "link", Words(f"不得含链接或邮箱：{found[0]}", f"A warning holds no link or address: {found[0]}")
        )
    for found in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if channel not in _WITHOUT_NUMBERS and digits in _HELP:
            continue
        words = Words(f"不得含电话等号码：{found[0]}", f"A warning holds no number to call: {found[0]}")
        yield Breach(language, "number", words)
        break
    if found := _CHAT.search(text):
        yield Breach(
            language,
            "chat",
            Words(f"不得含 QQ、微信等账号或二维码：{found[0]}", f"A warning holds no chat account or code: {found[0]}"),
        )


def _check_reading(language: str, text: str) -> Iterator[Breach]:
    """Yield what makes a text hard to read. It is shown and bars nothing."""
    if language == "zh":
        longest = max((len(clause.strip()) for clause in _CLAUSE.split(text)), default=0)
        if longest > MOST_CHARACTERS_A_CLAUSE:
            words = Words(
                f"分句最长 {longest} 字，请断句，每句不超过 {MOST_CHARACTERS_A_CLAUSE} 字",
                f"One clause has {longest} characters; split it, at most {MOST_CHARACTERS_A_CLAUSE} each.",
            )
            yield Breach(language, "reading", words, is_error=False)
    elif (grade := reading_grade(text)) > MOST_GRADE:
        words = Words(
            f"英文阅读难度为 {grade:.0f} 年级，请用短句短词（不超过 {MOST_GRADE:.0f}）",
            f"Reads at grade {grade:.0f}; use shorter sentences and words (at most {MOST_GRADE:.0f}).",
        )
        yield Breach(language, "reading", words, is_error=False)


def reading_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of an English text; syllables are counted as groups of vowels."""
    words = _WORD.findall(text)
    sentences = max(1, sum(1 for sentence in _SENTENCE.split(text) if _WORD.search(sentence)))
    if not words:
        return 0.0
    syllables = sum(max(1, len(_VOWELS.findall(word.lower().removesuffix("e")))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
