"""Sign-in and the person's own settings."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
