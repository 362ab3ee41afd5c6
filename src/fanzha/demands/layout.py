"""The columns of the features of demands, and the grammar: which pairs of concepts make a demand."""

from enum import StrEnum
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fanzha.base.words import Words
from fanzha.demands.lexicon import CLASSES, CONTEXT_CLASSES, MAX_CONCEPTS, MAX_CONTEXTS, DemandKind, load_concepts


class DemandState(StrEnum):
    """Whether a text makes a demand, forbids or denies it, or reports it of somebody else or of the past."""

    ASKED = "asked"
    NEGATED = "negated"
    REPORTED = "reported"


KINDS, STATES = tuple(DemandKind), tuple(DemandState)
#: The first kinds: these are demands proper, which are features together with their contexts.
CONTEXT_KINDS = tuple(kind for kind in KINDS if kind not in (DemandKind.THREAT, DemandKind.LURE))
CLASS_NAMES = tuple(name for name in CLASSES if name != "none")
#: Counts that are features, each in steps of COUNT_STEPS.
COUNTS: tuple[Words, ...] = (
    Words("分句数", "clauses"),
    Words("要求的种类数", "kinds of demands"),
    Words("被否定或转述的词语数", "negated or reported terms"),
    Words("概念数", "concepts"),
    Words("长度", "length"),
)
COUNT_STEPS = 8

# first column of each group of features
CONCEPT = 0
NEGATED_CONCEPT = CONCEPT + MAX_CONCEPTS
DEMAND = NEGATED_CONCEPT + MAX_CONCEPTS
DEMAND_PAIR = DEMAND + len(KINDS) * len(STATES)
DEMAND_CONTEXT = DEMAND_PAIR + len(KINDS) * (len(KINDS) - 1) // 2
CLASS_PAIR = DEMAND_CONTEXT + len(CONTEXT_KINDS) * MAX_CONTEXTS
COUNT = CLASS_PAIR + len(CLASS_NAMES) ** 2
#: Number of columns.
FEATURES = COUNT + len(COUNTS) * COUNT_STEPS

#: Concepts that make a demand together if they are in one clause, in any order.
PATTERNS: dict[DemandKind, tuple[tuple[str, str], ...]] = {
    DemandKind.PAY: tuple(
        ("pay_verb", thing)
        for thing in (
            "amount",
            "number",
            "money",
            "tax_fee",
            "margin",
            "unfreeze",
            "card_number",
            "self",
            "crypto_wallet",
        )
    )
    + tuple((fee, amount) for fee in ("tax_fee", "margin", "unfreeze") for amount in ("amount", "number")),
    DemandKind.CODE: tuple(
        (verb, thing)
        for verb in ("tell_verb", "enter_verb")
        for thing in ("code_object", "password", "card_number", "identity")
    ),
    DemandKind.APP: (("meeting_app", "polite_order"),),
    DemandKind.MOVE: (("move_contact", "meeting_app"),),
}

_TITLES: dict[tuple[DemandKind, DemandState], Words] = {
    (kind, state): Words(*texts)
    for kind, texts_by_state in {
        DemandKind.PAY: (("要求转账、充值或垫付", "asks for money"), ("提醒不要转账", "warns against paying")),
        DemandKind.CODE: (
            ("索要验证码、密码或卡号", "asks for a code, password or card data"),
            ("提醒不要透露验证码或密码", "warns against giving codes or passwords"),
        ),
        DemandKind.SCREEN: (
            ("要求共享屏幕或远程控制", "asks to share the screen or give control"),
            ("提醒不要共享屏幕", "warns against sharing the screen"),
        ),
        DemandKind.APP: (
            ("要求安装软件", "asks to install an app"),
            ("提醒不要安装软件", "warns against installing apps"),
        ),
        DemandKind.LINK: (
            ("要求打开链接、扫码或填写资料", "asks to open a link, scan a code or fill in a form"),
            ("提醒不要点链接", "warns against opening links"),
        ),
        DemandKind.CARD_TAP: (
            ("要求用银行卡贴手机或交出卡", "asks to hold the card to the phone or hand it over"),
            ("提醒不要贴卡或交出卡", "warns against tapping or handing over a card"),
        ),
        DemandKind.SECRECY: (
            ("要求保密或不让联系他人", "asks to keep it secret or to talk to nobody"),
            ("提醒不要隐瞒", "warns against keeping it secret"),
        ),
        DemandKind.THREAT: (
            ("以后果或期限相逼", "threatens with a consequence or deadline"),
            ("说明没有此类后果", "says that nothing threatens"),
        ),
        DemandKind.MEET: (
            ("要求当面交付钱物", "asks to hand over cash or goods"),
            ("提醒不要当面交付钱物", "warns against handing over cash or goods"),
        ),
        DemandKind.JOIN: (
            ("拉人出借卡号账号、代转钱款或架设设备", "asks to lend accounts, pass on money or host devices"),
            ("提醒不要出借卡号账号", "warns against lending accounts"),
        ),
        DemandKind.MOVE: (
            ("要求另加联系方式、进群或转接电话", "asks to move to another contact, group or call"),
            ("提醒不要另加联系方式", "warns against adding contacts"),
        ),
        DemandKind.LURE: (
            ("以退款、奖品、收益或工作相诱", "holds out a refund, prize, profit or job"),
            ("提醒不要相信好处", "warns against such offers"),
        ),
    }.items()
    for state, texts in zip(STATES, (*texts_by_state, None), strict=True)
    if texts
}


def demand_title(kind: DemandKind, state: DemandState = DemandState.ASKED) -> Words:
    """Return the words for a demand in a reason."""
    if state is DemandState.REPORTED:
        title = _TITLES[kind, DemandState.ASKED]
        return Words(f"转述他人或过去的事：{title.zh}", f"reports that somebody {title.en}")
    return _TITLES[kind, state]


class Grammar(NamedTuple):
    """Tables of the kernel by the number of a concept (MAX_CONCEPTS); -1 is none."""

    classes: NDArray[np.int32]  # number of its class in CLASS_NAMES
    demands: NDArray[np.int32]  # number of the demand that it makes by itself
    contexts: NDArray[np.int32]  # its number among the contexts
    patterns: NDArray[np.int32]  # MAX_CONCEPTS × MAX_CONCEPTS: the demand that two concepts make together
    reporting: NDArray[np.bool_]  # whether the words after it report of another person or of the past
    denial: int  # the number of the concept "denial"


@cache
def load_grammar() -> Grammar:
    """Return the grammar of the shipped lexicon."""
    concepts = load_concepts()
    numbers = {concept.name: number for number, concept in enumerate(concepts)}
    classes, demands, contexts = (np.full(MAX_CONCEPTS, -1, np.int32) for _ in range(3))
    patterns = np.full((MAX_CONCEPTS, MAX_CONCEPTS), -1, np.int32)
    for number, concept in enumerate(concepts):
        if concept.concept_class != "none":
            classes[number] = CLASS_NAMES.index(concept.concept_class)
        if concept.demand:
            demands[number] = KINDS.index(concept.demand)
    for context, number in enumerate(context_concepts()):
        contexts[number] = context
    for kind, pairs in PATTERNS.items():
        for one, other in pairs:
            patterns[numbers[one], numbers[other]] = patterns[numbers[other], numbers[one]] = KINDS.index(kind)
    reporting = np.zeros(MAX_CONCEPTS, np.bool_)
    reporting[[numbers["reported"], numbers["past_done"]]] = True
    return Grammar(classes, demands, contexts, patterns, reporting, numbers["denial"])


@cache
def context_concepts() -> tuple[int, ...]:
    """Return the numbers of the concepts that are contexts of demands."""
    return tuple(number for number, concept in enumerate(load_concepts()) if concept.concept_class in CONTEXT_CLASSES)


def feature_name(column: int) -> Words:
    """Return the words for a column of the features, "" for columns that are still unused."""
    concepts = load_concepts()
    if column < DEMAND:
        number = column % MAX_CONCEPTS
        if number >= len(concepts):
            return Words("", "")
        title = concepts[number].title
        if column < NEGATED_CONCEPT:
            return Words(f"提到：{title.zh}", f"mentions: {title.en}")
        return Words(f"否定或警示：{title.zh}", f"negated: {title.en}")
    if column < DEMAND_PAIR:
        kind, state = divmod(column - DEMAND, len(STATES))
        return demand_title(KINDS[kind], STATES[state])
    if column < DEMAND_CONTEXT:
        one, other = _DEMAND_PAIRS[column - DEMAND_PAIR]
        return _join(demand_title(one), demand_title(other))
    if column < CLASS_PAIR:
        kind, context = divmod(column - DEMAND_CONTEXT, MAX_CONTEXTS)
        if context >= len(context_concepts()):
            return Words("", "")
        return _join(demand_title(KINDS[kind]), concepts[context_concepts()[context]].title)
    if column < COUNT:
        first, second = divmod(column - CLASS_PAIR, len(CLASS_NAMES))
        return _join(CLASSES[CLASS_NAMES[first]], CLASSES[CLASS_NAMES[second]], "→")
    count, step = divmod(column - COUNT, COUNT_STEPS)
    return Words(f"{COUNTS[count].zh}：第{step}档", f"{COUNTS[count].en}: step {step}")


_DEMAND_PAIRS = [(KINDS[low], KINDS[high]) for high in range(len(KINDS)) for low in range(high)]


def _join(one: Words, other: Words, sign: str = "×") -> Words:
    return Words(f"{one.zh} {sign} {other.zh}", f"{one.en} {sign} {other.en}")
