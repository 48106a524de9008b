"""What a person sees where there is nothing, or where something broke."""

from django.template.loader import render_to_string
from django.test import Client


def test_an_address_that_leads_nowhere_says_so_in_our_dress(client: Client, db: None) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.content.decode()


def test_a_broken_page_needs_no_request_and_no_table() -> None:
    assert "Something broke here" in render_to_string("500.html")


def test_the_others_can_be_drawn() -> None:
    for name in ("400", "403", "404"):
        assert "Back to mail" in render_to_string(f"{name}.html")
