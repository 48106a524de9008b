"""The door that every view stands behind: who comes through, and what the others hear."""

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from accounts.http import SignedInRequest, signed_in
from accounts.models import User


@signed_in
def page(request: SignedInRequest, number: int) -> HttpResponse:
    return HttpResponse(f"{request.user} {number}")


@signed_in
async def stream(request: SignedInRequest) -> HttpResponse:
    return HttpResponse(str(request.user))


def ask(user: User | AnonymousUser, **headers: str) -> HttpRequest:
    request = RequestFactory().get("/t/7/?page=2", headers=headers)
    request.user = user

    async def auser() -> User | AnonymousUser:
        return user

    request.auser = auser  # as AuthenticationMiddleware does
    return request


def test_a_signed_in_person_comes_through(alice: User) -> None:
    assert page(ask(alice), 7).content == b"alice@crepes.fr 7"


def test_a_signed_in_person_comes_through_to_a_stream(alice: User) -> None:
    assert async_to_sync(stream)(ask(alice)).content == b"alice@crepes.fr"


def test_a_page_goes_to_the_sign_in_page_and_comes_back() -> None:
    response = page(ask(AnonymousUser()), 7)
    assert response.url == "/accounts/login/?next=/t/7/%3Fpage%3D2"


@pytest.mark.parametrize("header", [{"HX-Request": "true"}, {"Accept": "text/event-stream"}, {"Sec-Fetch-Dest": "iframe"}])
def test_a_part_of_a_page_is_told_so(header: dict[str, str]) -> None:
    response = page(ask(AnonymousUser(), **header), 7)
    assert (response.status_code, response["HX-Trigger"]) == (401, "signed-out")


def test_a_stream_is_told_so() -> None:
    response = async_to_sync(stream)(ask(AnonymousUser(), Accept="text/event-stream"))
    assert response.status_code == 401
