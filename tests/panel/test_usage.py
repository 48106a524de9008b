"""How much lies here is counted by the clock."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from mailbox.housekeeping import usage
from mailbox.models import Folder, Limit, Mailbox
from mailbox.models.limits import of_domain, of_person
from tests.views.conftest import lay

pytestmark = pytest.mark.django_db


def test_letters_and_bytes(alices: Mailbox, inbox: Folder) -> None:
    sizes = [lay(inbox, subject).message.size for subject in ("One", "Two")]
    usage.count()
    alices.refresh_from_db()
    assert (alices.letters, alices.stored) == (2, sum(sizes))


def test_a_mailbox_that_was_not_looked_at_since_is_left_alone(alices: Mailbox) -> None:
    Mailbox.objects.update(counted_at=timezone.now() - timedelta(days=1), stored=7)
    usage.count()
    alices.refresh_from_db()
    assert alices.stored == 7


def test_a_person_is_full(alice: User, alices: Mailbox) -> None:
    Mailbox.objects.update(stored=100)
    limit = Limit.objects.create(user=alice, stored=101, mailboxes=1)
    assert (of_person(alice).is_full, of_person(alice).has_all) == (False, True)
    Limit.objects.filter(pk=limit.pk).update(stored=100)
    assert of_person(alice).is_full


def test_a_domain_counts_everybody_in_it(alices: Mailbox) -> None:
    Mailbox.objects.update(stored=100)
    Limit.objects.create(domain="crepes.fr", stored=100)
    assert of_domain("crepes.fr").is_full
    assert not of_domain("hamburger.edu").is_full
