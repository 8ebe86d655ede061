"""The activities that a RACI begins with: the guide's eight steps, its practices, and what the engine reports."""

from governance.raci.rules import Row

STEPS = {
    1: "Pain points",
    2: "Requirements",
    3: "People",
    4: "Design",
    5: "Choice of the solution",
    6: "Iterate",
    7: "Deploy",
    8: "Operate",
    9: "Practices after go-live",
    10: "What the engine reports and asks",
}
#: in the order of the guide; what is each company's own has its own A in every company
GUIDE = (
    Row("pain-points", "Collect the pain points", step=1),
    Row("objectives", "Set objectives and measures", step=1),
    Row("requirements", "Write and rank the requirements", step=2),
    Row("people", "Name the people and their stand-ins", each=True, step=3),
    Row("sign-raci", "Sign the RACI", each=True, step=3),
    Row("approve-dictionary", "Approve the dictionary", each=True, step=4),
    Row("approve-matrix", "Approve the access matrix", each=True, step=4),
    Row("approve-rules", "Approve the rules of a side", each=True, step=4),
    Row("solution-choice", "Choose the solution", step=5),
    Row("test-scenarios", "Write and run the test scenarios", step=6),
    Row("accept-tests", "Accept the tests", each=True, step=6),
    Row("go-live", "Decide to go live", step=7),
    Row("train", "Train the people", each=True, step=7),
    Row("service-review", "Hold the service review", step=8),
)
PRACTICES = (
    Row("monitor", "Monitor logs and figures", step=9),
    Row("review-health", "Review monthly to yearly", step=9),
    Row("root-cause", "Fix failures with their root cause", step=9),
    Row("know-data", "Know the data up- and downstream", step=9),
    Row("vendor-news", "Know the vendor's news", each=True, step=9),
    Row("log-changes", "Log every change", step=9),
    Row("share-access", "Share support access and stand-ins", each=True, step=9),
    Row("knowledge", "Keep the knowledge base: diagram, fields, schedule", step=9),
    Row("test-systems", "Keep the test systems", each=True, step=9),
    Row("assigned-owner", "Keep an assigned owner", step=9),
)
ENGINE = (
    Row("change-request", "Decide on change requests", step=10),
    Row("accept-connection", "Accept or refuse a connection", each=True, step=10),
    Row("restore-connection", "Restore a stopped connection", each=True, step=10),
    Row("reach-system", "Bring an unreachable system back", each=True, step=10),
    Row("downtimes", "Announce and follow downtimes", each=True, step=10),
    Row("solve-parked", "Solve parked work", each=True, step=10),
    Row("extend-map", "Answer a value without an entry in the map", each=True, step=10),
    Row("settle-conflict", "Look after lost conflicts", step=10),
    Row("withheld-terms", "Look after withheld terms", each=True, step=10),
    Row("meet-targets", "Keep the service targets", step=10),
    Row("grant-access", "Decide on access that is asked for", each=True, step=10),
    Row("triage-incident", "Triage incidents of the integration", step=10),
)
ALL = (*GUIDE, *PRACTICES, *ENGINE)
