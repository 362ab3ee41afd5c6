"""What a carrier has of app samples in the access matrix: one that was read, with a secret name."""

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.command.access.owning import Owned
from tests.command.app_samples.samples_made import apk, taken
from tests.command.people import World

from fanzha.command.app_samples.models import AppSample
from fanzha.command.app_samples.sample_reader import read_samples
from fanzha.command.web.scoping import unscoped


def owned(world: World, secret: str) -> Owned:
    """Take a sample in and read it."""
    sample = taken(world, "carrier", apk(secret))
    read_samples(world["carrier"].pk)
    with unscoped("test"):
        assert AppSample.objects.get(pk=sample.pk).label == secret
    return Owned(
        hidden={"app-samples/{ref}": sample.ref, "api/v1/app_samples/{ref}": sample.ref},
        bodies={
            "POST app-samples/": {"file": SimpleUploadedFile("a.apk", apk("其他")), "note": ""},
            "POST app-samples/{ref}/download/": {"purpose": "analysis"},
            "POST api/v1/app_samples/{ref}/download": {"purpose": "analysis"},
        },
    )
