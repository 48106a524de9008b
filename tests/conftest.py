"""The cast: alice owns, bob owns another, charlie is a stranger."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from pytest_django.fixtures import Settings

from accounts.models import User
from mailbox.management.preparing import compile_translations
from mailbox.models import Access, Folder, Identity, Mailbox
from mailbox.sync.keeping import KEPT
from tests.browsing import chromium, page, site  # noqa: F401 fixtures for every room; one browser for all of them
from tests.real import dovecot, postfix  # noqa: F401 fixtures for every room


def pytest_configure(config: pytest.Config) -> None:
    """Korean is there from the first test on, in a fresh clone too; whoever starts the workers sees to it."""
    if not hasattr(config, "workerinput"):
        compile_translations()


@pytest.fixture(autouse=True, scope="session")
def a_place_for_static_files() -> None:
    """WhiteNoise warns where there is none."""
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def emptied(_style: object, tables: list[str], **_options: bool) -> list[str]:
    """Statements that leave no row. TRUNCATE makes every file of a table anew, full or not; what happened cannot be deleted."""
    return [f"{'TRUNCATE' if table == 'accounts_auditevent' else 'DELETE FROM'} {table}" for table in tables]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """Whoever tests with several connections pays for an empty house afterwards; nobody here asks for Django's permissions."""
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(connection.ops, "sql_flush", emptied)
        yield


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Pages under test name their sheets as they are; the hashed names come with `collectstatic`."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """A hash made to be slow is of no use here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_line_outlives_its_test() -> Iterator[None]:
    yield
    KEPT.clear()


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice@crepes.fr", "ketchup-and-pickles", name="Alice Martin")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob@hamburger.edu", "ketchup-and-pickles", name="Bob Marlow")


@pytest.fixture
def charlie(db: None) -> User:
    return User.objects.create_user("charlie@stranger.example", "ketchup-and-pickles", name="Charlie")


def make_mailbox(owner: User) -> Mailbox:
    """A Mailbox of that person with the usual folders; its servers are nowhere."""
    mailbox = Mailbox.objects.create(
        address=owner.email,
        incoming=f"imaps://{owner.email.replace('@', '%40')}@imap.invalid:993",
        outgoing="direct:",
        state="ok",
    )
    mailbox.set_password("secret")
    mailbox.save(update_fields=["secret"])
    Access.objects.create(mailbox=mailbox, user=owner)
    Identity.objects.create(mailbox=mailbox, name=owner.name, address=owner.email)
    for role in ("inbox", "sent", "drafts", "archive", "junk", "trash"):
        name = "INBOX" if role == "inbox" else role.title()
        Folder.objects.create(
            mailbox=mailbox, name=name, wire_name=name, delimiter="/", role=role, uidvalidity=1, backfill_low_uid=0
        )
    return mailbox


@pytest.fixture
def alices(alice: User) -> Mailbox:
    return make_mailbox(alice)


@pytest.fixture
def bobs(bob: User) -> Mailbox:
    return make_mailbox(bob)
