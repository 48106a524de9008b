"""The door of the panel, beside the road that letters take: who has which duty, and the frame around every page."""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from accounts import audit
from accounts.http import SignedInRequest, turned_away
from accounts.models import User
from mailbox import heartbeat
from mailbox.housekeeping import waiting
from mailbox.models.house import mailboxes_for

Rest = ParamSpec("Rest")
View = Callable[Concatenate[SignedInRequest, Rest], Any]
Duty = User.Duty
ALL = (Duty.HELPER, Duty.KEEPER, Duty.OPERATOR)
DOERS = (Duty.KEEPER, Duty.OPERATOR)


def duty(*allowed: str) -> Callable[[View[Rest]], Callable[Concatenate[HttpRequest, Rest], Any]]:
    """Let these in. To people without a duty, and from elsewhere, the panel is not there; one whose duty does not reach so
    far hears so. All are written down."""

    def decorate(view: View[Rest]) -> Callable[Concatenate[HttpRequest, Rest], Any]:
        @wraps(view)
        def door(request: HttpRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Any:
            if isinstance(request.user, AnonymousUser):
                return turned_away(request)
            person = cast(SignedInRequest, request).user
            if person.duty in allowed and is_near(request):
                return view(cast(SignedInRequest, request), *args, **kwargs)
            audit.note("refused", request=request, about=request.path, good=False)
            sees_it = person.duty and is_near(request)
            raise PermissionDenied(gettext("Your duty does not reach so far.")) if sees_it else Http404

        return cast(Callable[Concatenate[HttpRequest, Rest], Any], never_cache(door))

    return decorate


def is_near(request: HttpRequest) -> bool:
    """Whether it comes from where the panel may be seen: without PANEL_ALLOW from everywhere."""
    return not settings.PANEL_ALLOW or audit.is_from(request, settings.PANEL_ALLOW)


def confirmed(view: View[Rest]) -> View[Rest]:
    """What gives somebody power, or takes things away from here, asks for the password once more; then it goes on."""
    return cast(View[Rest], reauthentication_required(view))


class Panel:
    """What the frame shows; every part asks the database once, when a template first reads it."""

    def __init__(self, user: User) -> None:
        self.user = user

    @property
    def may_do(self) -> bool:
        return self.user.duty in DOERS

    @property
    def is_operator(self) -> bool:
        return self.user.duty == Duty.OPERATOR

    @cached_property
    def mailboxes(self) -> int:
        return mailboxes_for(self.user).count()

    @cached_property
    def depth(self) -> waiting.Depth:
        return waiting.depth(self.user)

    @cached_property
    def silent(self) -> list[str]:
        """The queues that nobody serves."""
        ages = {queue: heartbeat.age(queue) for queue in heartbeat.QUEUES}
        return [queue for queue, age in ages.items() if age is None or age > heartbeat.LOST_AFTER]


def show(request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"panel/{template}.html", {"panel": Panel(request.user), **context}, status=status)
