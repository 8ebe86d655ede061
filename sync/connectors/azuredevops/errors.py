"""What Azure DevOps' error bodies say, and which answers mean that nobody is signed in."""

import re

from sync.connectors.azuredevops.answers import record, records, text
from sync.connectors.wire import Explained

#: TF401320: Rule Error for field Priority. Error code: ...
RULE = re.compile(r"TF401320: Rule Error for field (?P<name>.+?)\. Error code")
#: TF51535: Cannot find field X / VS402323 and the like name a field by its reference name
REFERENCE = re.compile(r"\b((?:System|Microsoft\.VSTS|Custom)(?:\.\w+)+)")


def explain(body: object) -> Explained:
    """The service's own sentence, and the reference name of the first field that a rule refused.

    Shape (apis/azure-devops.md 12): {"message", "typeKey", "customProperties": {"RuleValidationErrors":
    [{"fieldReferenceName", "errorMessage"}]}}; a sign-in service says {"error", "error_description"}.
    """
    answer = record(body)
    said = text(answer.get("message")) or text(answer.get("error_description")) or text(answer.get("error"))
    rules = records(record(answer.get("customProperties")).get("RuleValidationErrors"))
    field = next((text(one.get("fieldReferenceName")) for one in rules), "")
    if not field:
        named = REFERENCE.search(said)
        field = named.group(1) if named else ""
    if not field:
        shown = RULE.search(said)
        field = shown["name"] if shown else ""
    return Explained(said, field or None)
