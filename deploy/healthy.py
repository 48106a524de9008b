"""For a container's health check: exit 0 if that address answers 200, else 1."""

import sys
from urllib.error import URLError
from urllib.request import Request, urlopen

try:
    with urlopen(Request(sys.argv[1], headers={"Host": "localhost"}), timeout=5) as answer:  # noqa: S310 the address is ours
        sys.exit(answer.status != 200)
except URLError:
    sys.exit(1)
