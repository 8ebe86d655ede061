"""Rendering one named block of a template, for htmx: the part and the page stay one file."""

from collections.abc import Mapping

from django.http import HttpRequest
from django.template import Template
from django.template.backends.django import Template as Backend
from django.template.context import make_context
from django.template.loader import get_template
from django.template.loader_tags import BlockNode


def render_block(name: str, block: str, context: Mapping[str, object], request: HttpRequest) -> str:
    """The HTML of `block` of the template `name`. Raises LookupError when it has no such block."""
    backend = get_template(name)
    if not isinstance(backend, Backend):
        raise LookupError(f"{name} is no template of Django's own engine.")
    template: Template = backend.template
    full = make_context(dict(context), request, autoescape=True)
    with full.render_context.push_state(template), full.bind_template(template):
        for node in template.nodelist.get_nodes_by_type(BlockNode):
            if isinstance(node, BlockNode) and node.name == block:
                return node.nodelist.render(full)
    raise LookupError(f"{name} has no block {block}.")
