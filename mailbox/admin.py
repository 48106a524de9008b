"""The house's own tables, row by row, beside the road that letters take: Django's stock admin at /panel/tables/, for
operators, and only for tables that hold no letter and no secret."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import AuditEvent, Pace, User
from mailbox.models import Access, Destination, Domain, Host, Hour, Limit, Posted, Site, StsPolicy, Suppression, Ward
from mailbox.views.panel.gate import duty

if TYPE_CHECKING:
    AnyAdmin = ModelAdmin[Any]  # generic in the stubs only
else:
    AnyAdmin = ModelAdmin

# The gate and the person's own pages have these.
ELSEWHERE = {"login", "logout", "password_change", "password_change_done", "view_on_site"}


class Tables(AdminSite):
    site_header = site_title = _("Tables")
    index_title = _("Tables that hold no letter and no secret")
    final_catch_all_view = False

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return duty(User.Duty.OPERATOR)(view)

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.duty == User.Duty.OPERATOR

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [one for one in super().get_urls() if getattr(one, "name", None) not in ELSEWHERE]


class Table(AnyAdmin):
    """What is changed here is written down like everything else that operators do."""

    list_per_page = 50
    show_full_result_count = False  # it would count the whole table
    actions = ()

    def formfield_for_dbfield(self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        """What may be null may be left empty."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.null:
            field.required = False
        return field

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _note(request, obj, "row_added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        _note(request, obj, "row_changed")
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: "QuerySet[Any] | Iterable[Any]") -> Any:
        for one in queryset:
            _note(request, one, "row_deleted")
        return super().log_deletions(request, queryset)  # type: ignore[arg-type]  # a list of one row too


class ReadOnly(Table):
    """Rows that the house writes itself, or that would open a way to letters."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def _note(request: HttpRequest, row: Model, kind: str) -> None:
    audit.note(kind, request=request, about=str(row), facts={"table": row._meta.model_name})


tables = Tables()


def _show(model: type[Model], kind: type[Table], shown: tuple[str, ...], **more: object) -> None:
    tables.register(model, type(f"{model.__name__}Table", (kind,), {"list_display": shown, **more}))


_show(Ward, Table, ("domain", "user"), search_fields=("domain", "user__email"), raw_id_fields=("user",))
_show(Limit, Table, ("__str__", "mailboxes", "stored"), search_fields=("domain", "user__email"), raw_id_fields=("user",))
_show(Site, Table, ("key", "slots", "failures", "dead_until", "last_ok_at"), search_fields=("key",))
_show(Destination, Table, ("domain", "site", "seen_at"), search_fields=("domain", "site"))
_show(Host, Table, ("name", "next_login_at"), search_fields=("name",))
_show(StsPolicy, Table, ("domain", "mode", "expires_at", "tried_at"), search_fields=("domain",))
_show(
    Suppression, Table, ("address", "mailbox", "enhanced", "created_at"), search_fields=("address",), raw_id_fields=("mailbox",)
)
_show(Domain, ReadOnly, ("name", "fit_at", "checked_at"), search_fields=("name",))
_show(Access, ReadOnly, ("mailbox", "user", "role"), search_fields=("mailbox__address", "user__email"))
_show(Posted, ReadOnly, ("mailbox", "user", "hour", "addressees"))
_show(Pace, ReadOnly, ("user", "action", "minute", "number"))
_show(Hour, ReadOnly, ("start", "domain", "delivered", "deferred", "bounced", "received"), search_fields=("domain",))
_show(AuditEvent, ReadOnly, ("at", "kind", "good", "actor", "about", "address"), search_fields=("actor", "about", "kind"))

app_name = tables.name
urlpatterns = tables.get_urls()
