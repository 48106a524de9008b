"""What every template may say about the house, and how the person likes to see it."""

from django.conf import settings
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.models import User


def site(request: HttpRequest) -> dict[str, object]:
    """The house's switches, and `html_attributes` for the <html> element: theme, density, text size, keys."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_HOST": settings.SITE_HOST,
        "SIGNUP": settings.SIGNUP,
        "html_attributes": html_attributes(request),
    }


def html_attributes(request: HttpRequest) -> SafeString:
    user = getattr(request, "user", None)
    person = user if isinstance(user, User) else User()
    return flatatt(
        {
            "data-theme": person.theme,
            "data-density": person.density,
            "data-text": person.text_size,
            "data-keys": "on" if person.keys else "off",
        }
    )
