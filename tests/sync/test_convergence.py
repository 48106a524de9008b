"""Whatever the phone, the person, dying workers and broken lines do, and in whatever order: when all is told, mirror and
server are the same."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.imap.client import ImapClient
from mailbox.models import Access, Mailbox
from mailbox.wire import Endpoint
from tests.courier import courier  # noqa: F401 a fixture
from tests.cyrus import cyrus  # noqa: F401 a fixture
from tests.fakes.imap_proxy import ImapProxy
from tests.pymap import pymap  # noqa: F401 a fixture
from tests.real import LOOPBACK
from tests.sync.conftest import Phone
from tests.sync.scene import Scene

SERVERS = ["cyrus", "courier", "pymap"]
MASKS = [
    ("CONDSTORE", "QRESYNC"), ("QRESYNC",), ("ESEARCH",), ("MOVE",), ("UIDPLUS",), ("IDLE",), ("LIST-STATUS",), ("SPECIAL-USE",),
    ("CONDSTORE", "QRESYNC", "ESEARCH", "MOVE", "UIDPLUS", "IDLE", "LIST-STATUS", "SPECIAL-USE"),
]  # fmt: skip


@dataclass
class Stage:
    """Where scenes are played: a server, behind a proxy that hides some of what it offers."""

    server: Any
    proxy: ImapProxy
    newcomer: Callable[[], str]

    def scene(self) -> Scene:
        name = self.newcomer()
        credentials = self.server.credentials(name)
        endpoint = Endpoint("imap+plain", "127.0.0.1", self.proxy.port, name)
        mailbox = Mailbox.objects.create(address=f"{name}@crepes.fr", incoming=str(endpoint), outgoing="direct:")
        mailbox.set_password(credentials.password)
        mailbox.save(update_fields=["secret"])
        owner = User.objects.create_user(f"{name}.{self.proxy.port}@crepes.fr")
        Access.objects.create(mailbox=mailbox, user=owner)
        client = ImapClient.connect(self.server.endpoint("imap+plain", name), credentials, LOOPBACK)
        self._furnish(client)
        return Scene(mailbox, owner, Phone(client), self.proxy, getattr(self.server, "prefix", ""))

    def _furnish(self, client: ImapClient) -> None:
        prefix = getattr(self.server, "prefix", "")
        lacking = {f"{prefix}{name}" for name in ("Archive", "Trash")} - {one.name for one in client.list_folders()}
        for name in sorted(lacking):
            client.create(name)


@pytest.fixture
def stages(settings: Settings, db: None) -> Iterator[Callable[..., Stage]]:
    settings.ALLOW_PRIVATE_HOSTS = list(LOOPBACK.allow)
    proxies: list[ImapProxy] = []

    def stage(server: Any, newcomer: Callable[[], str], hidden: tuple[str, ...] = ()) -> Stage:
        proxies.append(ImapProxy((server.host, server.imap), hidden))
        return Stage(server, proxies[-1], newcomer)

    yield stage
    for proxy in proxies:
        proxy.close()


def play(stage: Stage, *, scenes: int, steps: int) -> None:
    """Hypothesis chooses the deeds and whom they hit; a scene that fails is told as short as the time allows."""

    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.scene = stage.scene()

        @rule(name=st.sampled_from(Scene.deeds()), chance=st.randoms(use_true_random=False))
        def something_happens(self, name: str, chance: random.Random) -> None:
            self.scene.act(name, chance)

        def teardown(self) -> None:
            self.scene.rest()
            self.scene.prove()
            self.scene.phone.client.logout()

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=scenes,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_they_converge(stages: Callable[..., Stage], dovecot: Any, newcomers: Iterator[str]) -> None:
    play(stages(dovecot, lambda: next(newcomers)), scenes=2, steps=20)


@pytest.mark.servers
@pytest.mark.parametrize("hidden", MASKS, ids="+".join)
def test_they_converge_without(
    stages: Callable[..., Stage], dovecot: Any, newcomers: Iterator[str], hidden: tuple[str, ...]
) -> None:
    play(stages(dovecot, lambda: next(newcomers), hidden), scenes=1, steps=40)


@pytest.mark.servers
@pytest.mark.parametrize("kind", SERVERS)
def test_they_converge_on(stages: Callable[..., Stage], request: pytest.FixtureRequest, kind: str) -> None:
    server = request.getfixturevalue(kind)
    play(stages(server, server.newcomer), scenes=1, steps=25)
