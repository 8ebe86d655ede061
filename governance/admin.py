"""Django's admin over this floor's models: read only, behind the same walls as every request."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from governance import models
from portal.access.guard import protected, visible_to
from portal.ui.pages import subject_of

#: sealed and boxed bytes are not shown even as bytes; a rehearsal's values only where the access matrix is asked
HIDDEN = {"sealed", "boxed", "boxed_previous", "details"}


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that the signed-in person's companies may see; writes go through the services alone."""

    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The first wall; the second is in the database."""
        return visible_to(super().get_queryset(request), subject_of(request))

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Everything but ciphertexts."""
        return [field.name for field in self.model._meta.fields if field.name not in HIDDEN]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Everything."""
        return self.get_fields(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody deletes here."""
        return False


for model in (getattr(models, name) for name in models.__all__):
    if model in protected():
        admin.site.register(model, ReadOnly)
