"""Rules on which caller numbers are impossible at which ingress.

The functions use integers and booleans only, so that the same code runs as Python for a single call and compiled by
fanzha.base.kernels for batches.
"""

from fanzha.detect.gateway.reasons import GatewayReason
from fanzha.kinds.numbering.terms import CLASSES, REASONS, NumberClass
from fanzha.kinds.numbering.terms import NumberReason as Why

INGRESS = ("international_gateway", "interconnect", "leased_line", "mobile", "voip")
ROAMING = ("proven", "disproven", "unproven")
UNKNOWN = -1

_ABROAD, _INTERCONNECT, _LEASED, _VOIP = (INGRESS.index(name) for name in (*INGRESS[:3], "voip"))
_PROVEN, _DISPROVEN = 0, 1

_NONE = int(GatewayReason.NONE)
_DISGUISED_ABROAD, _EMERGENCY_ABROAD = (
    int(GatewayReason.DISGUISED_FROM_ABROAD),
    int(GatewayReason.EMERGENCY_FROM_ABROAD),
)
_SERVICE_ABROAD, _PORT_ABROAD = int(GatewayReason.SERVICE_FROM_ABROAD), int(GatewayReason.PORT_FROM_ABROAD)
_HOTLINE_ABROAD, _FIXED_ABROAD = int(GatewayReason.HOTLINE_FROM_ABROAD), int(GatewayReason.FIXED_FROM_ABROAD)
_IMPOSSIBLE_ABROAD, _IRREGULAR = int(GatewayReason.IMPOSSIBLE_FROM_ABROAD), int(GatewayReason.IRREGULAR_FROM_ABROAD)
_NOT_ROAMING, _UNPROVEN = int(GatewayReason.MOBILE_NOT_ROAMING), int(GatewayReason.MOBILE_UNPROVEN)
_UNASSIGNED, _PREMIUM = int(GatewayReason.UNASSIGNED_ABROAD), int(GatewayReason.PREMIUM_FROM_ABROAD)
_PORT_CALLS, _EMERGENCY_ON_LINE, _IOT_CALLS = (
    int(GatewayReason.PORT_CALLS),
    int(GatewayReason.EMERGENCY_ON_LINE),
    int(GatewayReason.IOT_CALLS),
)
_DISGUISED_HOME, _IMPOSSIBLE_HOME = int(GatewayReason.DISGUISED_AT_HOME), int(GatewayReason.IMPOSSIBLE_AT_HOME)

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


def reason_from_abroad(
    number_class: int,
    number_reason: int,
    digits: int,
    is_bare: bool,
    roaming: int,
    is_attested: bool,
    is_proven_number: bool,
) -> int:
    """Return the reason code of a call from abroad: home numbers are impossible there, except roaming mobiles."""
    if is_proven_number or number_reason == _NOT_A_NUMBER:
        return _NONE
    if number_reason == _LETTERS:
        return _IRREGULAR
    if number_class == _FOREIGN:
        if number_reason == _NOT_IN_COUNTRY:
            return _UNASSIGNED
        return _PREMIUM if number_reason == _PREMIUM_RATE else _NONE
    if number_class in (_MOBILE, _MVNO, _DATA_CARD, _IOT):
        if roaming == _DISPROVEN:
            return _NOT_ROAMING
        return _NONE if roaming == _PROVEN or is_attested else _UNPROVEN
    if number_class == _SATELLITE:
        return _NOT_ROAMING if roaming == _DISPROVEN else _NONE
    if number_class in (_SERVICE, _FIXED, _PORT):
        # These may be local digits of the country of origin, which begin with 10 nowhere.
        is_local = is_bare and 7 <= digits <= 8 and number_class != _PORT
        if is_local or number_reason in (_AREA_MISSING, _ZERO_MISSING, _BY_SHAPE):
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


def reason_at_home(ingress: int, number_class: int, number_reason: int, digits: int, is_proven_number: bool) -> int:
    """Return the reason code of a domestic call; emergency centres may call back from mobile and other networks."""
    is_line = ingress in (_LEASED, _VOIP)
    is_certain_class = number_reason in (_BY_PLAN, _ALLOCATED)
    if number_class == _IOT and is_certain_class:
        return _IOT_CALLS if ingress >= 0 else _NONE
    if is_proven_number:
        return _NONE
    if number_class == _PORT and is_certain_class:
        return _PORT_CALLS
    if number_class == _EMERGENCY and is_line:
        return _EMERGENCY_ON_LINE
    if number_class == _DISGUISED and (number_reason in (_AT_THE_END, _HOME_IN_FOREIGN) or is_line or ingress < 0):
        return _DISGUISED_HOME
    if number_class == _INVALID and digits >= 7 and (is_line or ingress == _INTERCONNECT):
        return _IMPOSSIBLE_HOME
    return _NONE


def reason_code(
    ingress: int,
    number_class: int,
    number_reason: int,
    digits: int,
    is_bare: bool,
    roaming: int,
    is_attested: bool,
    is_proven_number: bool,
) -> int:
    """Return the `GatewayReason` to attribute a call to its trunk, 0 for none.

    `ingress`, `roaming`, `number_class` and `number_reason` are indices into INGRESS, ROAMING, CLASSES and REASONS,
    -1 if unknown. `digits` is the length of the number. `is_bare`: written without + or 00. `is_attested`: signed by
    the originating network as its own customer's (STIR A). `is_proven_number`: the claimed number is the proven one.
    """
    if ingress == _ABROAD:
        return reason_from_abroad(number_class, number_reason, digits, is_bare, roaming, is_attested, is_proven_number)
    return reason_at_home(ingress, number_class, number_reason, digits, is_proven_number)


#: Names of the functions above in compilation order: callees first.
RULES = ("reason_from_abroad", "reason_at_home", "reason_code")
