"""How hard a text is to read: sentence length and rare words of Chinese, the grade of English.

Chinese: the average number of characters a sentence, and the share of words that are not among the common ones. Words
are cut by the table made from jieba's dictionary (docs/decisions/0037). English: the grade of Flesch and Kincaid
(1975), 0.39 words a sentence + 11.8 syllables a word - 15.59, with syllables counted by groups of vowels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

#: Words whose cost is below this many nats are common: about 22,000 of the table.
COMMON_BELOW_NATS = 13.0
#: Everyday words that the dictionary's corpus (news) has seldom; counts with their measure, such as 三百元, are none.
EVERYDAY_WORDS = frozenset(
    [
        "转账",
        "怎么办",
        "保证金",
        "挂断",
        "来电",
        "交钱",
        "快递",
        "社保",
        "航空公司",
        "骗局",
        "定金",
        "头像",
        "退票",
        "账号",
        "卖家",
        "运费",
        "二手",
        "收款",
        "还款",
        "关机",
        "小钱",
        "营业厅",
        "手机号",
        "微信",
        "支付宝",
        "红包",
        "扫码",
        "群里",
        "领导",
        "网店",
        "短信",
        "验证码",
        "二维码",
        "诈骗",
        "骗子",
        "报警",
        "网址",
        "链接",
        "点赞",
        "客服",
    ]
)
_NUMERALS = frozenset("一二三四五六七八九十几两百千万")
_LONGEST_WORD = 5
_CHARACTER_COST = 13.0
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_CHINESE_END = re.compile(r"[。！？；!?;\n]+")
_ENGLISH_END = re.compile(r"""[.!?;]+[”"'’]?(?=\s|$)|\n+""")
_ENGLISH_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_VOWELS = re.compile(r"[aeiouy]+")


class ReadingLevel(NamedTuple):
    """The level of a text in both languages.

    `sentence` is the average length of a Chinese sentence in characters, `rare` the share of rare Chinese words in
    percent, `grade` the English grade. Each is 0 for an empty text.
    """

    sentence: float
    rare: float
    grade: float


def measure_level(chinese: str, english: str) -> ReadingLevel:
    """Return the reading level of a text without markup."""
    return ReadingLevel(*_measure_chinese(chinese), english_grade(english))


def _word_costs() -> Mapping[str, float]:
    from fanzha.learn.words import word_costs  # loads Arrow's kernels, which pages do not need

    return word_costs()


def cut_words(run: str) -> list[str]:
    """Return the cheapest words of a run of Chinese characters, by the unigram model of the table."""
    costs = _word_costs()
    best: list[tuple[float, int]] = [(0.0, 0)] * (len(run) + 1)
    for start in range(len(run) - 1, -1, -1):
        best[start] = (_CHARACTER_COST + best[start + 1][0], 1)
        for length in range(2, min(_LONGEST_WORD, len(run) - start) + 1):
            cost = costs.get(run[start : start + length])
            if cost is not None and cost + best[start + length][0] < best[start][0]:
                best[start] = (cost + best[start + length][0], length)
    words, position = [], 0
    while position < len(run):
        words.append(run[position : position + best[position][1]])
        position += best[position][1]
    return words


def english_grade(text: str) -> float:
    """Return the Flesch-Kincaid grade of an English text, rounded to a tenth; 0 for an empty one."""
    sentences = [words for part in _ENGLISH_END.split(text) if (words := _ENGLISH_WORD.findall(part))]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 0.0
    syllables = sum(map(count_syllables, words))
    return round(max(0.0, 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59), 1)


def count_syllables(word: str) -> int:
    """Return the number of syllables of an English word, by its groups of vowels; a final silent e does not count."""
    letters = word.lower().replace("’", "'")
    count = len(_VOWELS.findall(letters))
    is_silent = letters.endswith(("e", "es", "ed")) and not letters.endswith(("le", "les", "ted", "ded", "ses", "ces"))
    return max(1, count - (is_silent and count > 1))


def _measure_chinese(text: str) -> tuple[float, float]:
    sentences = [part for part in _CHINESE_END.split(text) if _HAN.search(part)]
    if not sentences:
        return 0.0, 0.0
    characters = sum(len(re.sub(r"[\s，、：“”‘’（）《》…—,:()\"'-]", "", sentence)) for sentence in sentences)
    costs = _word_costs()
    words = [word for run in _HAN.findall(text) for word in cut_words(run) if len(word) > 1]
    words = [word for word in words if word[0] not in _NUMERALS]
    rare = sum(costs[word] >= COMMON_BELOW_NATS and word not in EVERYDAY_WORDS for word in words)
    return round(characters / len(sentences), 1), round(100 * rare / len(words), 1) if words else 0.0
