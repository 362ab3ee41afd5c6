"""Names and tile positions of provinces, by the first two digits of GB/T 2260."""

from typing import NamedTuple

from fanzha.base.words import Words


class Tile(NamedTuple):
    """Tile of one province. `column` and `row` count from 0 at the north-west."""

    name: Words
    short: Words  # as on number plates, and the letters of GB/T 2260
    column: int
    row: int


PROVINCES = {
    "11": Tile(Words("北京", "Beijing"), Words("京", "BJ"), 6, 2),
    "12": Tile(Words("天津", "Tianjin"), Words("津", "TJ"), 7, 2),
    "13": Tile(Words("河北", "Hebei"), Words("冀", "HE"), 5, 2),
    "14": Tile(Words("山西", "Shanxi"), Words("晋", "SX"), 4, 3),
    "15": Tile(Words("内蒙古", "Inner Mongolia"), Words("蒙", "NM"), 5, 1),
    "21": Tile(Words("辽宁", "Liaoning"), Words("辽", "LN"), 8, 2),
    "22": Tile(Words("吉林", "Jilin"), Words("吉", "JL"), 8, 1),
    "23": Tile(Words("黑龙江", "Heilongjiang"), Words("黑", "HL"), 8, 0),
    "31": Tile(Words("上海", "Shanghai"), Words("沪", "SH"), 7, 4),
    "32": Tile(Words("江苏", "Jiangsu"), Words("苏", "JS"), 6, 4),
    "33": Tile(Words("浙江", "Zhejiang"), Words("浙", "ZJ"), 6, 5),
    "34": Tile(Words("安徽", "Anhui"), Words("皖", "AH"), 5, 4),
    "35": Tile(Words("福建", "Fujian"), Words("闽", "FJ"), 5, 6),
    "36": Tile(Words("江西", "Jiangxi"), Words("赣", "JX"), 5, 5),
    "37": Tile(Words("山东", "Shandong"), Words("鲁", "SD"), 6, 3),
    "41": Tile(Words("河南", "Henan"), Words("豫", "HA"), 5, 3),
    "42": Tile(Words("湖北", "Hubei"), Words("鄂", "HB"), 4, 4),
    "43": Tile(Words("湖南", "Hunan"), Words("湘", "HN"), 4, 5),
    "44": Tile(Words("广东", "Guangdong"), Words("粤", "GD"), 4, 6),
    "45": Tile(Words("广西", "Guangxi"), Words("桂", "GX"), 3, 6),
    "46": Tile(Words("海南", "Hainan"), Words("琼", "HI"), 3, 7),
    "50": Tile(Words("重庆", "Chongqing"), Words("渝", "CQ"), 3, 4),
    "51": Tile(Words("四川", "Sichuan"), Words("川", "SC"), 2, 4),
    "52": Tile(Words("贵州", "Guizhou"), Words("黔", "GZ"), 3, 5),
    "53": Tile(Words("云南", "Yunnan"), Words("滇", "YN"), 2, 6),
    "54": Tile(Words("西藏", "Tibet"), Words("藏", "XZ"), 0, 4),
    "61": Tile(Words("陕西", "Shaanxi"), Words("陕", "SN"), 3, 3),
    "62": Tile(Words("甘肃", "Gansu"), Words("甘", "GS"), 2, 2),
    "63": Tile(Words("青海", "Qinghai"), Words("青", "QH"), 1, 3),
    "64": Tile(Words("宁夏", "Ningxia"), Words("宁", "NX"), 3, 2),
    "65": Tile(Words("新疆", "Xinjiang"), Words("新", "XJ"), 0, 2),
    "71": Tile(Words("台湾", "Taiwan"), Words("台", "TW"), 7, 6),
    "81": Tile(Words("香港", "Hong Kong"), Words("港", "HK"), 5, 7),
    "82": Tile(Words("澳门", "Macao"), Words("澳", "MO"), 4, 7),
}
