"""All metrics of a screen; dashboard and alert rules use these names."""

import os
import time
from collections.abc import Callable, Iterable, Mapping

from fanzha import __version__
from fanzha.base.words import Words
from fanzha.claims.treatment import TREATMENTS
from fanzha.screen.metric_types import BOUNDS_NS, OTHER, WAIT_BOUNDS_NS, Counter, Gauge, Histogram
from fanzha.screen.reasons import FAILED, KILLED, LATE, NO_SNAPSHOT, OVERLOADED, TRUNK_OFF
from fanzha.screen.warning_queue import OUTCOMES
from fanzha.warn import all_channels

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: Values of the label `door`: calls are asked about by SIP or HTTP, or seen in copies of SIP or dialog events.
LISTENERS = ("sip", "http", "hep", "dialog")
#: Why a call was answered without evaluation: codes of fanzha.screen.reasons.
UNSCREENED = (KILLED, TRUNK_OFF, FAILED, OVERLOADED, LATE, NO_SNAPSHOT)
#: Why a key was rejected.
REFUSED_KEYS = ("none", "unknown", "scope", "rate")
FEED_OUTCOMES = ("taken", "refused")
#: Feeds: copies of SIP, dialog events, rows of events, registrations.
FEEDS = ("hep", "dialog", "events", "registrations")
#: Why a call was shed: rules were left out, or the limit of an answer had passed.
SHED = (OVERLOADED, LATE)
#: Who a stranger is: a source address outside `peers`, or a call that names no configured trunk.
STRANGERS = ("peer", "trunk")
LOOKUP_RESULTS = ("yes", "no", "malformed")
STATUSES = ("2xx", "3xx", "4xx", "5xx")
SNAPSHOT_FAULTS = ("damaged", "older", "different", "unreadable")
#: What proves a caller's number: an own or authenticated line, a verified signature, nothing.
PROOFS = ("line", "signature", "none")
ROAMING = ("proven", "disproven", "unproven", "late", "failed")

CERTIFICATE_FETCHES = ("started", "failed", "skipped")

_PREFIX = "fanzha_screen_"


class Metrics:
    """The metrics of one process. Callers resolve a series once (`metrics.calls.series_for("sip", "refuse")`).

    What counts in a form of its own, because it is cheaper, adds a function to `collectors`; it is called before the
    metrics are read.
    """

    def __init__(self, trunks: Iterable[str] = ()) -> None:
        """Create all metrics at zero; `trunks` are the names of the configured trunks; all others share one series."""
        self.trunks = (*sorted(set(trunks) - {"*", OTHER}), OTHER)
        self.families: list[Counter | Histogram] = []
        self.collectors: list[Callable[[], None]] = []
        self._calls()
        self._trunks()
        self._http()
        self._snapshot()
        self._running()
        self._process()

    def _calls(self) -> None:
        listeners, treatments = {"door": LISTENERS}, {"treatment": tuple(map(str, TREATMENTS))}
        self.calls = self._counter("calls_total", Words("已答复的呼叫", "calls answered"), listeners | treatments)
        self.unscreened = self._counter(
            "unscreened_calls_total",
            Words("未经研判即放行或拒绝的呼叫", "calls that were answered without being looked at"),
            listeners | {"why": UNSCREENED},
        )
        self.answer_seconds = self._histogram(
            "answer_seconds", Words("从收到呼叫到答复的时间", "from a call's arrival to its answer"), listeners
        )
        self.reasons = self._counter("reasons_total", Words("答复中的理由", "reasons given in answers"), {"reason": ()})
        self.shed = self._counter(
            "shed_total",
            Words("过载时未经研判的请求", "requests that were not looked at under overload"),
            listeners,
        )
        self.garbage = self._counter(
            "garbage_total", Words("无法解析的报文", "messages that could not be understood"), listeners
        )
        self.roaming = self._counter(
            "roaming_lookups_total", Words("漫游查询及结果", "look-ups of roaming by outcome"), {"outcome": ROAMING}
        )
        self.proofs = self._counter(
            "caller_proofs_total",
            Words("呼叫，按主叫号码由何证实", "calls by what proves the caller's number"),
            {"trunk": self.trunks, "proof": PROOFS},
        )
        self.verifications = self._counter(
            "verifications_total", Words("签名核验及结果", "verified signatures by result"), {"trunk": (), "result": ()}
        )
        self.certificates = self._gauge(
            "signer_certificates", Words("缓存的签名证书", "certificates of signers that are cached")
        )
        self.certificate_fetches = self._counter(
            "certificate_fetches_total",
            Words("签名证书的获取", "fetches of signers' certificates"),
            {"outcome": CERTIFICATE_FETCHES},
        )

    def _trunks(self) -> None:
        trunk, treatments = {"trunk": self.trunks}, tuple(map(str, TREATMENTS))
        self.trunk_calls = self._counter(
            "trunk_calls_total",
            Words("按中继：应采取的处置与实际处置", "calls by trunk, treatment meant and treatment applied"),
            trunk | {"meant": treatments, "treatment": treatments},
        )
        self.trunk_responses = self._counter(
            "trunk_responses_total",
            Words("按中继：对呼叫的 SIP 应答码，含重发", "SIP status codes given to calls by trunk, repeats included"),
            trunk | {"code": ()},
        )
        self.trunk_repeats = self._counter(
            "trunk_repeats_total", Words("按中继：重发的呼叫", "retransmitted calls by trunk"), trunk
        )
        self.trunk_wait_seconds = self._histogram(
            "trunk_wait_seconds",
            Words("按中继：内核收到报文至开始研判的时间", "from the kernel's arrival time to decision, by trunk"),
            trunk,
            WAIT_BOUNDS_NS,
        )
        self.trunk_shed_seconds = self._histogram(
            "trunk_shed_seconds",
            Words("按中继：过载或超时呼叫的实际等候时间", "true wait of the calls that were shed, by trunk"),
            trunk | {"why": SHED},
            WAIT_BOUNDS_NS,
        )
        self.trunk_roaming = self._counter(
            "trunk_roaming_total",
            Words(
                "按中继：境外来话中的国内移动号码，漫游是否得到证实",
                "home mobile numbers from abroad by trunk, and whether anybody proves that they are there",
            ),
            trunk | {"outcome": ROAMING[:3]},
        )
        self.strangers = self._counter(
            "strangers_total",
            Words(
                "来自未知地址的报文，及未写明已配置中继的呼叫",
                "messages from unknown addresses (peer), and calls that name no configured trunk (trunk)",
            ),
            {"listener": (), "who": STRANGERS},
        )
        self.sip_responses = self._counter(
            "sip_responses_total",
            Words("按监听：全部 SIP 应答码", "all SIP status codes given, by listener"),
            {"listener": (), "code": ()},
        )

    def _http(self) -> None:
        self.registrations = self._gauge(
            "registrations", Words("已知登记位置的号码", "numbers whose registration was pushed into the screen")
        )
        self.requests = self._counter(
            "http_requests_total", Words("HTTP 请求", "HTTP requests"), {"route": (), "status": STATUSES}
        )
        self.request_seconds = self._histogram(
            "http_request_seconds", Words("HTTP 请求用时", "time taken by HTTP requests"), {"route": ()}
        )
        self.refused_keys = self._counter(
            "refused_keys_total",
            Words("因密钥被拒的请求", "requests refused for their key"),
            {"why": REFUSED_KEYS},
        )
        self.keys_unreadable = self._gauge(
            "keys_unreadable",
            Words(
                "密钥文件不可用，沿用原有密钥", "1 while the file of keys cannot be used and the keys before it hold"
            ),
        )
        self.lookups = self._counter(
            "lookups_total", Words("被查询的值", "values looked up"), {"kind": (), "listed": LOOKUP_RESULTS}
        )
        self.ranges = self._counter(
            "range_questions_total",
            Words("哈希前缀查询", "questions by hash prefix"),
            {"list": ("url", "phone_number")},
        )
        self.feed_rows = self._counter(
            "feed_rows_total", Words("送入的事件行", "rows of events fed in"), {"end": FEED_OUTCOMES}
        )

    def _snapshot(self) -> None:
        self.snapshot_age = self._gauge(
            "snapshot_age_seconds", Words("快照距生成的时间", "seconds since the snapshot served was made")
        )
        self.snapshot_sequence = self._gauge(
            "snapshot_sequence", Words("在用快照的序号", "sequence number of the snapshot served")
        )
        self.snapshot_numbers = self._gauge(
            "snapshot_numbers", Words("在用快照中的号码", "numbers in the snapshot served, at the most")
        )
        self.snapshot_refused = self._counter(
            "snapshots_refused_total",
            Words("被拒用的快照文件", "snapshot files refused; the one before stays"),
            {"why": SNAPSHOT_FAULTS},
        )
        self.snapshot_fallback = self._gauge(
            "snapshot_fallback",
            Words(
                "已发布快照损坏，改用其他快照",
                "1 while the published snapshot is damaged and another one, or none, is served",
            ),
        )

    def _running(self) -> None:
        self.ready = self._gauge("ready", Words("可提供服务", "1 while calls are screened as they should be"))
        self.kill_switches = self._gauge("kill_switches", Words("已拉下的紧急开关", "kill switches that are thrown"))
        self.log_lost = self._counter(
            "log_lost_total", Words("未能写入日志的记录", "records that could not be written to the log")
        )
        self.log_waiting = self._gauge(
            "log_waiting", Words("等待写入日志的记录", "records that wait to be written to the log")
        )
        self.loop_delay = self._gauge(
            "loop_delay_seconds", Words("事件循环延迟", "how late the event loop last came round")
        )
        self.live_facts = self._counter(
            "live_facts_total", Words("进入窗口的事件", "facts that windows took in"), {"fact": ()}
        )
        self.findings = self._counter(
            "findings_total", Words("实时规则得出的线索", "findings of rules in the moment"), {"detector": ()}
        )
        self.warnings = self._counter(
            "warnings_total",
            Words("对个人的提醒及结果", "warnings to people by what became of them"),
            {"channel": _call_channels(), "end": OUTCOMES},
        )
        self.rules_warming = self._gauge(
            "rules_warming", Words("窗口尚未填满的规则", "rules whose windows have not yet seen their whole span")
        )
        self.windows_freed = self._counter(
            "windows_freed_total",
            Words(
                "因内存用尽而提前清出窗口的事件",
                "facts that windows freed before their time, because their memory was used up",
            ),
        )
        self.calls_forgotten = self._counter(
            "calls_forgotten_total",
            Words(
                "因数量过多而不再等待其结束的呼叫",
                "calls that are no longer joined with their answer and end, because too many are open",
            ),
        )
        self.standby_connected = self._gauge("standby_connected", Words("在线的备用进程", "standbys that follow"))
        self.standby_lag = self._gauge(
            "standby_lag_seconds", Words("备用进程落后的时间", "how long records wait to be sent to a standby")
        )
        self.takeovers = self._counter("takeovers_total", Words("备用进程接管次数", "times that a standby took over"))
        self.feed_messages = self._counter(
            "feed_messages_total",
            Words("各数据源送来的报文或行", "messages and rows that feeds delivered"),
            {"feed": FEEDS, "end": FEED_OUTCOMES},
        )
        self.feed_silence = self._gauge(
            "feed_silence_seconds",
            Words("数据源距上次送达的时间", "seconds since a feed last delivered something that was taken"),
            {"feed": ()},
        )
        self.site_lag = self._gauge(
            "site_lag_seconds", Words("其他站点事件的延迟", "how late the facts of another site come"), {"site": ()}
        )

    def _process(self) -> None:
        build = Gauge(f"{_PREFIX}build_info", Words("版本", "version of the program"), {"version": (__version__,)})
        build.series_for(__version__).value = 1
        cpu = Counter("process_cpu_seconds_total", Words("进程所用CPU时间", "CPU time of the process"))
        cpu.set_function(time.process_time)
        start = Gauge("process_start_time_seconds", Words("进程启动时间", "when the process began, Unix time"))
        start.series_for().value = round(time.time(), 3)
        memory = Gauge("process_resident_memory_bytes", Words("进程常驻内存", "resident memory of the process"))
        memory.set_function(_resident_bytes)
        files = Gauge("process_open_fds", Words("进程打开的文件", "files and sockets that are open"))
        files.set_function(lambda: len(os.listdir("/proc/self/fd")))
        self.families += [build, cpu, start, memory, files]

    def _counter(self, name: str, tells: Words, labels: Mapping[str, tuple[str, ...]] | None = None) -> Counter:
        self.families.append(counter := Counter(_PREFIX + name, tells, labels))
        return counter

    def _gauge(self, name: str, tells: Words, labels: Mapping[str, tuple[str, ...]] | None = None) -> Gauge:
        self.families.append(gauge := Gauge(_PREFIX + name, tells, labels))
        return gauge

    def _histogram(
        self,
        name: str,
        tells: Words,
        labels: Mapping[str, tuple[str, ...]] | None = None,
        bounds: tuple[int, ...] = BOUNDS_NS,
    ) -> Histogram:
        self.families.append(histogram := Histogram(_PREFIX + name, tells, labels, bounds))
        return histogram

    def text(self) -> bytes:
        """Return all metrics in the Prometheus text format 0.0.4."""
        for collect in self.collectors:
            collect()
        return "\n".join([*(line for family in self.families for line in family.lines()), ""]).encode()


def _call_channels() -> tuple[str, ...]:
    """Return the warning channels that send something while a call is screened."""
    return tuple(name for name, channel in all_channels().items() if channel.sends and channel.for_calls)


def _resident_bytes() -> float:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
