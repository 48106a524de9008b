"""Which room answers which address."""

from django.urls import include, path

urlpatterns = [
    path("", include("mailbox.urls")),
    path("", include("accounts.urls")),
]

handler429 = "accounts.views.gate.slow_down"  # allauth looks for it here
