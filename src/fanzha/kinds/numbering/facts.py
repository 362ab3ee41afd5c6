"""Classify one number: `decide` for the Chinese plan, `phonenumbers` for other countries. Never raises."""

from typing import NamedTuple

import msgspec

from fanzha.base.words import Words
from fanzha.kinds.numbering.digits import WrittenDigits, has_letters, parse_digits
from fanzha.kinds.numbering.foreign import look_up_foreign
from fanzha.kinds.numbering.plan import NumberingPlan, plan, service_names
from fanzha.kinds.numbering.plan_rules import (
    AS_WRITTEN,
    ELSEWHERE,
    Decision,
    count_zeros,
    decide,
    leading_digits,
    plan_outcome,
)
from fanzha.kinds.numbering.terms import (
    CAPABILITIES,
    CLASSES,
    OPERATORS,
    REASON_WORDS,
    REASONS,
    VALIDITIES,
    Capability,
    NumberClass,
    NumberReason,
    Operator,
    Validity,
)

_MOBILE = CLASSES.index(NumberClass.MOBILE)
_SERVICE_LIKE = range(CLASSES.index(NumberClass.SERVICE), CLASSES.index(NumberClass.PORT_SMS) + 1)
_CELLULAR = range(_MOBILE, CLASSES.index(NumberClass.SATELLITE_OR_EMERGENCY) + 1)
_YES = VALIDITIES.index(Validity.YES)


class NumberFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts of one number; `operator` is by allocation, and the number may have been ported to another one."""

    number_class: NumberClass
    valid: Validity
    reason: NumberReason
    canonical: str = ""  # E.164 if there is one, else the digits; "" if it is not a number
    e164: str | None = None
    national: str = ""  # as dialled in China, with trunk zero
    region: str = ""  # ISO 3166 alpha-2; "001" for international services
    operator: Operator = Operator.NONE
    province: str = ""
    city: str = ""
    possible: bool = False  # whether the length is possible
    imitates: str = ""  # the number that a disguised number imitates
    voice: Capability = Capability.NOT_SAID
    texts: Capability = Capability.NOT_SAID

    @property
    def mvno(self) -> bool:
        """Whether an MVNO sells the range; `operator` is then its network."""
        return self.number_class is NumberClass.MVNO

    @property
    def reason_words(self) -> Words:
        """The reason in words, with the number that a disguised number imitates."""
        words = REASON_WORDS[self.reason]
        if not self.imitates:
            return words
        name = service_names().get(self.imitates, Words("", ""))
        zh = f"{words.zh}（{' '.join(filter(None, (self.imitates, name.zh)))}）"
        return Words(zh, f"{words.en} ({' '.join(filter(None, (self.imitates, name.en)))})")


def classify(raw: str) -> NumberFacts:
    """Classify a written number; accepts any text."""
    written = parse_digits(raw)
    if written is None:
        reason = NumberReason.LETTERS if has_letters(raw) else NumberReason.NOT_A_NUMBER
        return NumberFacts(number_class=NumberClass.INVALID, valid=Validity.NO, reason=reason)
    numbering_plan = plan()
    decision = decide(written.digits, len(written.digits), written.plus, numbering_plan.tables)
    if decision[6] == ELSEWHERE:
        assumed = REASONS[decision[2]] is NumberReason.COUNTRY_CODE_ASSUMED
        return classify_foreign(written.text[decision[5] :], assumed=assumed)
    return _classify_home(written, decision, numbering_plan)


def _classify_home(written: WrittenDigits, decision: Decision, numbering_plan: NumberingPlan) -> NumberFacts:
    kind, validity, reason, operator, region, start, form = decision
    number_class, digits = CLASSES[kind], written.text
    significant = digits[start:]
    canonical = _written_digits(written) if form == AS_WRITTEN else f"+86{significant}"
    is_number = number_class not in (NumberClass.INVALID, NumberClass.DISGUISED)
    row = plan_outcome(written.digits, start, len(digits), numbering_plan.tables) if is_number else 0
    outcome = numbering_plan.tables.outcomes[row]
    return NumberFacts(
        number_class=number_class,
        valid=VALIDITIES[validity],
        reason=REASONS[reason],
        canonical=canonical,
        e164=canonical if is_number and form != AS_WRITTEN else None,
        national=_national(number_class, digits, significant, form),
        region="CN" if is_number else "",
        operator=OPERATORS[operator],
        province=numbering_plan.regions[region][0],
        city=numbering_plan.regions[region][1],
        possible=is_number,
        imitates=significant if number_class is NumberClass.DISGUISED else "",
        voice=CAPABILITIES[outcome[4]],
        texts=CAPABILITIES[outcome[5]],
    )


def _national(number_class: NumberClass, digits: str, significant: str, form: int) -> str:
    if form == AS_WRITTEN:
        return digits
    return f"0{significant}" if number_class is NumberClass.FIXED else significant


def _written_digits(written: WrittenDigits) -> str:
    """Return digits without E.164 form; international ones with a plus in place of leading zeros."""
    zero_count = count_zeros(written.digits, 0, len(written.digits))
    if (written.plus or zero_count >= 2) and zero_count < len(written.digits):
        return "+" + written.text[zero_count:]
    return ("+" if written.plus else "") + written.text


def classify_foreign(digits: str, *, assumed: bool) -> NumberFacts:
    """Classify international digits (no plus or leading zeros). `assumed`: the text had neither + nor 00."""
    found = look_up_foreign(digits)
    if found.valid is Validity.YES:
        return NumberFacts(
            number_class=NumberClass.FOREIGN,
            valid=Validity.UNKNOWN if assumed else Validity.YES,
            reason=NumberReason.COUNTRY_CODE_ASSUMED if assumed else found.reason,
            canonical=found.e164 or "",
            e164=found.e164,
            national=digits,
            region=found.region,
            possible=True,
        )
    imitation = _find_home_number(bytes(map(int, digits)), plan())
    number_class = NumberClass.FOREIGN if found.possible else NumberClass.INVALID
    return NumberFacts(
        number_class=NumberClass.DISGUISED if imitation else number_class,
        valid=Validity.NO,
        reason=imitation.reason if imitation else found.reason,
        canonical=digits if assumed else f"+{digits}",
        national=digits,
        region=found.region if found.possible and not imitation else "",
        possible=found.possible,
        imitates=imitation.number if imitation else "",
    )


class _Imitation(NamedTuple):
    number: str
    reason: NumberReason


def _find_home_number(digits: bytes, numbering_plan: NumberingPlan) -> _Imitation | None:
    """Find the Chinese number inside international digits that no country has assigned."""
    count = len(digits)
    for skip in range(min(4, count)):
        start = skip + count_zeros(digits, skip, count)
        number = "".join(map(str, digits[start:]))
        found = plan_outcome(digits, start, count, numbering_plan.tables)
        kind, validity = numbering_plan.tables.outcomes[found][:2]
        if found and validity == _YES and kind in _SERVICE_LIKE:
            return _Imitation(number, NumberReason.AFTER_COUNTRY_CODE)
        cut_short = start > skip and 8 <= count - start <= 12 and _begins_like_mobile(digits, start, numbering_plan)
        if cut_short or (found and validity == _YES and kind in _CELLULAR):
            return _Imitation(number, NumberReason.HOME_IN_FOREIGN)
    if count > 5 and numbering_plan.tables.protected[leading_digits(digits, count - 5, count, 5)]:
        return _Imitation("".join(map(str, digits[-5:])), NumberReason.AT_THE_END)
    return None


def _begins_like_mobile(digits: bytes, start: int, numbering_plan: NumberingPlan) -> bool:
    block = numbering_plan.tables.block[leading_digits(digits, start, len(digits), 5)]
    kind, validity = numbering_plan.tables.outcomes[numbering_plan.tables.outcome[block, 11]][:2]
    return bool(validity == _YES and kind in _CELLULAR)
