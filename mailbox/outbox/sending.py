"""The press of the Send button: keep what the page holds, hand it to the queue, remember whom it is for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from mailbox.mime.headers import read_addresses
from mailbox.models import Draft, Outgoing, many
from mailbox.outbox import clearance, drafts, limits, people, posting, suppressing


def send(
    user: User,
    key: UUID,
    written: drafts.Written,
    *,
    not_before: datetime | None = None,
    anyway: bool = False,
) -> Outgoing:
    """In one transaction, so that an autosave which comes late cannot change what leaves; at `not_before`, or when the undo
    time is over; `anyway`: to addresses too that have refused letters before. Raises what drafts.take, drafts.keep,
    suppressing.heed and posting.post_locked raise; then nothing has changed.

    PostgreSQL is waited for twice: for what there is, and for what is written, commit and all."""
    if written.identity is None:
        raise Draft.DoesNotExist
    addressees = read_addresses(written.to, written.cc, written.bcc)
    try:
        with transaction.atomic():
            with many.together():
                taken = drafts.take(user, key, written)
                asked = clearance.ask(written.identity.mailbox, user, written.identity.address, addressees)
                people.remember(user, addressees)
            draft, cleared = drafts.keep(taken(), written), asked()
            suppressing.heed(draft, cleared.refusing, anyway=anyway)
            return posting.post_locked(draft, user, cleared, not_before=not_before)
    except limits.OverLimit as over:
        limits.alert(over)
        raise
