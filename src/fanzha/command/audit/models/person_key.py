"""The key that encrypts one person's values. Destroying it makes them unreadable (PIPL Art. 47)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class PersonKey(models.Model):
    """A key wrapped by the installation's (`keys/evidence`), null once destroyed. A person has one valid key."""

    person = models.CharField(max_length=200)  # opaque id of the person or subject
    wrapped = models.BinaryField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person"], condition=Q(erased_at=None), name="one_key_a_person")
        ]
        indexes: ClassVar = [models.Index(fields=["person"], name="key_of_person")]

    def __str__(self) -> str:
        return f"{self.person}{' (erased)' if self.erased_at else ''}"
