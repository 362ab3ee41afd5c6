"""Versions of process definitions; a running process keeps the version with which it was opened."""

from functools import lru_cache

from django.db import models

from fanzha.base.ids import digest
from fanzha.processes.parse import parse_process
from fanzha.processes.process import Process


class ProcessVersion(models.Model):
    """One text of one process definition, stored once."""

    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    text_hash = models.CharField(max_length=32, unique=True)
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"

    @classmethod
    def of(cls, process: Process) -> "ProcessVersion":
        """Get or create the row of a process definition."""
        row, _ = cls.objects.get_or_create(
            text_hash=digest(process.text),
            defaults={"name": process.name, "version": process.version, "text": process.text},
        )
        return row

    @property
    def process(self) -> Process:
        """Return the parsed definition, cached by its text."""
        return _parsed(self.text, self.name)


@lru_cache(maxsize=512)
def _parsed(text: str, name: str) -> Process:
    return parse_process(text, f"{name}.yaml")
