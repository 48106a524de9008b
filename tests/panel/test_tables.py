"""Django's stock admin: whole tables for operators, none of them with a letter or a secret in it."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from accounts.models import AuditEvent, User
from mailbox.admin import ReadOnly, tables, urlpatterns
from mailbox.models import Access, Mailbox, Ward
from tests.panel.conftest import with_duty
from tests.views.conftest import flat, signed_in

pytestmark = pytest.mark.django_db
HIDDEN = {"secret", "password", "data", "text", "subject", "snippet", "html", "digest", "letter", "query", "dialogue"}


def addresses() -> Iterator[str]:
    """Every one of them."""

    def walk(patterns: list[object], before: str) -> Iterator[str]:
        for one in patterns:
            path = f"{before}{one.pattern}"  # type: ignore[attr-defined]
            yield from [path] if isinstance(one, URLPattern) else walk(one.url_patterns, path)  # type: ignore[attr-defined]

    for path in walk(urlpatterns, "/panel/tables/"):
        if "(?P" not in path:
            yield path.replace("<path:object_id>", "1").replace("<path:content_type_id>/<path:object_id>", "1/1")


def heard(client: Client) -> set[int]:
    return {client.get(path).status_code for path in addresses()} | {client.post(path).status_code for path in addresses()}


def test_nobody_without_the_duty_gets_in(alice: User) -> None:
    assert len(list(addresses())) > 50
    assert heard(Client()) == {302}
    assert Client().get("/panel/tables/").url.startswith("/accounts/login/")
    assert heard(signed_in(alice)) == {404}


@pytest.mark.parametrize("duty", ["helper", "keeper"])
def test_other_duties_hear_that_theirs_does_not_reach_so_far(duty: str) -> None:
    assert heard(signed_in(with_duty(duty))) == {403}


def test_an_operator_without_a_second_factor_is_led_to_one(bob: User) -> None:
    bob.take_duty("operator")
    assert signed_in(bob).get("/panel/tables/").url == reverse("settings_security")


def test_no_table_has_a_letter_or_a_secret() -> None:
    columns = {(model.__name__, field.name) for model in tables._registry for field in model._meta.get_fields()}
    assert not [column for column in columns if column[1] in HIDDEN]


def test_every_page_of_every_table_opens(panel: Client, alices: Mailbox, operator: User) -> None:
    Ward.objects.create(user=operator, domain="crepes.fr")
    assert Access.objects.exists()
    for model in tables._registry:
        page = panel.get(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist"))
        assert page.status_code == 200, model


def test_nobody_makes_themselves_a_reader(panel: Client, alices: Mailbox, operator: User) -> None:
    """Roles are for the owner to give; rows that the house writes are for nobody to change."""
    row = Access.objects.get()
    typed = {"mailbox": alices.pk, "user": operator.pk, "role": "owner"}
    for page in ("add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
        assert panel.post(f"/panel/tables/mailbox/access/{page}", typed).status_code == 403
    assert isinstance(tables._registry[AuditEvent], ReadOnly)


def test_what_is_changed_is_written_down(panel: Client, operator: User) -> None:
    typed = {"user": operator.pk, "domain": "crepes.fr"}
    panel.post("/panel/tables/mailbox/ward/add/", typed)
    row = Ward.objects.get()
    panel.post(f"/panel/tables/mailbox/ward/{row.pk}/change/", {**typed, "domain": "galette.example"})
    panel.post(f"/panel/tables/mailbox/ward/{row.pk}/delete/", {"post": "yes"})
    kinds = AuditEvent.objects.filter(kind__startswith="row_").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["row_added", "row_changed", "row_deleted"]
    assert "Table ward: " in flat(panel.get("/panel/audit/"))
