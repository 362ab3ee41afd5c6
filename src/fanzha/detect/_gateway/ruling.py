"""The rules on who cannot call from where: one definition, run as it stands for one call and compiled for many.

`ruling` uses whole numbers alone, so that fanzha.base.kernels compiles the very same text (handbook §6.2).
"""

from fanzha.detect._gateway.reasons import Reason
from fanzha.kinds.numbering.terms import CLASSES, REASONS, NumberClass
from fanzha.kinds.numbering.terms import NumberReason as Why

INGRESS = ("international_gateway", "interconnect", "leased_line", "mobile", "voip")
ROAMING = ("proven", "disproven", "unproven")
UNKNOWN = -1

_ABROAD, _INTERCONNECT, _LEASED, _VOIP = (INGRESS.index(name) for name in (*INGRESS[:3], "voip"))
_PROVEN, _DISPROVEN = 0, 1

_NONE = int(Reason.NONE)
_DISGUISED_ABROAD, _EMERGENCY_ABROAD = int(Reason.DISGUISED_FROM_ABROAD), int(Reason.EMERGENCY_FROM_ABROAD)
_SERVICE_ABROAD, _PORT_ABROAD = int(Reason.SERVICE_FROM_ABROAD), int(Reason.PORT_FROM_ABROAD)
_HOTLINE_ABROAD, _FIXED_ABROAD = int(Reason.HOTLINE_FROM_ABROAD), int(Reason.FIXED_FROM_ABROAD)
_IMPOSSIBLE_ABROAD, _IRREGULAR = int(Reason.IMPOSSIBLE_FROM_ABROAD), int(Reason.IRREGULAR_FROM_ABROAD)
_NOT_ROAMING, _UNPROVEN = int(Reason.MOBILE_NOT_ROAMING), int(Reason.MOBILE_UNPROVEN)
_UNASSIGNED, _PREMIUM = int(Reason.UNASSIGNED_ABROAD), int(Reason.PREMIUM_FROM_ABROAD)
_PORT_CALLS, _EMERGENCY_ON_LINE, _IOT_CALLS = (
    int(Reason.PORT_CALLS),
    int(Reason.EMERGENCY_ON_LINE),
    int(Reason.IOT_CALLS),
)
_DISGUISED_HOME, _IMPOSSIBLE_HOME = int(Reason.DISGUISED_AT_HOME), int(Reason.IMPOSSIBLE_AT_HOME)

_INVALID, _MOBILE, _MVNO = (CLASSES.index(c) for c in (NumberClass.INVALID, NumberClass.MOBILE, NumberClass.MVNO))
_DATA_CARD, _IOT = CLASSES.index(NumberClass.DATA_CARD), CLASSES.index(NumberClass.IOT)
_SATELLITE, _FIXED = CLASSES.index(NumberClass.SATELLITE_OR_EMERGENCY), CLASSES.index(NumberClass.FIXED)
_400, _800 = CLASSES.index(NumberClass.SERVICE_400), CLASSES.index(NumberClass.SERVICE_800)
_SERVICE, _EMERGENCY = CLASSES.index(NumberClass.SERVICE), CLASSES.index(NumberClass.EMERGENCY)
_PORT, _DISGUISED = CLASSES.index(NumberClass.PORT_SMS), CLASSES.index(NumberClass.DISGUISED)
_FOREIGN = CLASSES.index(NumberClass.FOREIGN)

_NOT_IN_COUNTRY, _PREMIUM_RATE = REASONS.index(Why.NOT_IN_COUNTRY_PLAN), REASONS.index(Why.PREMIUM_RATE)
_NOT_A_NUMBER, _AREA_MISSING = REASONS.index(Why.NOT_A_NUMBER), REASONS.index(Why.AREA_MISSING)
_LETTERS = REASONS.index(Why.LETTERS)
_ZERO_MISSING, _BY_SHAPE = REASONS.index(Why.TRUNK_ZERO_MISSING), REASONS.index(Why.BY_SHAPE)
_BY_PLAN, _ALLOCATED = REASONS.index(Why.BY_PLAN), REASONS.index(Why.ALLOCATED)
_AT_THE_END, _HOME_IN_FOREIGN = REASONS.index(Why.AT_THE_END), REASONS.index(Why.HOME_IN_FOREIGN)


def from_abroad(number_class: int, why: int, digits: int, bare: bool, roaming: int, attested: bool, own: bool) -> int:
    """Rule on numbers that cannot come from abroad; a mobile may, if it roams; a foreign number belongs there."""
    if own or why == _NOT_A_NUMBER:
        return _NONE
    if why == _LETTERS:
        return _IRREGULAR
    if number_class == _FOREIGN:
        if why == _NOT_IN_COUNTRY:
            return _UNASSIGNED
        return _PREMIUM if why == _PREMIUM_RATE else _NONE
    if number_class in (_MOBILE, _MVNO, _DATA_CARD, _IOT):
        if roaming == _DISPROVEN:
            return _NOT_ROAMING
        return _NONE if roaming == _PROVEN or attested else _UNPROVEN
    if number_class == _SATELLITE:
        return _NOT_ROAMING if roaming == _DISPROVEN else _NONE
    if number_class in (_SERVICE, _FIXED, _PORT):
        # May be local digits of the country of origin; nowhere do they begin with 10.
        local = bare and 7 <= digits <= 8 and number_class != _PORT
        if local or why in (_AREA_MISSING, _ZERO_MISSING, _BY_SHAPE):
            return _IRREGULAR
        if number_class == _SERVICE:
            return _SERVICE_ABROAD
        return _FIXED_ABROAD if number_class == _FIXED else _PORT_ABROAD
    if number_class == _DISGUISED:
        return _DISGUISED_ABROAD
    if number_class == _EMERGENCY:
        return _EMERGENCY_ABROAD
    if number_class in (_400, _800):
        return _HOTLINE_ABROAD
    return _IMPOSSIBLE_ABROAD if number_class == _INVALID else _NONE


def at_home(ingress: int, number_class: int, why: int, digits: int, own: bool) -> int:
    """Rule on what no line can send; emergency centres call back from mobile networks and across networks."""
    line = ingress in (_LEASED, _VOIP)
    certain_class = why in (_BY_PLAN, _ALLOCATED)
    if number_class == _IOT and certain_class:
        return _IOT_CALLS if ingress >= 0 else _NONE
    if own:
        return _NONE
    if number_class == _PORT and certain_class:
        return _PORT_CALLS
    if number_class == _EMERGENCY and line:
        return _EMERGENCY_ON_LINE
    if number_class == _DISGUISED and (why in (_AT_THE_END, _HOME_IN_FOREIGN) or line or ingress < 0):
        return _DISGUISED_HOME
    if number_class == _INVALID and digits >= 7 and (line or ingress == _INTERCONNECT):
        return _IMPOSSIBLE_HOME
    return _NONE


def ruling(
    ingress: int, number_class: int, why: int, digits: int, bare: bool, roaming: int, attested: bool, own: bool
) -> int:
    """Return the reason (`Reason`) to lay a call to its trunk, 0 for none.

    Codes are places in INGRESS, ROAMING, CLASSES and REASONS, -1 where unknown. `digits` is how many the number has;
    `bare`: written without + or 00; `attested`: signed by the network of origin as its own customer's (STIR A);
    `own`: the claimed number is the one that the trunk proved.
    """
    if ingress == _ABROAD:
        return from_abroad(number_class, why, digits, bare, roaming, attested, own)
    return at_home(ingress, number_class, why, digits, own)


#: Every rule by name, a rule after those it calls.
PARTS = ("from_abroad", "at_home", "ruling")
