"""Making, renaming and deleting folders."""

from django.test import Client

from mailbox.models import Change, Folder, Mailbox
from tests.views.conftest import lay


def own(mailbox: Mailbox, name: str) -> Folder:
    return Folder.objects.create(mailbox=mailbox, name=name, wire_name=name, delimiter="/", uidvalidity=1)


def test_a_folder_is_made_here_and_the_server_will_be_told(browser: Client, alices: Mailbox) -> None:
    page = browser.post(f"/folders/in/{alices.pk}/", {"name": "Fournisseurs d’été"}, follow=True)
    assert Folder.objects.filter(mailbox=alices, name="Fournisseurs d’été").exists()
    assert Change.objects.get().kind == "create"
    assert "Folder Fournisseurs d’été made" in page.content.decode()


def test_a_name_that_is_taken_is_said_beside_it_and_kept(browser: Client, alices: Mailbox) -> None:
    own(alices, "Recipes")
    answer = browser.post(f"/folders/in/{alices.pk}/", {"name": "recipes"})
    assert answer.status_code == 422
    assert "There is a folder of that name already." in answer.content.decode()
    assert 'value="recipes"' in answer.content.decode()


def test_it_is_renamed(browser: Client, alices: Mailbox) -> None:
    folder = own(alices, "Recipes")
    browser.post(f"/folders/{folder.pk}/rename/", {"name": "조리법"})
    folder.refresh_from_db()
    assert folder.name == "조리법"


def test_an_empty_one_is_deleted(browser: Client, alices: Mailbox) -> None:
    folder = own(alices, "Recipes")
    browser.post(f"/folders/{folder.pk}/delete/")
    assert browser.get(f"/f/{folder.pk}/").status_code == 404


def test_one_that_holds_letters_stays(browser: Client, alices: Mailbox) -> None:
    folder = own(alices, "Recipes")
    lay(folder, "Galette")
    answer = browser.post(f"/folders/{folder.pk}/delete/")
    assert answer.status_code == 422
    assert "Only an empty folder can be deleted." in answer.content.decode()
    assert browser.get(f"/f/{folder.pk}/").status_code == 200


def test_special_ones_offer_no_change(browser: Client, alices: Mailbox) -> None:
    page = browser.get("/folders/").content.decode()
    assert "Inbox" in page
    assert "/rename/" not in page


def test_a_stranger_finds_none_of_them(stranger: Client, bobs_browser: Client, alices: Mailbox) -> None:
    folder = own(alices, "Recipes")
    for visitor in (stranger, bobs_browser):
        assert visitor.post(f"/folders/in/{alices.pk}/", {"name": "x"}).status_code == 404
        assert visitor.post(f"/folders/{folder.pk}/rename/", {"name": "x"}).status_code == 404
        assert visitor.post(f"/folders/{folder.pk}/delete/").status_code == 404
        assert "Recipes" not in visitor.get("/folders/").content.decode()
