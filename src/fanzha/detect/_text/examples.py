"""Worked examples of the text detectors; names and numbers are fictitious, or masked as in the public data sets."""

from collections.abc import Mapping

from fanzha.base.words import Words
from fanzha.detect import Example


def _sms(zh: str, en: str, text: str, *finds: Mapping[str, object]) -> Example:
    return Example(title=Words(zh, en), table="message", rows=({"text": text, "channel": "sms"},), finds=finds)


_FOUND: Mapping[str, object] = {"subject_kind": "message", "detector": "fraud-text"}

TEXTS = (
    _sms(
        "冒充银行并带仿冒链接",
        "a bank imitated, with a look-alike link",
        "尊敬的用户，您的手机银行将于今日过期失效，请立即登录 http://icbc-verify.example 重新激活，逾期账户将被冻结",
        {**_FOUND, "score": 0.9},
    ),
    _sms(
        "刷单兼职，引流到微信",
        "a brushing job that moves to WeChat",
        "招聘网络兼职，在家手机刷单，日结300元，先垫付本金返佣金，名额有限，添加薇❤信 zq00000 咨询",
        {**_FOUND, "score": 0.9},
    ),
    _sms(
        "冒充公检法",
        "the police imitated",
        "这里是市公安局，你名下的银行卡涉嫌洗钱案件，请立即将资金转入安全账户配合调查，不得告诉任何人",
        {**_FOUND, "score": 0.9},
    ),
    _sms(
        "带零宽字符和全角的伪装",
        "disguised by invisible and full-width characters",
        "无抵\u200b押貸款，凭身＊份证最高可贷３０萬，當天放款不查征信，先交工本费，加Ｖ信 dk00000",
        {**_FOUND, "score": 0.9},
    ),
    _sms(
        "用语平常，链接仿冒",
        "mild words, but a look-alike link",
        "【虚构快递】您的快件正在派送，请查看 http://taobao-kefu.com",
        {**_FOUND, "score": 0.5},
    ),
    _sms(
        "用语平常，链接真实",
        "mild words and a brand's own link",
        "【虚构快递】您的快件正在派送，请查看 https://www.taobao.com/",
    ),
    _sms(
        "银行余额通知",
        "a bank's balance notice",
        "【虚构银行】您尾号0000的账户3月1日10:15消费支出58.00元，余额1204.11元",
    ),
    _sms(
        "快递取件码", "a courier's pick-up code", "【虚构快递】您的包裹已到小区东门驿站，取件码3-2-0000，请于22点前取走"
    ),
    _sms("商场广告", "a shop's advertisement", "【虚构超市】周末全场生鲜八折，会员再减十元，地址人民路店，回复TD退订"),
    _sms("验证码", "a verification code", "【虚构通信】验证码000000，五分钟内有效，请勿告诉他人"),
    _sms("学校通知", "a school's notice", "各位家长，周五下午三点召开家长会，请准时参加，停车位有限，建议公共交通出行"),
    _sms("家人", "family", "妈，我晚上加班，不回来吃饭了，你们先吃"),
)


def _talk(zh: str, en: str, turns: tuple[str, ...], *finds: Mapping[str, object]) -> Example:
    rows = tuple({"text": text, "channel": "call_transcript", "conversation": en} for text in turns)
    return Example(title=Words(zh, en), table="message", rows=rows, finds=finds)


CONVERSATIONS = (
    _talk(
        "冒充银行客服，两轮即可判断",
        "a bank's clerk imitated, told from two turns",
        (
            "left: 您好，我是银行风控中心的客服，我们检测到您的银行账户有异常交易，需要核实您的身份信息和银行卡验证码",
            "right: 啊，那我该怎么办，账户里的钱会不会有问题",
        ),
        {"detector": "fraud-type", "subject_kind": "call", "score": 0.9},
    ),
    _talk(
        "中奖诈骗",
        "a prize",
        ("left: 您好，恭喜您中了我们公司彩票活动的一等奖，奖金五十万元，领奖前需要先缴纳手续费和个人所得税到指定账户",),
        {"detector": "fraud-type", "fraud_type": "prize", "score": 0.9},
    ),
    _talk(
        "订餐",
        "a table booked",
        ("left: 你好，我想预订今晚六点的位子，四个人", "right: 好的，请问您贵姓，我帮您登记靠窗的座位"),
    ),
    _talk(
        "问路",
        "the way asked",
        ("left: 你好，请问去火车站坐哪路公交车", "right: 您坐二路车到终点站下车就到了，大概二十分钟"),
    ),
)
