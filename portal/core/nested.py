"""Rows of one query inside another: a statement fewer where a page needs a thing with what hangs on it."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import DEFERRED, Model, QuerySet
from django.db.models.functions import JSONObject

M = TypeVar("M", bound=Model)
Row = Mapping[str, Any]


def nested(rows: QuerySet[Any], *names: str, **fields: Any) -> ArraySubquery:
    """An annotation with `rows`, which refer to the outer row, as a list of {name: value} in their own order."""
    return ArraySubquery(rows.values(nested_=JSONObject(**{name: name for name in names}, **fields)))


def revived(model: type[M], row: Row) -> M:
    """The object that a nested row was; JSON's texts are times and uids again, columns it does not name deferred."""
    values = [
        column.to_python(row[column.attname]) if column.attname in row else DEFERRED
        for column in model._meta.concrete_fields
    ]
    return model.from_db(DEFAULT_DB_ALIAS, list(row), values)
