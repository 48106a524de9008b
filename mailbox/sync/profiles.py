"""What providers do differently, as data: the mirror and the watcher look here before they look at a server."""

from dataclasses import dataclass

from mailbox.models import Mailbox


@dataclass(frozen=True, slots=True)
class Profile:
    """`hosts`: its servers are these, or lie below them; `without`: capabilities that it offers but gets wrong."""

    name: str = ""
    hosts: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()
    uid_set: int = 8_000  # octets of one set of UIDs in a command (RFC 7162 section 4)
    logins: float = 5.0  # sign-ins a second, over all Mailboxes there
    passes: int = 20  # passes at a time, over all Mailboxes there
    octets: int = 0  # that a Mailbox may be asked for in a day, before its provider locks the person out; 0: no limit is known
    files_sent: bool = False  # what goes out through its own submission server lies in Sent by itself, after a moment
    keeps: bool = True  # a line may lie unused between two passes; not where few are granted to a person or to an address
    skip_all: bool = False  # All Mail holds nothing that another folder does not hold


PROFILES = (
    Profile("gmail", ("imap.gmail.com", "imap.googlemail.com"), files_sent=True, octets=2_000_000_000),  # of 2,500 MB
    # Exchange Online: no CONDSTORE; it says `Suggested Backoff Time`, and files its own copy under another Message-ID.
    Profile("exchange", ("outlook.office365.com", "outlook.com", "outlook.office.com"), files_sent=True, logins=2, passes=10),
    # VANISHED that cannot be read, and no answer to ENABLE: letters would disappear here.
    Profile("icloud", ("mail.me.com", "imap.mail.icloud.com"), without=frozenset({"QRESYNC"})),
    Profile("yahoo", ("mail.yahoo.com", "imap.aol.com", "mail.yahoo.co.jp"), uid_set=900, logins=2, passes=10, keeps=False),
    Profile("yandex", ("imap.yandex.com", "imap.yandex.ru"), logins=2),
    Profile("netease", ("imap.163.com", "imap.126.com", "imap.yeah.net"), logins=2, passes=10, keeps=False),
    Profile("qq", ("imap.qq.com", "imap.exmail.qq.com"), logins=2, passes=10, keeps=False),
    # MODSEQ -1: its mod-sequences tell nothing.
    Profile("zoho", ("imap.zoho.com", "imap.zoho.eu", "imappro.zoho.com"), without=frozenset({"CONDSTORE", "QRESYNC"})),
    Profile("naver", ("imap.naver.com",), logins=2, passes=10),
    Profile("daum", ("imap.daum.net", "imap.kakao.com"), logins=2, passes=10),
    # The rest has no hosts of its own: a person or an operator names it.
    Profile("courier", uid_set=8_000, keeps=False),  # MAXPERIP: four lines for whoever comes from one address
    Profile("proton", without=frozenset({"SPECIAL-USE", "LIST-EXTENDED"}), skip_all=True),
)
PLAIN = Profile()
_BY_NAME = {profile.name: profile for profile in PROFILES}


def profile_of(mailbox: Mailbox) -> Profile:
    """The one that its row names, else that of its host."""
    return _BY_NAME.get(mailbox.profile) or of_host(mailbox.host or "")


def of_host(host: str) -> Profile:
    fits = (one for one in PROFILES if any(host == known or host.endswith(f".{known}") for known in one.hosts))
    return next(fits, PLAIN)
