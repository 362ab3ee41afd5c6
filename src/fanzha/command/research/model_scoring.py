"""Have a partner's model score rows in a child process with limits; the site never loads what a stranger made."""

from __future__ import annotations

import shutil
import time
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from fanzha.base.child_process import (
    ChildError,
    ChildLimits,
    ChildOutOfMemory,
    ChildRefusal,
    ChildTimeout,
    stream_from_child,
)
from fanzha.base.words import Words
from fanzha.command.research.endpoint_client import ask_endpoint
from fanzha.command.research.models import ModelFile, ModelTransport, PartnerModel
from fanzha.command.research.onnx_runner import run_onnx
from fanzha.command.research.research_settings import ResearchSettings
from fanzha.command.web.scoping import unscoped
from fanzha.store.private_files import create_private_folder
from fanzha.store.state_folder import state_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fanzha.command.research.feature_columns import Floats

_UNSCOPED = unscoped("a model is run for the organisation that approved it")

NOT_INSTALLED = Words(
    "本站未安装 fanzha[research]，不能运行 ONNX 模型", "fanzha[research] is not installed: no ONNX file can be run"
)
_SCORES = 4  # bytes of a score
_PREFIX = "run-"
#: No run takes longer: a folder that is older was left by one that was killed.
_LEFT_SECONDS = 86_400

_REASONS = {
    "unreadable": Words("不是可读取的 ONNX 文件", "it is no ONNX file that can be read"),
    "operators": Words(
        "使用了标准以外的算子、模型内函数或节点过多",
        "it uses operators beyond the standard, functions or too many nodes",
    ),
    "external": Words("权重不在文件之内", "its weights are in a file outside"),
    "input": Words(
        "输入应为一个二维 float 张量，列数与申报的特征一致",
        "its input is no float tensor [rows, columns] with as many columns as it declared",
    ),
    "output": Words("没有 float 张量输出", "it has no output that is a float tensor"),
    "failed": Words("模型运行出错", "it failed while it ran"),
    "memory": Words("所需内存超过限额", "it needs more memory than it may"),
    "shape": Words("输出的行数或形状不符", "its output has another number of rows, or another shape"),
    "nan": Words("输出含有非数值", "it gave a score that is not a number"),
    "range": Words("输出不在 0 至 1 之间", "it gave a score outside 0-1"),
    "status": Words("接口未返回 200", "the endpoint did not answer 200"),
    "time": Words("超过时间限额", "it took longer than it may"),
    "size": Words("接口的应答过大", "the endpoint answered too much"),
    "answer": Words("接口的应答不符合约定", "the endpoint's answer is not as agreed"),
    "network": Words("无法断开模型进程的网络", "the process of the model cannot leave the network"),
    "unreachable": Words("接口无法连接", "the endpoint cannot be reached"),
}
_CRASHED = Words("模型程序异常终止", "the process of the model ended abnormally")
_NOT_LISTED = Words("该地址不在管理员的名单内", "the operator does not list this address")


class UnfitModel(Exception):
    """A model did not give scores; `words` says why."""

    def __init__(self, words: Words) -> None:
        super().__init__(words.en)
        self.words = words


def is_installed() -> bool:
    """Return whether the packages are installed that run ONNX files."""
    return find_spec("onnx") is not None and find_spec("onnxruntime") is not None


def score_rows(model: PartnerModel, values: Floats, settings: ResearchSettings) -> Floats:
    """Return the scores, 0-1, of rows x features of a model. Raise UnfitModel."""
    import numpy as np

    with TemporaryDirectory(prefix=_PREFIX, dir=_work_folder()) as folder:
        path = Path(folder) / "values"
        path.write_bytes(np.ascontiguousarray(values, "<f4").tobytes())
        try:
            output = b"".join(_stream(model, path, len(values), Path(folder), settings))
        except ChildRefusal as refusal:
            raise UnfitModel(_REASONS.get(refusal.reason, _CRASHED)) from None
        except ChildOutOfMemory:
            raise UnfitModel(_REASONS["memory"]) from None
        except ChildTimeout:
            raise UnfitModel(_REASONS["time"]) from None
        except ChildError:
            raise UnfitModel(_CRASHED) from None
    if len(output) != _SCORES * len(values):
        raise UnfitModel(_REASONS["shape"])
    return np.frombuffer(output, "<f4").astype(np.float64)


def _work_folder() -> Path:
    """Return the folder of runs within the state folder; what killed runs left there is removed."""
    folder = create_private_folder(state_folder() / "research")
    before = time.time() - _LEFT_SECONDS
    for path in folder.glob(f"{_PREFIX}*"):
        if path.stat().st_mtime < before:
            shutil.rmtree(path, ignore_errors=True)
    return folder


def _stream(model: PartnerModel, path: Path, rows: int, folder: Path, settings: ResearchSettings) -> Iterator[bytes]:
    limits = ChildLimits(settings.memory_megabytes << 20, settings.processor_seconds, settings.wait_seconds)
    if model.transport != ModelTransport.ONNX:
        if not settings.is_endpoint(
            model.url, model.agreement.partner.ref
        ):  # the list may have changed since it was approved
            raise UnfitModel(_NOT_LISTED)
        return stream_from_child(
            limits, ask_endpoint, model.url, model.transport, list(model.features), str(path), rows
        )
    if not is_installed():
        raise UnfitModel(NOT_INSTALLED)
    file = folder / "model.onnx"
    file.write_bytes(bytes(_UNSCOPED.rows(ModelFile).get(partner_model=model).body))
    return stream_from_child(
        limits, run_onnx, str(file), str(path), rows, len(model.features), settings.needs_isolation
    )
