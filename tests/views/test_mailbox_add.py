"""A mailbox is added: servers guessed or asked for, both tried by a worker, and only good ones kept."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from mailbox import bell
from mailbox.models import Access, Identity, Mailbox, Probe
from mailbox.sync import connecting
from mailbox.wire import Endpoint

HTMX = {"HX-Request": "true", "HX-Target": "servers"}


def typed(**fields: Any) -> dict[str, Any]:
    return {
        "address": "alice@galette.example",
        "password": "buckwheat",
        "incoming_security": "imaps",
        "incoming_host": "imap.galette.example",
        "incoming_port": "",
        "incoming_user": "",
        "outgoing_security": "submission",
        "outgoing_host": "smtp.galette.example",
        "outgoing_port": "2587",
        "outgoing_user": "alice",
        **fields,
    }


def answered(user: User, **fields: Any) -> Probe:
    """A test of servers with the worker's answer."""
    probe = connecting.try_servers(
        user,
        "alice@galette.example",
        Endpoint.parse("imaps://imap.galette.example"),
        Endpoint.parse("submissions://smtp.x"),
        "buckwheat",
    )
    for name, value in {"state": Probe.State.GOOD, **fields}.items():
        setattr(probe, name, value)
    probe.save()
    return probe


def test_the_servers_are_tried_by_a_worker(
    client: Client,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    rung: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(bell, "_ring_now", lambda task, ids: rung.append((task, ids)))
    client.force_login(alice)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mailbox_add"), typed())
    probe = Probe.objects.of(alice).get()
    assert rung == [("mirror.probe", (probe.pk,))]
    assert answer["Location"] == reverse("probe", args=[probe.pk])
    assert (probe.incoming, probe.outgoing) == (
        "imaps://imap.galette.example:993",
        "submission://alice@smtp.galette.example:2587",
    )
    assert probe.password() == "buckwheat"


def test_well_known_servers_are_filled_in(client: Client, alice: User) -> None:
    client.force_login(alice)
    client.post(reverse("mailbox_add"), typed(address="haneul@naver.com", incoming_host="", outgoing_host=""))
    probe = Probe.objects.get()
    assert (probe.incoming, probe.outgoing) == ("imaps://imap.naver.com:993", "submissions://smtp.naver.com:465")


def test_unknown_servers_are_asked_for(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post(reverse("mailbox_add"), typed(incoming_host="", outgoing_host=""))
    assert answer.status_code == 422
    assert "servers of this address are not known here" in answer.content.decode()
    assert answer.context["form"]["address"].value() == "alice@galette.example"
    assert not Probe.objects.exists()


def test_the_password_is_never_sent_back(client: Client, alice: User) -> None:
    client.force_login(alice)
    for fields in (typed(incoming_host=""), typed(address="no address"), typed()):
        assert "buckwheat" not in client.post(reverse("mailbox_add"), fields, headers=HTMX).content.decode()
    assert "buckwheat" not in client.get(reverse("probe", args=[Probe.objects.get().pk])).content.decode()


WRONG = {
    "no address": ({"address": "alice"}, "address", "This is not an email address."),
    "an empty address": ({"address": ""}, "address", "Write the address of the mailbox."),
    "no password": ({"password": ""}, "password", "Write the password."),
    "port 0": ({"incoming_port": "0"}, "incoming_port", "A port is a number from 1 to 65535."),
    "port 99999": ({"outgoing_port": "99999"}, "outgoing_port", "A port is a number from 1 to 65535."),
    "a port in words": ({"incoming_port": "imap"}, "incoming_port", "A port is a number from 1 to 65535."),
    "a host with a port": ({"incoming_host": "imap.x:993"}, "incoming_host", "Write only the name of the server"),
    "an address for a host": ({"incoming_host": "https://imap.x/"}, "incoming_host", "Write only the name of the server"),
    "a host with a line break": ({"incoming_host": "imap.x\r\nA LOGOUT"}, "incoming_host", "Write only the name of the server"),
    "only one server": ({"outgoing_host": ""}, "outgoing_host", "Write the name of the server that takes your letters."),
    "straight delivery": ({"outgoing_security": "direct"}, "outgoing_security", "not one of the available choices"),
}


@pytest.mark.parametrize(("wrong", "field", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_at_its_field(
    client: Client, alice: User, wrong: dict[str, str], field: str, sentence: str
) -> None:
    client.force_login(alice)
    answer = client.post(reverse("mailbox_add"), typed(**wrong))
    assert answer.status_code == 422
    assert sentence in answer.context["form"].errors[field][0]
    assert not Probe.objects.exists()


def test_good_servers_become_a_mailbox_that_is_brought_up(client: Client, alice: User) -> None:
    client.force_login(alice)
    answer = client.post(reverse("probe_keep", args=[answered(alice).pk]))
    assert answer["Location"] == reverse("inbox")
    mailbox = Mailbox.objects.of(alice).get()
    assert (mailbox.address, mailbox.state) == ("alice@galette.example", "new")
    assert mailbox.credentials(mailbox.incoming_endpoint).password == "buckwheat"
    assert mailbox.next_poll_at
    assert Access.objects.get().role == "owner"
    assert (Identity.objects.get().name, Identity.objects.get().address) == ("Alice Martin", "alice@galette.example")
    assert not Probe.objects.exists()


@pytest.mark.parametrize("fields", [{"state": "waiting"}, {"state": "bad"}, {"secret": b""}])
def test_nothing_is_kept_of_servers_that_are_not_good(client: Client, alice: User, fields: dict[str, Any]) -> None:
    client.force_login(alice)
    client.post(reverse("probe_keep", args=[answered(alice, **fields).pk]))
    assert not Mailbox.objects.exists()


def test_the_answer_is_said_a_side_at_a_time(client: Client, alice: User) -> None:
    client.force_login(alice)
    probe = answered(alice, state="bad", incoming_trouble="imap.galette.example says the password is wrong.")
    page = client.get(reverse("probe", args=[probe.pk])).content.decode()
    assert "imap.galette.example says the password is wrong." in page
    assert "Nothing was saved." in page
    assert 'value="imap.galette.example"' in page


def test_a_page_listens_until_the_answer_is_there(client: Client, alice: User) -> None:
    client.force_login(alice)
    probe = answered(alice, state="running")
    url = reverse("probe", args=[probe.pk])
    assert f"live:probe-{probe.pk}" in client.get(url, headers=HTMX).content.decode()
    Probe.objects.update(state="good")
    assert "live:probe" not in client.get(url, headers=HTMX).content.decode()


def test_the_same_mailbox_is_added_once(client: Client, alice: User) -> None:
    client.force_login(alice)
    for _ in range(2):
        client.post(reverse("probe_keep", args=[answered(alice).pk]))
    assert Mailbox.objects.count() == 1
    assert "here already" in client.get(reverse("mailbox_add")).content.decode()


def test_a_strangers_test_is_not_found(client: Client, alice: User, bob: User) -> None:
    probe = answered(alice)
    client.force_login(bob)
    assert client.get(reverse("probe", args=[probe.pk])).status_code == 404
    assert client.post(reverse("probe_keep", args=[probe.pk])).status_code == 404


def test_who_tries_too_often_waits(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "TRIES", 2)
    client.force_login(alice)
    codes = [client.post(reverse("mailbox_add"), typed()).status_code for _ in range(3)]
    assert codes == [302, 302, 429]


def test_the_web_opens_no_socket(client: Client, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbox.wire.connect", lambda *args, **kwargs: pytest.fail("the web process connects"))
    client.force_login(alice)
    assert client.post(reverse("mailbox_add"), typed(), headers=HTMX).status_code == 200
