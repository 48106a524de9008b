"""Mail servers that cannot be installed beside Dovecot: unpacked into a folder of their own, and run from there."""

import os
import subprocess
from functools import cache
from pathlib import Path

UNPACK = Path(__file__).with_name("unpack")
CACHE = Path("/var/cache/relish-tests")


@cache
def unpacked(package: str) -> Path:
    """The root of what the package holds. Fails in plain words if it cannot be had."""
    if os.geteuid() != 0:
        raise RuntimeError(f"The tests run {package} and must be root for it: run `make test-servers` as root.")
    said = subprocess.run([UNPACK, package, CACHE / package], capture_output=True, text=True, check=False)
    if said.returncode:
        raise RuntimeError(said.stderr.strip())
    return CACHE / package / "root"


def environment_of(root: Path) -> dict[str, str]:
    """In which programs from there find their libraries."""
    libraries = sorted({str(file.parent) for file in root.rglob("*.so.*")})
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "LD_LIBRARY_PATH": ":".join(libraries)}
