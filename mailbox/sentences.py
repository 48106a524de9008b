"""What a wire said on a letter's way, in the reader's language, and what a person can do about it.

The wires know no languages: what went wrong lies in the rows as the English sentence that they made. A page reads it with
`told`, which finds the pattern that the sentence was made from; what no pattern knows is shown as it stands.
"""

import re
from dataclasses import dataclass
from functools import cache

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as _noop

from mailbox.smtp.dialogue import SAID

Words = str | Promise

BY_ITSELF = _("There is nothing to do: it is tried again by itself, and nothing is lost.")
PASSWORD = _("Write the password again. Many providers want an app password, which their security settings make.")
SERVER = _("Look whether the server, its port and its protection are written as your provider names them.")
CERTIFICATE = _("Nothing was said to this server. Ask whoever runs it; until its certificate is in order, nothing is sent to it.")
PATIENCE = _("The provider wants fewer questions. It is asked again after a while; nothing is lost.")
ROOM = _("Look at the folder with another program, or ask your provider.")
FULL = _("Delete letters that you no longer need, or ask the operators of this house for more room.")
OPERATOR = _("Ask the operators of this house.")


@dataclass(frozen=True, slots=True)
class Pattern:
    """`text` has a hole %(so)s for each thing that differs; `advice`: what the person can do."""

    text: str
    advice: Words = BY_ITSELF

    def match(self, sentence: str) -> dict[str, str] | None:
        found = _regex(self.text).fullmatch(sentence)
        return found.groupdict() if found else None


PATTERNS = (
    Pattern(_noop("%(sentence)s The server said: %(text)s")),
    # The way to a server
    Pattern(_noop("There is no host called %(host)s."), SERVER),
    Pattern(_noop("The address of %(host)s could not be looked up.")),
    Pattern(_noop("%(host)s is not a host name."), SERVER),
    Pattern(_noop("%(host)s takes no connections on port %(port)s."), SERVER),
    Pattern(_noop("%(host)s does not answer on port %(port)s."), SERVER),
    Pattern(_noop("%(host)s cannot be reached on port %(port)s (%(why)s).")),
    Pattern(_noop("%(host)s did not answer in time.")),
    Pattern(_noop("%(host)s closed the connection.")),
    Pattern(_noop("%(host)s hung up.")),
    Pattern(_noop("The connection to %(host)s broke.")),
    Pattern(_noop("The mail server breaks the line again and again.")),
    Pattern(_noop("%(host)s has more news than it can tell.")),
    Pattern(
        _noop("The mail server gives these letters new numbers again and again, so it is asked for them once an hour only."), ROOM
    ),
    Pattern(_noop("%(host)s ends IDLE as soon as it has begun.")),
    Pattern(_noop("This house speaks to %(host)s only under TLS: it is not among the private hosts that are allowed."), OPERATOR),
    Pattern(_noop("This house does not connect to %(host)s on port %(port)s: it is private, or no port of mail."), OPERATOR),
    # TLS
    Pattern(_noop("The certificate of %(host)s %(fault)s."), CERTIFICATE),
    Pattern(_noop("%(host)s did not finish the TLS handshake in time.")),
    Pattern(_noop("%(host)s broke off the TLS handshake.")),
    Pattern(_noop("%(host)s does not speak TLS on that port."), SERVER),
    Pattern(_noop("%(host)s offers no TLS version that is safe to use."), CERTIFICATE),
    Pattern(_noop("%(host)s does not offer STARTTLS on this port, so nothing secret is said to it."), SERVER),
    Pattern(_noop("%(host)s signs everybody in before the line is secure, so nothing is said to it."), SERVER),
    Pattern(_noop("The server does not offer STARTTLS, and nothing is sent without it."), SERVER),
    # Who we are
    Pattern(_noop("The mail server does not accept this name and password. It said: %(text)s"), PASSWORD),
    Pattern(_noop("The mail server does not accept this name and password."), PASSWORD),
    Pattern(_noop("A name or password with a NUL in it cannot be used."), PASSWORD),
    Pattern(_noop("The server could not prove that it knows the password."), SERVER),
    Pattern(_noop("The server let us in without proof that it knows the password."), SERVER),
    Pattern(_noop("The server wants the password to be hashed in a way that is not safe."), SERVER),
    Pattern(_noop("The server's answer does not belong to our question."), SERVER),
    Pattern(_noop("%(host)s does not accept the password of %(address)s. Sign in again."), PASSWORD),
    Pattern(_noop("The name or the password is not accepted."), PASSWORD),
    Pattern(_noop("The stored password cannot be read; enter it again."), PASSWORD),
    Pattern(_noop("The password is not known here yet. Enter it, and the mailbox is connected."), PASSWORD),
    Pattern(_noop("The stored password cannot be read with today's keys; enter it again."), PASSWORD),
    Pattern(_noop("The server offers no way to sign in that we know."), SERVER),
    Pattern(_noop("The mail server accepts no password on this line; it may want TLS, or another way to sign in."), SERVER),
    # What a server says
    Pattern(_noop("%(host)s does not speak IMAP on this port."), SERVER),
    Pattern(_noop("%(host)s does not speak POP3 on this port."), SERVER),
    Pattern(_noop("Another program is fetching letters from this mailbox just now. It said: %(text)s")),
    Pattern(_noop("The mail server is busy. It said: %(text)s"), PATIENCE),
    Pattern(_noop("The mail server hung up. It said: %(text)s")),
    Pattern(_noop("The mail server refused %(command)s. It said: %(text)s"), ROOM),
    Pattern(_noop("The mail server's answer could not be understood: %(what)s.")),
    Pattern(_noop("The mail server does not offer %(what)s."), ROOM),
    Pattern(_noop("The mail server gives the letters of this folder no lasting numbers (UIDVALIDITY)."), ROOM),
    Pattern(_noop("The letter is no longer in this folder on the mail server.")),
    Pattern(_noop("There are letters in this folder on the mail server that are not here yet.")),
    Pattern(_noop("The mail server has another letter in that place; nothing was deleted.")),
    Pattern(_noop("The folder is not there any more.")),
    Pattern(_noop("The server answered with something that is not SMTP."), SERVER),
    Pattern(_noop("The server sent a line without end."), SERVER),
    Pattern(_noop("The server sent a reply without end."), SERVER),
    Pattern(
        _noop("The provider gives no more letters today than have come. Older ones follow tomorrow; new ones come as always.")
    ),
    # The way of a sent letter
    Pattern(_noop("The letter was not asked for.")),
    Pattern(_noop("%(domain)s does not take mail.")),
    Pattern(_noop("There is no domain called %(domain)s.")),
    Pattern(_noop("The mail servers of %(domain)s could not be looked up.")),
    Pattern(_noop("The mail of %(domain)s comes to this house, and nobody here takes it."), OPERATOR),
    Pattern(_noop("The route that RELAY_ROUTES has for %(domain)s cannot be used: %(why)s."), OPERATOR),
    Pattern(_noop("DNS does not answer what %(name)s is.")),
    Pattern(_noop("A protected connection is demanded (%(why)s). %(sentence)s")),
    # This house
    Pattern(
        _noop(
            "%(who)s has reached the storage limit of this house. Older letters wait on the server, and come when there is room."
        ),
        FULL,
    ),
    Pattern(
        _noop("%(who)s has reached the storage limit of this house. Nothing is collected until there is room; all waits there."),
        FULL,
    ),
    Pattern(_noop("Only IMAP servers can be mirrored."), SERVER),
    Pattern(_noop("Something went wrong in this house; the operators can see what."), OPERATOR),
)

# What stands in the holes and is a word of ours.
PARTS = {
    _noop("is not valid yet"), _noop("has expired"), _noop("is signed by nobody but itself"),
    _noop("comes from an issuer that is not known here"), _noop("has been revoked"), _noop("is for another name"),
    _noop("is for another address"), _noop("the sign-in"), _noop("the list of folders"), _noop("the state of the folders"),
    _noop("the state of a folder"), _noop("the opening of the folder"), _noop("the new folder"),
    _noop("the new name of the folder"), _noop("the removal of the folder"), _noop("the filing of the letter"),
    _noop("the search"), _noop("the fetching of letters"), _noop("the fetching of changes"),
    _noop("the fetching of a letter"), _noop("the change of flags"), _noop("the change of labels"),
    _noop("the copying of letters"), _noop("the moving of letters"), _noop("the removal of letters"), _noop("the connection"),
    _noop("the sign-in with a token"),
}  # fmt: skip


def told(sentence: str) -> str:
    """The same in the language of whoever reads now."""
    for pattern in PATTERNS:
        if (holes := pattern.match(sentence)) is not None:
            return gettext(pattern.text) % {name: _filled(name, word) for name, word in holes.items()}
    return sentence


def _filled(name: str, word: str) -> str:
    """A hole may hold a whole sentence of ours, a word of ours, or what a server said."""
    if name == "sentence":
        return told(word)
    return gettext(word) if word in PARTS else word


def advice(sentence: str) -> str:
    """What the person can do about it, in their language."""
    ours = sentence.partition(SAID)[0]
    known = (pattern.advice for pattern in PATTERNS if pattern.match(ours) is not None)
    return str(next(known, BY_ITSELF))


@cache
def _regex(text: str) -> "re.Pattern[str]":
    pieces = re.split(r"%\((\w+)\)s", text)
    return re.compile(
        "".join(f"(?P<{piece}>.+?)" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)), re.DOTALL
    )
