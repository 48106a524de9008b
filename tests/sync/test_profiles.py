"""What providers do differently is data: hosts lead to a profile, a row may name another, sessions and commands follow it."""

import pytest
from django.utils import timezone

from accounts.models import User
from mailbox import ingest
from mailbox.imap.arguments import uid_sets
from mailbox.imap.uids import UidSet
from mailbox.models import Change, Folder, Mailbox
from mailbox.sync import filing, leases, passing, providers, push
from mailbox.sync.profiles import PLAIN, PROFILES, of_host, profile_of
from mailbox.sync.session import Session
from mailbox.wire import Endpoint
from tests.fakes.imap_script import imap_script, signed_in
from tests.sync.conftest import Phone, bring_up, folder
from tests.sync.letters import raw
from tests.sync.test_trouble import at, quick

__all__ = ["quick"]


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("imap.gmail.com", "gmail"),
        ("outlook.office365.com", "exchange"),
        ("imap.mail.me.com", "icloud"),
        ("p42-imap.mail.me.com", "icloud"),
        ("imap.mail.yahoo.com", "yahoo"),
        ("imap.aol.com", "yahoo"),
        ("imap.yandex.ru", "yandex"),
        ("imap.163.com", "netease"),
        ("imap.qq.com", "qq"),
        ("imap.zoho.eu", "zoho"),
        ("imap.naver.com", "naver"),
        ("imap.daum.net", "daum"),
        ("imap.crepes.fr", ""),
        ("imap.gmail.com.evil.example", ""),
        ("notimap.gmail.com", ""),
    ],
)
def test_a_host_leads_to_its_profile(host: str, name: str) -> None:
    assert of_host(host).name == name


def test_a_row_may_name_another(alices: Mailbox) -> None:
    alices.profile = "courier"
    assert profile_of(alices).name == "courier"
    alices.profile = "nobody"
    assert profile_of(alices) == PLAIN


def test_every_provider_that_is_proposed_can_be_written_down() -> None:
    for provider in providers.PROVIDERS.values():
        assert Endpoint.parse(provider.incoming).protocol == "imap"
        assert Endpoint.parse(provider.outgoing).protocol == "smtp"


def test_names_are_unique() -> None:
    assert len({profile.name for profile in PROFILES}) == len(PROFILES)


DIALECTS = {
    "": ("CONDSTORE QRESYNC ENABLE ESEARCH", "C: ENABLE CONDSTORE QRESYNC\nS: * ENABLED QRESYNC\nS: $ OK"),
    "icloud": ("CONDSTORE QRESYNC ENABLE", "C: ENABLE CONDSTORE\nS: * ENABLED CONDSTORE\nS: $ OK"),
    "zoho": ("CONDSTORE QRESYNC ENABLE", ""),
    "netease": ("ID", 'C: ID ("name" *\nS: * ID NIL\nS: $ OK'),
    "proton": ("SPECIAL-USE LIST-EXTENDED", 'C: LIST "" "*"\nS: * LIST (\\All) "/" "All Mail"\nS: $ OK'),
}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", DIALECTS)
def test_t04_what_a_provider_gets_wrong_is_not_asked_of_it(alice: User, name: str) -> None:
    offered, script = DIALECTS[name]
    with imap_script(signed_in(*offered.split()), script, "HANG") as server:
        mailbox = at(server, alice)
        mailbox.profile = name
        lease = leases.take(mailbox.pk)
        assert lease
        session = Session(mailbox, lease)
        session._connect()
        if name == "proton":
            assert [folder.role for folder in session.client.list_folders()] == ["all"]
        session.client.close()


def test_t39_yahoos_commands_stay_short() -> None:
    """It takes 1,000 octets; the rest of the command is far below 100."""
    odd = UidSet.of(range(1_000_000_001, 1_000_002_000, 2))
    pieces = list(uid_sets(odd, of_host("imap.mail.yahoo.com").uid_set))
    assert max(len(str(piece)) for piece in pieces) <= 900
    assert sum(len(piece) for piece in pieces) == len(odd)


def test_t18_a_provider_that_files_what_it_sends_gets_time_to_do_so(guest: Mailbox, phone: Phone) -> None:
    """Asked for three times; only then the copy is filed from here, because some way around its server was taken."""
    Mailbox.objects.filter(pk=guest.pk).update(profile="gmail")
    bring_up(guest)
    change = copy_to_file(guest)
    for _ in range(filing.WAITS):
        push_now(guest)
        assert phone.uids("Sent") == []
    push_now(guest)
    assert len(phone.uids("Sent")) == 1
    change.refresh_from_db()
    assert change.state == "done"


def copy_to_file(mailbox: Mailbox) -> Change:
    sent = folder(mailbox, "Sent")
    placed = ingest.place(sent, raw("s"), uid=None, uidvalidity=sent.uidvalidity, flags=1, internal_date=timezone.now())
    return Change.objects.create(
        mailbox=mailbox, message=placed.message, kind="append", args={"folder": sent.pk}, next_at=timezone.now()
    )


def push_now(mailbox: Mailbox) -> None:
    Change.objects.open().update(next_at=timezone.now())
    push.push_changes(mailbox.pk)


@pytest.mark.parametrize(("profile", "looked_into"), [("", True), ("proton", False)])
def test_protons_all_mail_is_passed_by(alices: Mailbox, profile: str, looked_into: bool) -> None:
    """Everything in it lies in another folder as well."""
    everything = Folder.objects.create(mailbox=alices, name="All Mail", wire_name="All Mail", role="all")
    alices.profile = profile
    lease = leases.take(alices.pk)
    assert lease
    assert (everything in passing._wanted(Session(alices, lease), [everything], "")) == looked_into
