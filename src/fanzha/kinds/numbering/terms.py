"""Terms of numbering: classes, validity, operators and reasons, as codes with Chinese and English words.

The position in each list is its code, in the compiled rules of fanzha.base.kernels and in the shipped table.
"""

from enum import StrEnum

from fanzha.base.words import Words


class NumberClass(StrEnum):
    """Class of a number; the position is its code in tables."""

    INVALID = "invalid"
    MOBILE = "mobile"
    MVNO = "mvno"
    DATA_CARD = "data_card"
    IOT = "iot"
    SATELLITE_OR_EMERGENCY = "satellite_or_emergency"
    FIXED = "fixed"
    SERVICE_400 = "service_400"
    SERVICE_800 = "service_800"
    SERVICE = "service"
    EMERGENCY = "emergency"
    PORT_SMS = "port_sms"
    DISGUISED = "disguised"
    FOREIGN = "foreign"


class Validity(StrEnum):
    """Whether the numbering plan allows the number."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


class Operator(StrEnum):
    """Operator of the range; for an MVNO range the operator of its network."""

    NONE = ""
    CHINA_MOBILE = "china_mobile"
    CHINA_UNICOM = "china_unicom"
    CHINA_TELECOM = "china_telecom"
    CHINA_BROADNET = "china_broadnet"
    INMARSAT = "inmarsat"
    MIIT = "miit"


class Capability(StrEnum):
    """Whether voice calls or texts are enabled in a range."""

    NOT_SAID = ""
    YES = "yes"
    NO = "no"
    RESTRICTED = "restricted"


class NumberReason(StrEnum):
    """Reason for a classification."""

    BY_PLAN = "by_plan"
    LISTED_ONLY = "listed_only"
    BY_SHAPE = "by_shape"
    NOT_IN_PLAN = "not_in_plan"
    EXTENDED_SERVICE = "extended_service"
    SERVICE_WITH_AREA = "service_with_area"
    AREA_MISSING = "area_missing"
    TRUNK_ZERO_MISSING = "trunk_zero_missing"
    UNUSUAL_LENGTH = "unusual_length"
    LOCAL_ZERO = "local_zero"
    AFTER_COUNTRY_CODE = "after_country_code"
    AFTER_ZEROS = "after_zeros"
    AFTER_AREA_CODE = "after_area_code"
    AT_THE_END = "at_the_end"
    HOME_IN_FOREIGN = "home_in_foreign"
    BY_COUNTRY_PLAN = "by_country_plan"
    PREMIUM_RATE = "premium_rate"
    COUNTRY_CODE_ASSUMED = "country_code_assumed"
    NOT_IN_COUNTRY_PLAN = "not_in_country_plan"
    NO_SUCH_COUNTRY = "no_such_country"
    WRONG_LENGTH = "wrong_length"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_A_NUMBER = "not_a_number"
    ALLOCATED = "allocated"
    LETTERS = "letters"


CLASS_WORDS: dict[NumberClass, Words] = {
    NumberClass.INVALID: Words("不可能的号码", "impossible number"),
    NumberClass.MOBILE: Words("移动电话", "mobile number"),
    NumberClass.MVNO: Words("移动转售（虚商）号码", "MVNO number"),
    NumberClass.DATA_CARD: Words("数据卡号码", "data-card number"),
    NumberClass.IOT: Words("物联网号码", "IoT number"),
    NumberClass.SATELLITE_OR_EMERGENCY: Words("卫星或应急通信号码", "satellite or emergency-communication number"),
    NumberClass.FIXED: Words("固定电话", "fixed-line number"),
    NumberClass.SERVICE_400: Words("400 号码", "400 number"),
    NumberClass.SERVICE_800: Words("800 号码", "800 freephone number"),
    NumberClass.SERVICE: Words("服务短号", "service number"),
    NumberClass.EMERGENCY: Words("紧急号码", "emergency number"),
    NumberClass.PORT_SMS: Words("106 短信端口号", "106 text port number"),
    NumberClass.DISGUISED: Words("伪装号码", "disguised number"),
    NumberClass.FOREIGN: Words("境外号码", "number of another country or region"),
}

VALIDITY_WORDS: dict[Validity, Words] = {
    Validity.NO: Words("否", "no"),
    Validity.YES: Words("是", "yes"),
    Validity.UNKNOWN: Words("不能确定", "not certain"),
}

OPERATOR_WORDS: dict[Operator, Words] = {
    Operator.NONE: Words("", ""),
    Operator.CHINA_MOBILE: Words("中国移动", "China Mobile"),
    Operator.CHINA_UNICOM: Words("中国联通", "China Unicom"),
    Operator.CHINA_TELECOM: Words("中国电信", "China Telecom"),
    Operator.CHINA_BROADNET: Words("中国广电", "China Broadnet"),
    Operator.INMARSAT: Words("海事卫星（北京海事）", "Inmarsat (Beijing Marine)"),
    Operator.MIIT: Words("工信部应急通信", "MIIT emergency communications"),
}

CAPABILITY_WORDS: dict[Capability, Words] = {
    Capability.NOT_SAID: Words("", ""),
    Capability.YES: Words("开通", "open"),
    Capability.NO: Words("不开通", "closed"),
    Capability.RESTRICTED: Words("受限", "restricted"),
}

REASON_WORDS: dict[NumberReason, Words] = {
    NumberReason.BY_PLAN: Words("符合号码规划", "as the numbering plan has it"),
    NumberReason.LISTED_ONLY: Words(
        "见于号段表，号码规划未列出", "listed among prefixes, but not in the numbering plan"
    ),
    NumberReason.BY_SHAPE: Words(
        "按形状归类，号码规划未列出", "classed by its shape; the numbering plan does not list it"
    ),
    NumberReason.NOT_IN_PLAN: Words("号码规划中没有这样的号码", "the numbering plan has no such number"),
    NumberReason.EXTENDED_SERVICE: Words("服务号码后带延伸位", "a service number with further digits"),
    NumberReason.SERVICE_WITH_AREA: Words("加拨区号的服务号码", "a service number dialled with an area code"),
    NumberReason.AREA_MISSING: Words("缺少区号", "the area code is missing"),
    NumberReason.TRUNK_ZERO_MISSING: Words("区号前缺 0，按固话理解", "taken for a fixed line without its trunk zero"),
    NumberReason.UNUSUAL_LENGTH: Words("位数与该区号不符", "its length is not usual for the area code"),
    NumberReason.LOCAL_ZERO: Words("固话号码不以 0 开头", "no fixed-line number begins with 0"),
    NumberReason.AFTER_COUNTRY_CODE: Words("国家码后接短号或端口号", "a short or port number behind a country code"),
    NumberReason.AFTER_ZEROS: Words("0 后接短号或端口号", "a short or port number behind zeros"),
    NumberReason.AFTER_AREA_CODE: Words("区号后接紧急或服务号码", "an emergency or service number behind an area code"),
    NumberReason.AT_THE_END: Words(
        "不可能的号码以受保护号码结尾", "an impossible number that ends with a protected one"
    ),
    NumberReason.HOME_IN_FOREIGN: Words("以境外号码形式出现的境内号码", "a home number dressed as a foreign one"),
    NumberReason.BY_COUNTRY_PLAN: Words("符合该国家或地区的号码规划", "as that country's or region's plan has it"),
    NumberReason.PREMIUM_RATE: Words("该国家或地区的高额资费号码", "a premium-rate number of that country or region"),
    NumberReason.COUNTRY_CODE_ASSUMED: Words(
        "没有 + 或 00，按带国家码理解", "taken for international though + or 00 is missing"
    ),
    NumberReason.NOT_IN_COUNTRY_PLAN: Words("该国家或地区没有分配这样的号码", "not assigned in that country or region"),
    NumberReason.NO_SUCH_COUNTRY: Words("没有这个国家码", "there is no such country code"),
    NumberReason.WRONG_LENGTH: Words("号段正确而位数不对", "a range of the plan, but not its length"),
    NumberReason.TOO_SHORT: Words("位数太少", "too short"),
    NumberReason.TOO_LONG: Words("位数太多", "too long"),
    NumberReason.NOT_A_NUMBER: Words("不是电话号码", "not a telephone number"),
    NumberReason.ALLOCATED: Words("见于已载入的号段分配表", "in the allocation table that was loaded"),
    NumberReason.LETTERS: Words(
        "以字母代替或夹带字母，电话号码中没有字母", "letters stand in it, which no telephone number has"
    ),
}

#: Codes are positions in these tuples.
CLASSES = tuple(NumberClass)
VALIDITIES = tuple(Validity)
OPERATORS = tuple(Operator)
CAPABILITIES = tuple(Capability)
REASONS = tuple(NumberReason)
