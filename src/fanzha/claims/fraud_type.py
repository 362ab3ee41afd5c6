"""The fraud types, version 1: versioned codes with Chinese and English names."""

from fanzha.base.words import Words

VERSION = 1

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
    "caller_id_spoofing": Words("改号来电", "caller-id spoofing"),
    "brand_imitation": Words("仿冒网站", "imitated website"),
    "wangiri": Words("响一声诱导回拨", "one-ring calls that want to be called back"),
    "sim_box": Words("GOIP、多卡设备与手机口", "SIM boxes and bridged phones"),
    "call_forwarding": Words("呼叫转移盗取来电与验证码", "calls and codes stolen by call forwarding"),
    "iot_card_misuse": Words("物联网卡挪用", "misused IoT cards"),
    "victim_at_risk": Words("疑似正在受骗的人", "somebody who may be being defrauded"),
    "subscriber_fraud": Words("涉诈用户", "fraud subscriber"),
    "other": Words("其他诈骗", "other fraud"),
}

#: Types whose subjects are victims to be warned, not suspects (ATF Art. 34).
TO_WARN = frozenset({"victim_at_risk"})
