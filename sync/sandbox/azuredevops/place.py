"""Where a request goes: organisation and project out of its path, and the path without them."""

from sync.sandbox.azuredevops.refusals import refuse
from sync.sandbox.azuredevops.seed import ORGANISATION, project
from sync.sandbox.call import Call
from sync.sandbox.store import Doc


def is_api(path: str) -> bool:
    """Whether a path is one of the API, in whatever project."""
    return f"{path}/".casefold().startswith(f"/{ORGANISATION}/") and "/_apis" in path.casefold()


def parted(path: str) -> tuple[str, str]:
    """The project's name in a path ("" for none), and the rest from /_apis on in lower case.

    Names of fields, types and resources are the same in any case over there; ids are lower case here.
    """
    before, mark, after = path.partition("/_apis")
    if not mark:
        before, mark, after = path.partition("/_APIS")
    names = [one for one in before.split("/") if one]
    return names[1] if len(names) > 1 else "", f"/_apis{after}".casefold()


def home_of(call: Call) -> Doc:
    """The project that a request names. Raises Refusal 404 for none and for one that there is not."""
    name = parted(call.request.path)[0]
    found = project(call.store, name) if name else None
    if found is None:
        text = (
            f"TF200016: The following project does not exist: {name}. Verify that the name of the project is correct "
            "and that the project exists on the specified Azure DevOps Server."
        )
        raise refuse(404, "ProjectDoesNotExistWithNameException", text)
    return found
