"""The taxonomy of fraud, version 2: codes with names, their mapping to other bodies' lists, and classes of data sets.

Source of the codes: the fraud types of the Chinese ministry of public security, and the types that findings need beside
them. A code is never renamed or given another meaning; a new version only adds codes.
"""

from typing import NamedTuple

from fanzha.base.words import Words

VERSION = 2

FRAUD_TYPES: dict[str, Words] = {
    "brushing": Words("刷单返利", "brushing and rebate tasks"),
    "fake_invest": Words("虚假网络投资理财", "fake online investment"),
    "fake_shopping": Words("虚假购物服务", "fake shopping or service"),
    "fake_cs": Words("冒充电商物流客服", "fake e-commerce or logistics customer service"),
    "fake_loan": Words("虚假贷款", "fake loan"),
    "fake_credit": Words("虚假征信", "fake credit-record repair"),
    "fake_boss_friend": Words("冒充领导熟人", "impersonated boss, friend or relative"),
    "fake_authority": Words("冒充公检法及政府机关", "impersonated police, court or government"),
    "romance": Words("网络婚恋交友", "romance fraud"),
    "game_trade": Words("网络游戏产品虚假交易", "fake game-product trade"),
    "flight_refund": Words("机票退改签", "flight refund or rebooking"),
    "fake_job": Words("虚假招聘", "fake job"),
    "prize": Words("虚假中奖", "fake prize"),
    "kidnap": Words("虚构绑架勒索", "invented kidnapping or danger"),
    "phishing": Words("钓鱼盗取信息", "phishing for credentials"),
    "fake_bank": Words("冒充银行", "impersonated bank"),
    "identity_theft": Words("盗用身份", "identity theft"),
    "gambling": Words("网络赌博引流", "online gambling lure"),
    "fake_document": Words("假证假发票", "forged papers and invoices"),
    "escort": Words("色情引流", "escort lure"),
    "extortion": Words("敲诈与软暴力催收", "blackmail and abusive debt collection"),
    "money_mule": Words("收卡跑分取现", "cards and couriers recruited to move money"),
    "fake_charity": Words("虚假募捐", "fake charity appeal"),
    "fake_recovery": Words("虚假追款维权", "fake recovery of money or defence of rights"),
    "caller_id_spoofing": Words("改号来电", "caller-id spoofing"),
    "brand_imitation": Words("仿冒网站", "imitated website"),
    "wangiri": Words("响一声诱导回拨", "one-ring calls that want to be called back"),
    "sim_box": Words("GOIP、多卡设备与手机口", "SIM boxes and bridged phones"),
    "call_forwarding": Words("呼叫转移盗取来电与验证码", "calls and codes stolen by call forwarding"),
    "iot_card_misuse": Words("物联网卡挪用", "misused IoT cards"),
    "victim_at_risk": Words("疑似正在受骗的人", "possible victim of fraud"),
    "subscriber_fraud": Words("涉诈用户", "fraud subscriber"),
    "other": Words("其他诈骗", "other fraud"),
}

#: What a type model answers below its confidence; a finding then has the type `other`.
NOT_SURE = Words("类型不确定", "type not sure")


class OtherList(NamedTuple):
    """The list of another body: the entry of each of our codes; codes that it lacks are left out."""

    name: Words
    source: str  # where it was published
    entries: dict[str, str]


_TEN_OF_2024 = {
    "brushing": "刷单返利类",
    "fake_invest": "虚假网络投资理财类",
    "fake_shopping": "虚假购物服务类",
    "fake_cs": "冒充电商物流客服类",
    "fake_loan": "虚假贷款类",
    "fake_credit": "虚假征信类",
    "fake_boss_friend": "冒充领导熟人类",
    "fake_authority": "冒充公检法及政府机关类",
    "romance": "网络婚恋、交友类",
    "game_trade": "网络游戏产品虚假交易类",
}
_OF_THE_PERSON = frozenset({"caller_id_spoofing", "victim_at_risk", "subscriber_fraud", "sim_box", "iot_card_misuse"})
_OTHER_OFFENCES = frozenset({"extortion", "gambling", "money_mule", "fake_document", "escort"})
_FRAUDS = [code for code in FRAUD_TYPES if code not in _OF_THE_PERSON | _OTHER_OFFENCES]

OTHER_LISTS: dict[str, OtherList] = {
    "mps-2024": OtherList(
        Words("公安部十大高发类型（2024 年 6 月发布）", "the ministry's ten types, published June 2024"),
        "公安部，2024-06-25（2023 年数据，占发案 88.4%）",
        _TEN_OF_2024,
    ),
    "mps-2025": OtherList(
        Words("公安部十大高发类型（2025 版防范手册）", "the ministry's ten types, prevention handbook of 2025"),
        "《2025版防范电信网络诈骗宣传手册》：贷款与征信合并，新增机票退改签",
        {
            **_TEN_OF_2024,
            "fake_loan": "贷款、征信类",
            "fake_credit": "贷款、征信类",
            "flight_refund": "机票退改签类",
        },
    ),
    "12381": OtherList(
        Words("12381 预警短信的类型（公开报道列出八类）", "types of the 12381 warnings (eight of nine were published)"),
        "工业和信息化部、公安部，2021-07-14；报道称共九类",
        {
            "fake_loan": "贷款",
            "brushing": "刷单返利",
            "fake_authority": "冒充“公检法”",
            "fake_invest": "“杀猪盘”",
            "fake_cs": "冒充客服",
            "fake_boss_friend": "冒充领导熟人",
            "prize": "虚假中奖",
            "fake_credit": "虚假征信",
        },
    ),
    "GA 240.1-2000": OtherList(
        Words("案件类别代码（GA 240.1-2000）", "codes of case categories (GA 240.1-2000)"),
        "GA 240.1-2000《刑事犯罪信息管理代码 第1部分：案件类别代码》；该标准不区分诈骗手法",
        {
            **dict.fromkeys(_FRAUDS, "050300 诈骗案"),
            "extortion": "050800 敲诈勒索案",
            "gambling": "060197 赌博案",
        },
    ),
    "ICCS": OtherList(
        Words("国际犯罪统计分类（联合国）", "International Classification of Crime for Statistical Purposes"),
        "UNODC, version 1.0, March 2015",
        {**dict.fromkeys(_FRAUDS, "0701 Fraud"), "money_mule": "07041 Money laundering"},
    ),
}

#: Classes of the data sets without a fraud type: innocent texts and advertising.
INNOCENT = ""

#: Class of each data set -> code; `INNOCENT` for classes that are no fraud.
DATA_SET_CLASSES: dict[str, dict[str, str]] = {
    "fbs_sms": {
        "FR:Phishing(Bank)": "phishing",
        "FR:Phishing(Other)": "phishing",
        "FR:Financial": "fake_invest",
        "FR:Other": "other",
        "IL:Gambling": "gambling",
        "IL:Fake_ID_and_invoice": "fake_document",
        "IL:Escort_service": "escort",
        "AD:Retail": INNOCENT,
        "AD:Network_service": INNOCENT,
        "AD:Real_estate": INNOCENT,
        "AD:Loan": INNOCENT,
        "AD:Other": INNOCENT,
        "Other": INNOCENT,
    },
    "telecom_fraud_texts_5": {
        "police_gov": "fake_authority",
        "loan_card": "fake_loan",
        "customer_service": "fake_cs",
        "leader_acquaintance": "fake_boss_friend",
        "normal": INNOCENT,
    },
    "zh_call_dialogues_2677": {
        "客服诈骗": "fake_cs",
        "银行诈骗": "fake_bank",
        "投资诈骗": "fake_invest",
        "钓鱼诈骗": "phishing",
        "彩票诈骗": "prize",
        "绑架诈骗": "kidnap",
        "身份盗窃": "identity_theft",
        "normal": INNOCENT,
    },
    "teleantifraud_dialogues": {
        "客服诈骗": "fake_cs",
        "银行诈骗": "fake_bank",
        "投资诈骗": "fake_invest",
        "钓鱼诈骗": "phishing",
        "邮件诈骗": "phishing",
        "彩票诈骗": "prize",
        "绑架诈骗": "kidnap",
        "身份盗窃": "identity_theft",
        **dict.fromkeys(("外卖服务", "咨询客服", "交通咨询", "日常购物", "打车服务", "预约服务", "订餐服务"), INNOCENT),
    },
    "fraud_r1_base": {
        "acquaintances": "fake_boss_friend",
        "fake job posting": "fake_job",
        "investment and financial management": "fake_invest",
        "public security, prosecution, judiciary, and government agencies": "fake_authority",
        "e-commerce logistics and shopping": "fake_cs",
        "phishing email": "phishing",
        "fraud email": "other",
        "commercial spam": INNOCENT,
    },
}

#: Kind of a made-up fraud text -> code.
MADE_UP_KINDS: dict[str, str] = {
    kind: code
    for code, kinds in {
        "brushing": ("刷单返利", "红包返利"),
        "fake_invest": (
            "荐股群/投资平台",
            "虚拟币",
            "杀猪盘",
            "元宇宙/养老项目投资",
            "民族资产解冻",
            "惠农补贴/养殖回收",
        ),
        "fake_shopping": (
            *("虚假购物/二手", "门票代抢", "追星", "租房中介", "租车押金", "酒店民宿预订", "装修家政定金"),
            *("海外代购清关", "老年保健品/收藏品", "养生直播", "医保药回收/假药", "直播打赏/陪练", "代写代发/证书"),
            *("机关单位采购/餐馆订餐垫付", "国补/以旧换新", "考试包过/改分", "移民签证代办", "AI课程/代理加盟"),
            *(
                "话费返还/零元机",
                "低价会员/资源售卖",
                "顺风车脱离平台",
                "宠物领养运费",
                "旧手机回收/租机",
                "盲盒/开箱退款",
            ),
            *("工程保证金/投标", "驾照消分/学车包过"),
        ),
        "fake_cs": (
            *("冒充客服退款", "百万保障/会员取消", "快递丢件理赔", "共享屏幕/远控", "会议软件诈骗"),
            *("冒充运营商停机", "冒充燃气电力安检"),
        ),
        "fake_loan": (
            "贷款解冻费",
            "校园贷",
            "宠物/医美贷",
            "以租代贷/套现",
            "二手车/车贷",
            "代办信用卡",
            "AB贷/冒充信贷经理",
        ),
        "fake_credit": ("虚假征信/注销校园贷",),
        "fake_boss_friend": ("冒充领导", "冒充熟人/亲友出事", "AI换脸换声", "冒充老师收费", "冒充房东"),
        "fake_authority": (
            *("冒充公检法", "个税退税", "社保医保停用", "助学补贴", "公积金提取", "假法院传票/电子送达"),
        ),
        "romance": ("婚恋交友", "婚介会员"),
        "game_trade": ("游戏账号交易",),
        "flight_refund": ("机票退改签",),
        "fake_job": ("虚假招聘/境外高薪",),
        "prize": ("中奖",),
        "phishing": (
            *("ETC失效", "快递派费钓鱼", "车辆违章", "银行卡积分/过期", "钓鱼邮件", "数字人民币"),
            *("扫码停车/共享设备", "贴条扫码"),
        ),
        "fake_bank": ("银行风控冒充", "NFC盗刷"),
        "gambling": ("彩票内幕",),
        "escort": ("仙人跳",),
        "extortion": ("裸聊敲诈", "套路贷催收", "假记者/曝光删帖"),
        "money_mule": ("收卡跑分", "线下取现/黄金寄递"),
        "sim_box": ("兼职手机口/架设GOIP",),
        "fake_charity": ("慈善募捐", "众筹互助"),
        "fake_recovery": ("追回被骗资金", "代理退保/代理维权"),
        "other": ("探测性外呼", "重金求子/代孕"),
    }.items()
    for kind in kinds
}


def codes_of(data_set: str) -> dict[str, str]:
    """Return class -> code of a data set, classes that are no fraud left out. KeyError if the data set is unknown."""
    return {name: code for name, code in DATA_SET_CLASSES[data_set].items() if code != INNOCENT}
