"""Keyset pages: stable under inserts, without counts."""

from rest_framework.pagination import CursorPagination


class KeysetPagination(CursorPagination):
    """Newest first by key; `page_size` up to 200; the cursor is opaque."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"
