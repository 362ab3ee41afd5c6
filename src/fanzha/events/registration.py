"""A card or line was opened or re-verified: who sold it, how the person was checked (ATF Art. 9-11)."""

import pyarrow as pa

from fanzha.base.words import Words
from fanzha.events._table import Column, EventTable

EVENT = EventTable(
    name="registration",
    title=Words("实名登记", "registration"),
    identity=("number", "sim_card", "person"),
    own=(
        Column(
            "number",
            pa.string(),
            Words("开通号码", "number"),
            kind="phone_number",
            required=True,
            aliases=("number", "msisdn", "phone", "phone_no", "号码", "手机号", "手机号码", "开通号码", "入网号码"),
        ),
        Column(
            "sim_card",
            pa.string(),
            Words("卡", "SIM card"),
            kind="sim_card",
            aliases=("sim_card", "imsi", "iccid", "卡号", "sim卡号"),
        ),
        #: Never an identity number: its keyed hash (HMAC with a key per purpose).
        Column(
            "person",
            pa.string(),
            Words("办理人(假名)", "person (pseudonym)"),
            kind="person",
            aliases=("person", "person_h", "id_hash", "办理人", "证件号码哈希", "证件哈希", "机主标识"),
        ),
        Column(
            "id_type",
            pa.string(),
            Words("证件类型", "paper shown"),
            aliases=("id_type", "证件类型", "证件种类"),
        ),
        Column(
            "id_read",
            pa.string(),
            Words("读证方式", "how the paper was read"),
            values=("chip", "ocr", "nfc", "hand"),
            aliases=("id_read", "id_read_mode", "读证方式"),
            words=(("读卡器", "chip"), ("芯片", "chip"), ("拍照", "ocr"), ("识别", "ocr"), ("手工", "hand")),
        ),
        Column(
            "channel",
            pa.string(),
            Words("办理渠道", "channel"),
            values=("own_shop", "agent", "online", "other"),
            aliases=("channel", "办理渠道", "入网渠道", "渠道类型"),
            words=(
                ("自有营业厅", "own_shop"),
                ("自营厅", "own_shop"),
                ("营业厅", "own_shop"),
                ("代理商", "agent"),
                ("代理点", "agent"),
                ("社会渠道", "agent"),
                ("网络", "online"),
                ("线上", "online"),
                ("电子渠道", "online"),
                ("其他", "other"),
            ),
        ),
        Column(
            "outlet",
            pa.string(),
            Words("网点", "outlet"),
            kind="outlet",
            aliases=("outlet", "outlet_id", "网点", "网点编码", "网点编号", "营业厅编码"),
        ),
        Column("clerk", pa.string(), Words("经办人", "clerk"), aliases=("clerk", "clerk_id", "工号", "经办工号")),
        Column(
            "cards_before",
            pa.int32(),
            Words("此前名下卡数", "cards held before"),
            unit="count",
            low=0,
            high=100_000,
            aliases=("cards_before", "名下卡数", "已有卡数", "在网卡数"),
        ),
        Column(
            "face_score",
            pa.float64(),
            Words("人像比对分", "face match score"),
            unit="share 0-1",
            low=0,
            high=1,
            aliases=("face_score", "人像比对分", "人脸相似度"),
        ),
        Column(
            "liveness_score",
            pa.float64(),
            Words("活体检测分", "liveness score"),
            unit="share 0-1",
            low=0,
            high=1,
            aliases=("liveness_score", "活体检测分", "活体分"),
        ),
        Column(
            "result",
            pa.string(),
            Words("结果", "result"),
            values=("passed", "refused", "pending"),
            aliases=("result", "办理结果", "核验结果", "结果"),
            words=(
                ("通过", "passed"),
                ("成功", "passed"),
                ("拒绝", "refused"),
                ("不通过", "refused"),
                ("失败", "refused"),
                ("待核验", "pending"),
                ("待复核", "pending"),
            ),
        ),
    ),
)
