"""What a hash of a pass phrase costs: on the site what Django sets, in tests a thousandth of it."""

from django.contrib.auth.hashers import ScryptPasswordHasher

SITE_COST = {name: getattr(ScryptPasswordHasher, name) for name in ("work_factor", "block_size", "parallelism")}
TEST_COST = {"work_factor": 16, "block_size": 8, "parallelism": 1}
