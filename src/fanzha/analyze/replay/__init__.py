"""Replay known cases on the records of their time: which were found before the first loss, and who else was hit."""

from fanzha.analyze.replay.job import ReplayRequest, replay
from fanzha.analyze.replay.result import ReplayResult

__all__ = ["ReplayRequest", "ReplayResult", "replay"]
