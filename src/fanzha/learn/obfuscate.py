"""Disguise texts as fraudsters do to evade filters, to measure recall on disguised texts.

The tables are based on disguises observed in the field and are independent of those of `fold`, so that
the figures show what `fold` misses.
"""

import random
from collections.abc import Callable, Sequence

Trick = Callable[[str, random.Random], str]

_HOMOPHONES = {
    "微": "薇徽威葳", "信": "芯伈訫", "加": "伽咖", "扣": "釦寇", "群": "裙羣", "款": "欵", "贷": "袋岱", "钱": "浅遣",
    "赚": "撰", "单": "丹箪", "刷": "唰", "利": "莉俐", "返": "反", "现": "馅", "佣": "拥", "投": "頭骰", "资": "姿",
    "股": "古鼓", "票": "飘", "彩": "采", "赌": "堵睹", "博": "搏", "银": "寅", "行": "航", "卡": "咔", "号": "浩",
    "码": "玛犸", "验": "岩", "证": "正政", "客": "刻", "服": "伏", "网": "罔", "址": "止", "登": "灯", "录": "陆",
    "兼": "煎", "职": "值", "充": "冲", "值": "直", "退": "腿", "保": "堡", "险": "显", "警": "井", "察": "查",
    "案": "按", "账": "帐胀", "户": "互", "转": "砖", "密": "蜜", "发": "髪",
}  # fmt: skip
_SIMPLIFIED = (
    "贷钱赚单资银证网录职险账转发现号码验务务体优佣东业个为义习书买乱争云产亲亿仅从仓仪价众会伟传伤价备复够头奖学宝"
    "实审宫宽宾对导将尔层岁师带帮库应庙庆开张强归当录彻征总惊惯户执扩报护担拥拨择换据损摄数断无旧时显术机权条来杨极"
    "构枪样档桥检楼欢气汇汉汤沟没泪泽济测浏润涨渐温湾湿满灭灵灾点热爱牵犹独狱猎环电画疗监盖盘矿码确礼离种积称稳穷窃"
    "竞笔签简类粮紧红约级纪纯纳纸线练组细织终经结绕给络绝统继绩绪续维绵综绿编缘缩缴罗罚职联肤胜脉脑脚节苏范药获营虽"
    "虑补袭装见观规视觉计订认讨让训议讯记讲许论设访诀证评识诈诉词译试诗诚话诞询该详语误说请诸读课谁调谈谊谋谓谢谨谱"
    "贝负贡财责败货质购贯贵贷贸费贺贼资赋赌赏赔赖赛赠赢赶趋车转轮软轻较辅辆输辞边达迁过运还这进远违连迟适选递逻遗邮"
    "释里钟钢钱铁银铺链销锁错键镇长门问间闻队阳阶际陆陈险随难雾静韩页顶项顺须顾预领频题额风飞饭饮馆马驾验骗鱼鲜鸟麦"
    "黄齐龙"
)
_FORMS = (
    "貸錢賺單資銀證網錄職險賬轉發現號碼驗務務體優傭東業個為義習書買亂爭雲產親億僅從倉儀價眾會偉傳傷價備復夠頭獎學寶"
    "實審宮寬賓對導將爾層歲師帶幫庫應廟慶開張強歸當錄徹徵總驚慣戶執擴報護擔擁撥擇換據損攝數斷無舊時顯術機權條來楊極"
    "構槍樣檔橋檢樓歡氣匯漢湯溝沒淚澤濟測瀏潤漲漸溫灣濕滿滅靈災點熱愛牽猶獨獄獵環電畫療監蓋盤礦碼確禮離種積稱穩窮竊"
    "競筆簽簡類糧緊紅約級紀純納紙線練組細織終經結繞給絡絕統繼績緒續維綿綜綠編緣縮繳羅罰職聯膚勝脈腦腳節蘇範藥獲營雖"
    "慮補襲裝見觀規視覺計訂認討讓訓議訊記講許論設訪訣證評識詐訴詞譯試詩誠話誕詢該詳語誤說請諸讀課誰調談誼謀謂謝謹譜"
    "貝負貢財責敗貨質購貫貴貸貿費賀賊資賦賭賞賠賴賽贈贏趕趨車轉輪軟輕較輔輛輸辭邊達遷過運還這進遠違連遲適選遞邏遺郵"
    "釋裡鐘鋼錢鐵銀鋪鏈銷鎖錯鍵鎮長門問間聞隊陽階際陸陳險隨難霧靜韓頁頂項順須顧預領頻題額風飛飯飲館馬駕驗騙魚鮮鳥麥"
    "黃齊龍"
)
_TRADITIONAL = dict(zip(_SIMPLIFIED, _FORMS, strict=True))
_LOOKALIKES = {
    "a": "аɑ",
    "c": "сϲ",
    "e": "еҽ",
    "i": "іı",
    "o": "оοσ",
    "p": "рρ",
    "x": "хχ",
    "y": "уγ",
    "q": "ԛ",
    "v": "νѵ",
}
_DIGITS = ("〇零0ο", "①一壹⒈", "②二贰⒉", "③三叁⒊", "④四肆⒋", "⑤五伍⒌", "⑥六陆⒍", "⑦七柒⒎", "⑧八捌⒏", "⑨九玖⒐")
_SIGNS = "*·.-_/|❤★~^`丶灬丨"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def obfuscate(texts: Sequence[str], *, seed: int, share: float = 0.25) -> list[str]:
    """Apply two or three random tricks to each text, each to about `share` of the characters it can change."""
    disguised = []
    for number, text in enumerate(texts):
        draw = random.Random(f"{seed}:{number}")
        for trick in draw.sample(TRICKS, draw.choice((2, 3))):
            text = "".join(trick(sign, draw) if draw.random() < share else sign for sign in text)
        disguised.append(text)
    return disguised


def full_width(sign: str, draw: random.Random) -> str:
    """Return the full-width form of an ASCII character."""
    return chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign


def homophone(sign: str, draw: random.Random) -> str:
    """Return a homophone."""
    return draw.choice(_HOMOPHONES.get(sign, sign))


def traditional(sign: str, draw: random.Random) -> str:
    """Return the traditional form of a simplified character."""
    return _TRADITIONAL.get(sign, sign)


def look_alike(sign: str, draw: random.Random) -> str:
    """Return a Cyrillic or Greek letter that looks like a Latin one."""
    return draw.choice(_LOOKALIKES.get(sign.lower(), sign))


def digit_word(sign: str, draw: random.Random) -> str:
    """Return a Chinese or circled form of a digit."""
    return draw.choice(_DIGITS[int(sign)]) if sign in "0123456789" else sign


def insert_sign(sign: str, draw: random.Random) -> str:
    """Append a sign to a Chinese character."""
    return sign + draw.choice(_SIGNS) if "\u4e00" <= sign <= "\u9fff" else sign


def invisible(sign: str, draw: random.Random) -> str:
    """Append an invisible character."""
    return sign + draw.choice(_INVISIBLE)


TRICKS: tuple[Trick, ...] = (
    full_width, homophone, traditional, look_alike, digit_word, insert_sign, invisible,
)  # fmt: skip
