"""How the pages look to a person: every choice is saved as soon as it is made."""

import json

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.forms import AppearanceForm, continents
from accounts.http import SignedInRequest, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def appearance(request: SignedInRequest) -> HttpResponse:
    form = AppearanceForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        return _saved(request, form) if request.htmx else redirect("settings_appearance")
    status = 422 if form.errors else 200
    return render(request, "accounts/appearance.html", {"form": form, "continents": continents()}, status=status)


def _saved(request: SignedInRequest, form: AppearanceForm) -> HttpResponse:
    """The note "Saved", and the page is told what to change on itself; a new language needs the page again."""
    response = render(request, "accounts/_saved.html", {"saved": True})
    if "language" in form.changed_data:
        response.headers["HX-Refresh"] = "true"
    user = request.user
    look = {"theme": user.theme, "density": user.density, "text": user.text_size, "keys": "on" if user.keys else "off"}
    response.headers["HX-Trigger"] = json.dumps({"look": look})
    return response
