"""What was done stays written down, and is told to those whom it concerns."""

import csv
from io import StringIO

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts import audit
from accounts.models import AuditEvent, User
from mailbox.views.panel.log import harmless
from mailbox.views.panel.told import WORDS, sentence
from tests.accounts.acts import sign_in
from tests.views.conftest import flat, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/panel/audit/"


def kinds() -> list[tuple[str, bool]]:
    return list(AuditEvent.objects.order_by("id").values_list("kind", "good"))


@pytest.mark.parametrize("deed", [lambda: AuditEvent.objects.update(actor="bob"), lambda: AuditEvent.objects.all().delete()])
def test_the_database_refuses_to_change_it(alice: User, deed: object) -> None:
    audit.note("sign_in", actor=alice, about=alice.email)
    with pytest.raises(DatabaseError, match="neither changed nor forgotten"), transaction.atomic():
        deed()  # type: ignore[operator]
    assert AuditEvent.objects.get().actor == "alice@crepes.fr"


def test_the_model_refuses_too(alice: User) -> None:
    event = audit.note("sign_in", actor=alice)
    for deed in (event.save, event.delete):
        with pytest.raises(TypeError):
            deed()


def test_it_outlives_whom_it_names(alice: User) -> None:
    audit.note("sign_in", actor=alice, about=alice.email)
    alice.delete()
    assert AuditEvent.objects.get().actor == "alice@crepes.fr"


def test_signing_in_and_failing_to(client: Client, alice: User) -> None:
    sign_in(client, alice, "wrong")
    sign_in(client, alice)
    assert kinds() == [("sign_in", False), ("sign_in", True)]
    assert set(AuditEvent.objects.values_list("about", "address")) == {("alice@crepes.fr", "127.0.0.1")}


def test_no_password_stands_in_it(client: Client, alice: User) -> None:
    sign_in(client, alice, "wrong-but-secret")
    assert "wrong-but-secret" not in str(list(AuditEvent.objects.values()))


def test_what_was_refused_in_the_panel(helper: User, charlie: User) -> None:
    signed_in(helper).get(PAGE)
    signed_in(charlie).get(PAGE)
    refused = AuditEvent.objects.filter(kind="refused", good=False).values_list("actor", "about")
    assert set(refused) == {("helper@crepes.fr", PAGE), ("charlie@stranger.example", PAGE)}


def test_the_page_tells_and_finds(panel: Client, alice: User) -> None:
    audit.note("sign_in", actor=alice, about=alice.email)
    audit.note("sign_in", about="theo@crepes.fr", good=False)
    assert "alice@crepes.fr signed in" in flat(panel.get(PAGE))
    found = flat(panel.get(PAGE, {"q": "theo", "kind": "failed", "period": ""}))
    assert "Sign-in as theo@crepes.fr refused" in found
    assert "alice@crepes.fr signed in" not in found


def test_a_keeper_reads_of_their_domain_alone(keeper: User) -> None:
    audit.note("sign_in", about="alice@crepes.fr")
    audit.note("sign_in", about="bob@hamburger.edu")
    page = flat(signed_in(keeper).get(PAGE))
    assert ("alice@crepes.fr" in page, "bob@hamburger.edu" in page) == (True, False)


def test_the_table_to_take_away(panel: Client) -> None:
    audit.note("sign_in", about="=cmd|' /C calc'!A1@crepes.fr", good=False)
    answer = panel.post(PAGE + "export/", {"period": ""})
    rows = list(csv.DictReader(StringIO(answer.getvalue().decode())))  # type: ignore[attr-defined]
    assert {row["kind"] for row in rows} == {"sign_in", "exported"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_a_formula_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("kind", [*WORDS, "of-an-older-release"])
def test_every_kind_has_a_sentence_whatever_its_facts(kind: str) -> None:
    for good in (True, False):
        assert sentence(AuditEvent(kind=kind, about="alice@crepes.fr", good=good)).strip()
