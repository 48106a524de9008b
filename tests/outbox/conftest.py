"""A post office for every test here: hamburger.edu takes letters on a port of this machine."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.fakes.smtp_sink import Sink, sinking


@pytest.fixture(autouse=True)
def at_home(settings: Settings) -> None:
    settings.ALLOW_PRIVATE_HOSTS = ["127.0.0.0/8"]
    settings.EHLO_NAME = "crepes.fr"
    settings.RELAY_ROUTES = {}
    settings.DIRECT_UNCHECKED = True
    settings.RELAY_UNKNOWN = "ask"


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with sinking() as sink:
        settings.RELAY_ROUTES = {domain: str(sink.endpoint) for domain in ("hamburger.edu", "jangdok.example")}
        yield sink
