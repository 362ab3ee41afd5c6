"""Android apps whose abilities together serve fraud, or that imitate a brand (ATF Art. 23, 24)."""

from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from fanzha.base.words import Words
from fanzha.brands import BrandTable, load_shipped_brands
from fanzha.claims import Finding
from fanzha.detect import BatchDetector
from fanzha.detect._app.abilities import MIN_SCORE, AppFacts, find_topic
from fanzha.detect._app.assessment import BrandApps, assess
from fanzha.detect._app.examples import EXAMPLES
from fanzha.detect._app.explain import LAW, NAME, VERSION, build_finding

_ANDROID = "android.permission."
#: The operator's list of certificates of known fraud apps, in `lists/bad_app_signers.txt` of the state folder.
LIST = "bad_app_signers"


class FraudAppDetector(BatchDetector):
    """Judges packages by combinations; a package that bears a brand's own certificate is never found."""

    name = NAME
    version = VERSION
    title = Words("涉诈应用", "Fraud app")
    tells = Words(
        "根据安装包的权限、组件、代码、签名与内嵌链接的组合识别涉诈应用（屏幕共享加无障碍、读短信加呼叫转移、NFC 中继、"
        "内藏安装包、设备管理员、贷款投资类网页外壳等），单项权限不作认定。名称或图标与品牌相同而签名不同的，"
        "仅在已登记该品牌签名证书时认定；使用已知涉诈证书的直接认定。",
        "This detector finds fraud apps by combinations of permissions, components, code, keys and links of the "
        "package (screen sharing with accessibility, texts with call forwarding, NFC relay, a package inside, device "
        "administration, one-page shells named after loans or investment); no permission counts alone. It names the "
        "imitation of a brand only where the brand's signing certificates were loaded; a certificate of known fraud "
        "apps suffices.",
    )
    reads = ("app_seen",)
    law = LAW
    examples = EXAMPLES

    def __init__(self, brands: BrandTable | None = None, lists: Mapping[str, frozenset[str]] | None = None) -> None:
        """Compare with `brands`, by default the shipped table, which knows no signers."""
        self._table = brands
        self._lists = lists or {}
        self._brands: BrandApps | None = None

    def with_brands(self, brands: BrandTable) -> "FraudAppDetector":
        """Return the detector for `brands`."""
        return FraudAppDetector(brands, self._lists)

    def with_lists(self, lists: Mapping[str, tuple[str, ...]]) -> "FraudAppDetector":
        """Return the detector with the operator's list of bad signers."""
        known = {LIST: frozenset(value.replace(":", "").lower().removeprefix("cert") for value in lists.get(LIST, ()))}
        return FraudAppDetector(self._table, known)

    def detect(self, table: str, batch: pa.RecordBatch) -> Iterable[Finding]:
        """Yield the findings of one batch; rows without the facts of a package are skipped."""
        if "signs" not in batch.schema.names:
            return
        rows = batch.filter(pc.and_(batch.column("signs").is_valid(), batch.column("file_sha256").is_valid()))
        for event in rows.to_pylist():
            facts = _facts(event)
            certificates = tuple(event["certificates"] or ())
            assessment = assess(facts, certificates, event["icon_hash"] or "", self._brand_apps, self._lists)
            if assessment is not None and assessment.score >= MIN_SCORE:
                yield build_finding(assessment, event)

    @property
    def _brand_apps(self) -> BrandApps:
        if self._brands is None:
            self._brands = BrandApps(self._table if self._table is not None else load_shipped_brands())
        return self._brands


DETECTOR = FraudAppDetector()


def _facts(event: dict[str, object]) -> AppFacts:
    permissions, signs, hosts = (event[name] or () for name in ("permissions", "signs", "hosts"))
    label = str(event["shown_name"] or "")
    return AppFacts(
        package=str(event["app"] or ""),
        label=label,
        permissions=frozenset(str(name).removeprefix(_ANDROID) for name in permissions),  # type: ignore[attr-defined]
        signs=frozenset(signs),  # type: ignore[call-overload]
        hosts=tuple(hosts),  # type: ignore[arg-type]
        topic=find_topic(label),
    )
