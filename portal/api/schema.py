"""The OpenAPI document and its pages, and what it says beyond the views: tokens, and problems as answers."""

from typing import Any

from csp.decorators import csp_update
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
ANSWERS = "#/components/responses/"
PROBLEMS = {
    "400": "The request cannot be read.",
    "401": "Sign in, or send a token.",
    "403": "The role or the token does not allow this; `detail` is the reason.",
    "404": "There is no such object, or it is not yours to see.",
    "409": "Somebody saved at the same moment; nothing was written.",
    "412": "If-Match names an old version; nothing was written.",
    "422": "What was entered cannot be taken; `errors` names the fields.",
    "428": "If-Match is missing.",
    "429": "Too many requests; wait for Retry-After seconds.",
}
READING = {"400", "401", "404", "429"}
FIELDS = {
    "in": "query",
    "name": "fields",
    "schema": {"type": "string"},
    "description": "Only these fields, by name, with commas between; the uid is always there.",
}


class TokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document says that a token is sent."""

    target_class = "portal.api.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Bearer."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "concord_…"}


def add_problems(result: dict[str, Any], generator: SchemaGenerator, request: object, public: bool) -> dict[str, Any]:
    """Every operation may answer with a problem document."""
    result["components"]["schemas"]["Problem"] = {
        "type": "object",
        "required": ["type", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "Stable; for programs."},
            "detail": {"type": "string", "description": "Says what to do; for people."},
            "errors": {"type": "object", "description": "Field name to sentence or sentences."},
        },
    }
    result["components"]["responses"] = {
        code: {"description": description, "content": PROBLEM} for code, description in PROBLEMS.items()
    }
    for address, path in result["paths"].items():
        if "get" in path and not address.endswith(("/me/", "/chain/")):
            path["get"].setdefault("parameters", []).append(FIELDS)
        for method, operation in path.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                codes = READING if method == "get" else set(PROBLEMS)
                for code in sorted(codes - set(operation["responses"])):
                    operation["responses"][code] = {"$ref": f"{ANSWERS}{code}"}
    return result


document = SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[])
#: the pages draw their arrows as images inside their own style sheet
docs = csp_update({"img-src": ["data:"]})(
    SpectacularSwaggerSplitView.as_view(
        url_name="api-document",
        template_name="portal/api_docs.html",
        permission_classes=[AllowAny],
        authentication_classes=[],
    )
)
