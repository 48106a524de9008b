"""The desk: a letter while it is being written, before anything is handed to the queue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import chain
from uuid import UUID, uuid4

import zstandard
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from mailbox import ingest
from mailbox.mime import authored
from mailbox.mime.letter import Address
from mailbox.mime.read import read_letter
from mailbox.models import Draft, Identity, Message, Outgoing, Recipient, many
from mailbox.outbox import uploads
from mailbox.outbox.replies import as_typed

KEPT_FOR = timedelta(days=1)  # a discarded draft can be brought back so long


Asked = Callable[[], Draft | None]
Way = Callable[[User, UUID, "Written"], Asked]


class Stale(Exception):
    """Another page has written a newer revision; nothing was changed."""

    def __init__(self, draft: Draft) -> None:
        super().__init__("This draft was changed in another window.")
        self.draft = draft


class Gone(Exception):
    """The letter has already been handed to the queue; nothing was changed. `same`: it says what this page says."""

    def __init__(self, draft: Draft, same: bool) -> None:
        super().__init__("This letter has already been sent.")
        self.draft, self.same = draft, same


@dataclass(frozen=True, slots=True)
class Written:
    """What the page holds. `tab` names that page and `revision` the one it builds on; a page may always follow itself,
    because an answer of ours can have been lost on the way to it."""

    identity: Identity | None
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    text: str = ""
    html: str = ""  # cleaned, and only if it says more than the text
    notify: bool = False
    revision: int = 0
    tab: UUID | None = None
    kind: str = Draft.Kind.NEW
    about: Message | None = None
    carry: tuple[str, ...] = ()  # parts of `about` to take along as files, when the draft is made

    FIELDS = ("to", "cc", "bcc", "subject", "text", "html")
    KEPT = (*FIELDS, "notify")


def save(user: User, key: UUID, written: Written) -> Draft:
    """Make the draft of that key, or write its next revision. Raises Stale, Gone, and Draft.DoesNotExist if the key is
    somebody else's or there is no address to write from."""
    with transaction.atomic():
        return keep(take(user, key, written)(), written)


def take(user: User, key: UUID, written: Written) -> Callable[[], Draft]:
    """Its row, made or locked in the caller's transaction, which what is raised must undo; got by a call, so that more can be
    asked for in one go."""
    is_new = written.revision == 0 and written.identity is not None  # as far as the page knows; another one may have made it
    ways: Sequence[Way] = (_begin, _lock) if is_new else (_lock,)
    others: Sequence[Way] = () if is_new else (_begin, _lock)
    return partial(_taken, [way(user, key, written) for way in ways], others, user, key, written)


def _taken(asked: Sequence[Asked], others: Sequence[Way], user: User, key: UUID, written: Written) -> Draft:
    found = chain((one() for one in asked), (way(user, key, written)() for way in others))
    draft = next(filter(None, found), None)
    if draft is None:
        raise Draft.DoesNotExist
    return draft


def _lock(user: User, key: UUID, _: Written) -> Asked:
    locked = many.asking(Draft.objects.of(user).select_for_update().filter(key=key))
    return lambda: next(iter(locked()), None)


def keep(draft: Draft, written: Written) -> Draft:
    """Write its next revision. Raises Stale and Gone."""
    if draft.sent_at:
        raise Gone(draft, _is_same(draft, written))
    if written.revision < draft.revision and written.tab != draft.tab:
        raise Stale(draft)
    _put(draft, written)
    return draft


def _begin(user: User, key: UUID, written: Written) -> Asked:
    """None: there is one of that key, made by another request of this page, or the key is not ours."""
    if written.identity is None:
        raise Draft.DoesNotExist
    draft = Draft(
        user=user,
        key=key,
        mailbox=written.identity.mailbox,
        identity=written.identity,
        kind=written.kind,
        about=written.about,
        tab=written.tab,
        revision=1,
        **{name: getattr(written, name) for name in Written.KEPT},
    )
    return partial(_begun, draft, many.adding(draft, unless="key"), written)


def _begun(draft: Draft, is_added: Callable[[], bool], written: Written) -> Draft | None:
    if not is_added():
        return None
    draft.is_bare = not (written.about and written.carry)
    if written.about and written.carry:
        letter = ingest.letter_of(written.about)
        uploads.carry(draft, [part for part in letter.attachments if part.path in written.carry])
    return draft


def _put(draft: Draft, written: Written) -> None:
    """Write the next revision; a repeated request makes none."""
    if written.identity and written.identity.pk == draft.identity_id:
        draft.identity, draft.mailbox = written.identity, written.identity.mailbox  # as they are, and need not be read again
    if draft.revision and not draft.discarded_at and _is_same(draft, written):
        return
    new = {name: getattr(written, name) for name in Written.KEPT}
    if written.identity:
        new |= {"identity": written.identity, "mailbox": written.identity.mailbox}
    for name, value in {**new, "tab": written.tab, "revision": draft.revision + 1, "discarded_at": None}.items():
        setattr(draft, name, value)
    draft.save(update_fields=[*new, "tab", "revision", "discarded_at", "updated_at"])


def again(outgoing: Outgoing, user: User) -> Draft:
    """A new draft with the words and files of a letter that was sent, to the addressees who have not got it."""
    letter = read_letter(zstandard.decompress(outgoing.data))
    sender = letter.senders[0].address if letter.senders else ""
    first = outgoing.draft
    with transaction.atomic():
        draft = Draft.objects.create(
            user=user,
            key=uuid4(),
            mailbox=outgoing.mailbox,
            identity=outgoing.mailbox.identities.order_by("-pk").filter(address__iexact=sender).first(),
            kind=first.kind if first else Draft.Kind.NEW,
            about=first.about if first else None,
            revision=1,
            notify=outgoing.notify,
            subject=letter.subject,
            text=letter.text.rstrip("\n"),
            **_missed(outgoing),
        )
        pictures = [part for part in letter.parts if part.role == "picture"]
        draft.html = authored.undressed(letter.html, uploads.carry_pictures(draft, pictures))
        draft.save(update_fields=["html"])
        uploads.carry(draft, letter.attachments)
    return draft


def _missed(outgoing: Outgoing) -> dict[str, str]:
    missed = outgoing.recipients.exclude(state__in=[Recipient.State.SENT, Recipient.State.LEASED]).order_by("pk")
    lines = {kind: [Address(one.name, one.address) for one in missed if one.kind == kind] for kind in Recipient.Kind}
    return {str(kind): as_typed(people) for kind, people in lines.items()}


def _is_same(draft: Draft, written: Written) -> bool:
    same = all(getattr(draft, name) == getattr(written, name) for name in Written.KEPT)
    return same and (written.identity is None or written.identity.pk == draft.identity_id)


def copy(draft: Draft, written: Written) -> Draft:
    """A second draft with what that page holds and the files of the first: nobody's words are overwritten. Raises
    Draft.DoesNotExist if there is no address to write from."""
    written = written if written.identity else replace(written, identity=draft.identity)
    with transaction.atomic():
        twin = save(draft.user, uuid4(), written)
        twin.html = authored.relinked(twin.html, uploads.copy(draft, twin))
        twin.save(update_fields=["html"])
    return twin


def discard(draft: Draft) -> None:
    """Throw it away; `restore` brings it back for a day. The next discard clears away what is older and has no copy on the
    server any more."""
    Draft.objects.filter(pk=draft.pk, sent_at=None).update(discarded_at=timezone.now())
    Draft.objects.filter(user=draft.user_id, discarded_at__lt=timezone.now() - KEPT_FOR, placement=None).delete()


def restore(draft: Draft) -> None:
    Draft.objects.filter(pk=draft.pk).update(discarded_at=None)
