"""Names and tile positions of provinces, by the first two digits of GB/T 2260."""

from typing import NamedTuple

from fanzha.base.words import Words


class Tile(NamedTuple):
    """Tile of one province. `column` and `row` count from 0 at the north-west."""

    name: Words
    short: str  # one or two characters, as on number plates
    column: int
    row: int


PROVINCES = {
    "11": Tile(Words("北京", "Beijing"), "京", 6, 2),
    "12": Tile(Words("天津", "Tianjin"), "津", 7, 2),
    "13": Tile(Words("河北", "Hebei"), "冀", 5, 2),
    "14": Tile(Words("山西", "Shanxi"), "晋", 4, 3),
    "15": Tile(Words("内蒙古", "Inner Mongolia"), "蒙", 5, 1),
    "21": Tile(Words("辽宁", "Liaoning"), "辽", 8, 2),
    "22": Tile(Words("吉林", "Jilin"), "吉", 8, 1),
    "23": Tile(Words("黑龙江", "Heilongjiang"), "黑", 8, 0),
    "31": Tile(Words("上海", "Shanghai"), "沪", 7, 4),
    "32": Tile(Words("江苏", "Jiangsu"), "苏", 6, 4),
    "33": Tile(Words("浙江", "Zhejiang"), "浙", 6, 5),
    "34": Tile(Words("安徽", "Anhui"), "皖", 5, 4),
    "35": Tile(Words("福建", "Fujian"), "闽", 5, 6),
    "36": Tile(Words("江西", "Jiangxi"), "赣", 5, 5),
    "37": Tile(Words("山东", "Shandong"), "鲁", 6, 3),
    "41": Tile(Words("河南", "Henan"), "豫", 5, 3),
    "42": Tile(Words("湖北", "Hubei"), "鄂", 4, 4),
    "43": Tile(Words("湖南", "Hunan"), "湘", 4, 5),
    "44": Tile(Words("广东", "Guangdong"), "粤", 4, 6),
    "45": Tile(Words("广西", "Guangxi"), "桂", 3, 6),
    "46": Tile(Words("海南", "Hainan"), "琼", 3, 7),
    "50": Tile(Words("重庆", "Chongqing"), "渝", 3, 4),
    "51": Tile(Words("四川", "Sichuan"), "川", 2, 4),
    "52": Tile(Words("贵州", "Guizhou"), "黔", 3, 5),
    "53": Tile(Words("云南", "Yunnan"), "滇", 2, 6),
    "54": Tile(Words("西藏", "Tibet"), "藏", 0, 4),
    "61": Tile(Words("陕西", "Shaanxi"), "陕", 3, 3),
    "62": Tile(Words("甘肃", "Gansu"), "甘", 2, 2),
    "63": Tile(Words("青海", "Qinghai"), "青", 1, 3),
    "64": Tile(Words("宁夏", "Ningxia"), "宁", 3, 2),
    "65": Tile(Words("新疆", "Xinjiang"), "新", 0, 2),
    "71": Tile(Words("台湾", "Taiwan"), "台", 7, 6),
    "81": Tile(Words("香港", "Hong Kong"), "港", 5, 7),
    "82": Tile(Words("澳门", "Macao"), "澳", 4, 7),
}
