"""The domains of the house: what DNS says, what it should say, and how much each may hold."""

from dataclasses import asdict

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from mailbox.models import Domain, DomainKey, Limit
from mailbox.smtp.facts import Fact, Kind, Record, State
from tests.views.conftest import flat, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/panel/domains/"
MISSING = Fact(Kind.DMARC, State.MISSING, record=Record("_dmarc.crepes.fr", "TXT", "v=DMARC1; p=none"))


@pytest.fixture
def crepes(db: None) -> Domain:
    facts = [asdict(Fact(Kind.SPF, State.GOOD)), asdict(MISSING)]
    return Domain.objects.create(name="crepes.fr", facts=facts, checked_at=timezone.now(), check_wanted=False)


def test_a_record_that_is_missing_is_shown_ready_to_copy(panel: Client, crepes: Domain) -> None:
    page = flat(panel.get(PAGE))
    assert "1 thing to look at" in page
    assert "_dmarc.crepes.fr. TXT &quot;v=DMARC1; p=none&quot;" in page
    assert "SPF allows this house to send." in page


def test_a_new_domain_has_its_keys(panel: Client) -> None:
    panel.post(PAGE + "add/", {"name": "Galette.Example"})
    assert Domain.objects.get().name == "galette.example"
    assert DomainKey.objects.count() == 2
    assert AuditEvent.objects.filter(kind="domain_added", domain="galette.example").exists()


@pytest.mark.parametrize("name", ["", "localhost", "a b.example", "x" * 300, "\0.example", "[127.0.0.1]", "<b>.example"])
def test_what_is_no_domain_is_said(panel: Client, name: str) -> None:
    answer = panel.post(PAGE + "add/", {"name": name}, follow=True)
    assert answer.status_code == 200
    assert not Domain.objects.exists()


def test_looking_again_is_asked_of_a_worker(panel: Client, crepes: Domain) -> None:
    panel.post(f"{PAGE}{crepes.pk}/check/")
    crepes.refresh_from_db()
    assert crepes.check_wanted


def test_a_keeper_sees_their_own_alone(keeper: User, crepes: Domain) -> None:
    Domain.objects.create(name="hamburger.edu")
    page = flat(signed_in(keeper).get(PAGE))
    assert ("crepes.fr" in page, "hamburger.edu" in page) == (True, False)


def test_a_limit_that_somebody_changed_meanwhile(panel: Client, crepes: Domain) -> None:
    for number in ("5", "6"):
        answer = panel.post(f"{PAGE}{crepes.pk}/limit/", {"mailboxes": number, "seen": "None None"}, follow=True)
    assert Limit.objects.get(domain="crepes.fr").mailboxes == 5
    assert "Somebody else has changed this meanwhile." in flat(answer)


def test_a_domain_that_may_not_send_needs_a_hand(panel: Client, crepes: Domain) -> None:
    assert "crepes.fr may not send yet." in flat(panel.get("/panel/"))


def test_no_private_key_is_shown(panel: Client) -> None:
    panel.post(PAGE + "add/", {"name": "galette.example"})
    assert "PRIVATE" not in flat(panel.get(PAGE))
