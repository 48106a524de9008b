"""The operator's commands: connect, mirror, mirror --verify, export."""

import io
import json
from collections.abc import Callable
from hashlib import sha256

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.models import Access, Flag, Folder, Identity, Mailbox, Message, Placement, Raw, ThreadFolder
from tests.real import LOOPBACK, PASSWORD, Dovecot
from tests.sync.conftest import Phone, bring_up, folder, here
from tests.sync.letters import NOON, raw

Run = Callable[..., str]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Call a command with a password on stdin; what it printed."""
    settings.ALLOW_PRIVATE_HOSTS = list(LOOPBACK.allow)

    def command(*words: str, password: str = PASSWORD) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        out = io.StringIO()
        call_command(*words, stdout=out)
        return out.getvalue()

    return command


@pytest.fixture
def servers(dovecot: Dovecot) -> list[str]:
    return ["--incoming", str(dovecot.endpoint("imap+plain", "bob@hamburger.edu")), "--outgoing", "direct:"]


def test_connect_makes_a_mailbox_and_its_owner(db: None, run: Run, servers: list[str]) -> None:
    said = run("connect", "bob@hamburger.edu", "bob@hamburger.edu", *servers)
    mailbox = Mailbox.objects.get(access__user__email="bob@hamburger.edu")
    assert (mailbox.state, Access.objects.get().role, Identity.objects.get().address) == ("new", "owner", "bob@hamburger.edu")
    assert "http" in said  # the link with which the owner chooses a password
    bring_up(mailbox)


def test_connect_of_somebody_who_is_here_prints_no_link(bob: User, run: Run, servers: list[str]) -> None:
    assert "http" not in run("connect", "Bob@hamburger.edu", "bob@hamburger.edu", *servers)
    assert User.objects.count() == 1


def test_connect_again_changes_the_servers(bob: User, run: Run, servers: list[str]) -> None:
    run("connect", "bob@hamburger.edu", "bob@hamburger.edu", "--incoming", "imaps://old.example", *servers[2:], "--no-check")
    run("connect", "bob@hamburger.edu", "bob@hamburger.edu", *servers)
    assert Mailbox.objects.get().incoming == servers[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["not-an-address", "bob@hamburger.edu"], "not an email address"),
        (["bob@hamburger.edu", "bob@hamburger.edu", "--incoming", "ftp://x"], "--incoming: 'ftp://x' does not start"),
        (["bob@hamburger.edu", "bob@hamburger.edu", "--incoming", "submission://x"], "no server for that"),
        (["bob@hamburger.edu", "bob@hamburger.edu", "--incoming", "imaps://x:99999"], "no usable port"),
        (["bob@hamburger.edu", "bob@hamburger.edu", "--incoming", "imaps://nowhere.invalid"], "no host|looked up"),
    ],
)
def test_connect_says_what_is_wrong(db: None, run: Run, servers: list[str], words: list[str], sentence: str) -> None:
    more = servers if "--incoming" not in words else servers[2:]
    with pytest.raises(CommandError, match=sentence):
        run("connect", *words, *more)
    assert not Mailbox.objects.exists()
    assert not User.objects.exists()


@pytest.mark.parametrize(("password", "sentence"), [("wrong", "does not accept"), ("", "no password")])
def test_connect_with_a_wrong_password(db: None, run: Run, servers: list[str], password: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("connect", "bob@hamburger.edu", "bob@hamburger.edu", *servers, password=password)
    assert not Mailbox.objects.exists()


def test_mirror_brings_everything(guest: Mailbox, phone: Phone, run: Run) -> None:
    phone.add("INBOX", raw("a"))
    assert "up to date, 1 letters" in run("mirror", guest.address, "--wait")
    assert here(guest, "INBOX") == ["Ketchup"]


def test_mirror_of_one_folder(guest: Mailbox, phone: Phone, run: Run) -> None:
    bring_up(guest)
    phone.add("INBOX", raw("a"))
    phone.add("Archive", raw("b"))
    run("mirror", guest.address, "--folder", "INBOX")
    assert (here(guest, "INBOX"), here(guest, "Archive")) == (["Ketchup"], [])


def test_mirror_fails_in_plain_words(guest: Mailbox, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    guest.set_password("wrong")
    guest.save()
    with pytest.raises(SystemExit, match="1"):
        run("mirror", guest.address)
    assert "does not accept this name and password" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nobody@crepes.fr"], ["guest", "--folder", "No such"]])
def test_mirror_of_what_is_not_here(guest: Mailbox, run: Run, words: list[str]) -> None:
    with pytest.raises(CommandError, match="There is no"):
        run("mirror", *(guest.address if word == "guest" else word for word in words))


@pytest.fixture
def mirrored(guest: Mailbox, phone: Phone) -> Mailbox:
    for number in range(3):
        phone.add("INBOX", raw(f"m{number}", subject=f"S{number}"))
    return bring_up(guest)


def test_verify_finds_nothing_where_nothing_differs(mirrored: Mailbox, run: Run) -> None:
    assert "the same" in run("mirror", "--verify", mirrored.address, "--bytes")


PLANTED: dict[str, Callable[[Mailbox], object]] = {
    "a letter that is missing": lambda mailbox: Placement.objects.filter(uid=2).delete(),
    "a letter too many": lambda mailbox: Placement.objects.filter(uid=2).update(uid=77),
    "another flag": lambda mailbox: Placement.objects.filter(uid=2).update(flags=Flag.SEEN),
    "a flag remembered wrongly": lambda mailbox: Placement.objects.filter(uid=2).update(server_flags=Flag.SEEN),
    "a keyword": lambda mailbox: Placement.objects.filter(uid=2).update(keywords=["$Junk"]),
    "a hidden letter": lambda mailbox: Placement.objects.filter(uid=2).update(gone_at=NOON),
    "another size": lambda mailbox: Message.objects.filter(subject="S1").update(size=1),
    "another date": lambda mailbox: Message.objects.filter(subject="S1").update(internal_date="2020-01-01T00:00Z"),
    "other bytes": lambda mailbox: Raw.objects.filter(message__subject="S1").update(
        data=bytes(Raw.objects.get(message__subject="S2").data)
    ),
    "another UIDVALIDITY": lambda mailbox: Folder.objects.filter(mailbox=mailbox, name="INBOX").update(uidvalidity=1),
    "a folder that is missing": lambda mailbox: Folder.objects.filter(mailbox=mailbox, name="Archive").delete(),
    "a folder too many": lambda mailbox: Folder.objects.create(mailbox=mailbox, name="Work", wire_name="Work"),
    "a count": lambda mailbox: Folder.objects.filter(mailbox=mailbox, name="INBOX").update(unread=9),
    "a list row": lambda mailbox: ThreadFolder.objects.filter(subject="S1").delete(),
}


@pytest.mark.parametrize("what", PLANTED)
def test_verify_finds(mirrored: Mailbox, run: Run, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    PLANTED[what](mirrored)
    before = list(Placement.objects.order_by("pk").values())
    with pytest.raises(SystemExit, match="1"):
        run("mirror", "--verify", mirrored.address, "--bytes")
    assert list(Placement.objects.order_by("pk").values()) == before


def test_export_as_lines(mirrored: Mailbox, phone: Phone, run: Run) -> None:
    phone.flag("INBOX", 2, "\\Seen")
    phone.flag("INBOX", 2, "$Forwarded")
    bring_up(mirrored)
    lines = [json.loads(line) for line in run("export", mirrored.address, "--format", "jsonl").splitlines()]
    letter = raw("m1", subject="S1")
    assert [line["uid"] for line in lines] == [1, 2, 3]
    assert lines[1] == {
        "folder": "INBOX", "uidvalidity": folder(mirrored, "INBOX").uidvalidity, "uid": 2, "flags": ["\\Seen", "$Forwarded"],
        "message_id": "m1@hamburger.edu", "sha256": sha256(letter).hexdigest(), "size": len(letter),
        "internaldate": "2024-05-01T12:00:00+00:00", "subject": "S1",
    }  # fmt: skip


def test_export_as_mbox(guest: Mailbox, phone: Phone, run: Run, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    phone.add("INBOX", raw("a", text="From here on\r\n>From there\r\nbye"))
    bring_up(guest)
    run("export", guest.address)
    written = capfdbinary.readouterr().out
    assert written.startswith(b"From bob@hamburger.edu Wed May  1 12:00:00 2024\nFrom: Bob <bob@hamburger.edu>\n")
    assert written.endswith(b"\n\n>From here on\n>>From there\nbye\n\n")


@pytest.fixture
def maildrop(guest: Mailbox, owner: User, dovecot: Dovecot, run: Run) -> list[str]:
    """The words that connect a maildrop with one letter."""
    dovecot.save(guest.address, "INBOX", raw("a"))
    pop3 = str(dovecot.endpoint("pop3+plain", guest.address))
    address = guest.address
    guest.delete()
    return ["connect", owner.email, address, "--incoming", pop3, "--outgoing", "direct:"]


def test_a_maildrop_is_connected_mirrored_verified_and_exported(maildrop: list[str], run: Run, dovecot: Dovecot) -> None:
    run(*maildrop, "--delete-after", "30")
    assert Mailbox.objects.get().keep_days == 30
    assert "up to date, 1 letter" in run("mirror", maildrop[2], "--wait")
    assert "the same" in run("mirror", maildrop[2], "--verify", "--bytes")
    facts = json.loads(run("export", maildrop[2], "--format", "jsonl"))
    assert (facts["folder"], facts["uid"], facts["sha256"]) == ("INBOX", None, sha256(raw("a")).hexdigest())


def test_verify_prints_what_was_not_collected(maildrop: list[str], run: Run, dovecot: Dovecot) -> None:
    run(*maildrop)
    run("mirror", maildrop[2], "--wait")
    dovecot.save(maildrop[2], "INBOX", raw("b"))
    with pytest.raises(SystemExit):
        run("mirror", maildrop[2], "--verify")


@pytest.mark.parametrize("days", ["-1", "9999999"])
def test_days_that_are_none(maildrop: list[str], run: Run, days: str) -> None:
    with pytest.raises(CommandError, match="from 0 to 3650"):
        run(*maildrop, f"--delete-after={days}")


def test_a_mailbox_stays_with_its_protocol(maildrop: list[str], run: Run, dovecot: Dovecot) -> None:
    run(*maildrop)
    maildrop[4] = str(dovecot.endpoint("imap+plain", maildrop[2]))
    with pytest.raises(CommandError, match="stays with IMAP or with POP3"):
        run(*maildrop)
