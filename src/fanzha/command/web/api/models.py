"""Models of the API framework."""

from typing import ClassVar

from django.db import models


class KeptAnswer(models.Model):
    """A stored response to a request with an idempotency key.

    It is stored in the transaction of the request. `request_hash` detects reuse of the key for another request.
    """

    caller = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=32)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=80, blank=True)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["caller", "key"], name="one_answer_a_key")]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="kept_answer_age")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
