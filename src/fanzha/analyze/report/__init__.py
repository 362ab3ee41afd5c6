"""The report of a run: one self-contained file, in Chinese and English, with charts and every suspect's reasons."""

from fanzha.analyze.report.run_report import write_report

__all__ = ["write_report"]
