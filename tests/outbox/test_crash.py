"""Workers that are killed, asked to end or left without a broker: nothing is lost, nothing is sent twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.utils import timezone
from pytest_django.fixtures import Settings

from mailbox.broker import redis_url
from mailbox.management.embedded import Redis
from mailbox.models import Attempt, Mailbox, Recipient
from mailbox.outbox import relay
from tests.fakes.smtp_script import ScriptedServer, scripted
from tests.outbox.letters import make_due, only, post
from tests.outbox.worker import hint, running_worker
from tests.servers import temporary_ground
from tests.smtp.scripts import BYE, HELLO, TO_THE_DOT
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = timedelta(hours=1)
WHOLE = HELLO + TO_THE_DOT + "S: 250 ok\n" + BYE


@pytest.fixture(autouse=True)
def empty_broker() -> None:
    redis.Redis.from_url(redis_url()).flushdb()


def route(settings: Settings, server: ScriptedServer) -> None:
    settings.RELAY_ROUTES = {"hamburger.edu": str(server.endpoint())}


def let_the_lease_run_out() -> None:
    Recipient.objects.filter(state="leased").update(lease_until=timezone.now() - timedelta(seconds=1))


def test_e04_killed_before_the_dot_exactly_one_copy_arrives(alices: Mailbox, settings: Settings, tmp_path: Path) -> None:
    with scripted(HELLO + "C: MAIL *\nS: 250 ok\nC: RCPT *\nHANG", WHOLE) as server:
        route(settings, server)
        with running_worker(tmp_path) as worker:
            outgoing = post(alices)
            hint("relay.deliver", outgoing.pk)
            until(lambda: any(line.startswith("RCPT") for line in server.heard))
            worker.kill()
        let_the_lease_run_out()
        relay.sweep()
        relay.deliver_due()
    assert (only(outgoing).state, len(server.letters)) == ("sent", 1)


def test_e05_killed_after_the_dot_it_is_unknown_and_stays_so(alices: Mailbox, settings: Settings, tmp_path: Path) -> None:
    with scripted(HELLO + TO_THE_DOT + "HANG") as server:
        route(settings, server)
        with running_worker(tmp_path) as worker:
            outgoing = post(alices)
            hint("relay.deliver", outgoing.pk)
            until(lambda: server.letters)
            worker.kill()
        let_the_lease_run_out()
        relay.sweep()
        relay.deliver_due()
    assert (only(outgoing).state, len(server.letters)) == ("unknown", 1)
    assert Attempt.objects.get().phase == "dot_sent"


@pytest.mark.servers
def test_e51_asked_to_end_it_finishes_its_talk_and_no_more(alices: Mailbox, settings: Settings, tmp_path: Path) -> None:
    with scripted(HELLO + TO_THE_DOT + "WAIT\nS: 250 ok\n" + BYE) as server:
        route(settings, server)
        with running_worker(tmp_path) as worker:
            first = post(alices)
            hint("relay.due")
            until(lambda: server.letters)
            second = post(alices, after=HOUR)  # so that no bell rings for it
            make_due(second)
            worker.ask_to_end()
            until(lambda: "shutdown" in worker.log.read_text().lower())
            server.go()
            worker.process.wait(60)
    assert (only(first).state, only(second).state) == ("sent", "scheduled")


@pytest.mark.servers
def test_e07_t54_a_broker_that_forgets_everything_in_mid_send(alices: Mailbox, settings: Settings, tmp_path: Path) -> None:
    with scripted(HELLO + TO_THE_DOT + "WAIT\nS: 250 ok\n" + BYE, WHOLE) as server:
        route(settings, server)
        with running_worker(tmp_path):
            first = post(alices)
            hint("relay.deliver", first.pk)
            until(lambda: server.letters)
            second = post(alices)
            redis.Redis.from_url(redis_url()).flushdb()
            server.go()
            until(lambda: only(first).state == "sent", 60)
            hint("relay.due")  # the clock's next beat
            until(lambda: only(second).state == "sent", 60)
            until(lambda: server.heard.count("QUIT") == 2)
    assert len(server.letters) == 2


@pytest.fixture
def broker() -> Iterator[Redis]:
    """One of the test's own, which may be stopped."""
    with temporary_ground() as ground:
        redis_server = Redis(ground)
        redis_server.start()
        redis_server.wait()
        yield redis_server
        redis_server.stop()


def test_e07_e09_t55_a_worker_hears_again_when_the_broker_is_back(
    alices: Mailbox, settings: Settings, tmp_path: Path, broker: Redis
) -> None:
    url = f"redis+socket://{broker.ground.run / 'redis.sock'}?virtual_host=0"
    with scripted(WHOLE, WHOLE) as server:
        route(settings, server)
        with running_worker(tmp_path, url) as worker:
            first = post(alices)
            hint("relay.deliver", first.pk, broker=url)
            until(lambda: only(first).state == "sent")
            broker.stop()
            until(lambda: "Connection" in worker.log.read_text())
            second = post(alices)
            broker.start()
            broker.wait()
            hint("relay.due", broker=url)  # the clock's next beat
            until(lambda: only(second).state == "sent")
            until(lambda: server.heard.count("QUIT") == 2)
    assert len(server.letters) == 2


def test_e07_a_broker_that_is_away(alices: Mailbox, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("celery.current_app.send_task", nobody)
    with scripted(WHOLE) as server:
        route(settings, server)
        outgoing = post(alices)
        relay.deliver_due()
    assert (only(outgoing).state, len(server.letters)) == ("sent", 1)
