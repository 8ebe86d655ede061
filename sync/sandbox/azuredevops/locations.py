"""Where each resource is, as the service tells programs that discover their addresses (OPTIONS /_apis)."""

WIT = "{project}/_apis/{area}/{resource}"
ITEM = f"{WIT}/{{id}}"
#: id, area, resource, template, newest version of the resource
LOCATIONS: tuple[tuple[str, str, str, str, int], ...] = (
    ("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "Location", "ConnectionData", "_apis/{resource}", 1),
    ("e81700f7-3be2-46de-8624-2eb35882fcaa", "Location", "ResourceAreas", "_apis/{resource}/{areaId}", 1),
    ("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "core", "projects", "_apis/{resource}/{*projectId}", 4),
    ("62d3d110-0047-428c-ad3c-4fe872c91c74", "wit", "workItems", "{project}/_apis/{area}/{resource}/${type}", 3),
    ("72c7ddf8-2cdc-4f60-90cd-ab71c14a399b", "wit", "workItems", ITEM, 3),
    ("908509b6-4248-4475-a1cd-829139ba419f", "wit", "workItemsBatch", WIT, 1),
    ("b70d8d39-926c-465e-b927-b1bf0e5ca0e0", "wit", "recyclebin", ITEM, 2),
    (
        "6570bf97-d02c-4a91-8d93-3abe9895b1a9",
        "wit",
        "updates",
        "{project}/_apis/{area}/workItems/{id}/{resource}/{updateNumber}",
        3,
    ),
    (
        "a00c85a5-80fa-4565-99c3-bcd2181434bb",
        "wit",
        "revisions",
        "{project}/_apis/{area}/workItems/{id}/{resource}/{revisionNumber}",
        3,
    ),
    (
        "608aac0a-32e1-4493-a863-b9cf4566d257",
        "wit",
        "comments",
        "{project}/_apis/{area}/workItems/{workItemId}/{resource}/{commentId}",
        4,
    ),
    ("e07b5fa4-1499-494d-a496-64b860fd64ff", "wit", "attachments", ITEM, 3),
    ("1a9c53f7-f243-4447-b110-35ef023636e4", "wit", "wiql", "{project}/{team}/_apis/{area}/{resource}", 2),
    (
        "f828fe59-dd87-495d-a17c-7a8d6211ca6c",
        "wit",
        "workItemRevisions",
        "{project}/_apis/{area}/reporting/{resource}",
        2,
    ),
    ("7c8d7a76-4a09-43e8-b5df-bd792f4ac6aa", "wit", "workItemTypes", f"{WIT}/{{type}}", 2),
    (
        "bd293ce5-3d25-4192-8e67-e8092e879efb",
        "wit",
        "fields",
        "{project}/_apis/{area}/workItemTypes/{type}/{resource}/{field}",
        3,
    ),
    (
        "7c9d7a76-4a09-43e8-b5df-bd792f4ac6aa",
        "wit",
        "states",
        "{project}/_apis/{area}/workItemTypes/{type}/{resource}",
        1,
    ),
    ("b51fd764-e5c2-4b9b-aaf7-3395cf4bdd94", "wit", "fields", f"{WIT}/{{fieldNameOrRefName}}", 3),
    ("a70579d1-f53a-48ee-a5be-7be8659023b9", "wit", "classificationNodes", WIT, 2),
    ("bc15bc60-e7a8-43cb-ab01-2106be3983a1", "wit", "tags", f"{WIT}/{{tagIdOrName}}", 1),
    ("fc50d02a-849f-41fb-8af1-0a5216103269", "hooks", "subscriptions", "_apis/{area}/{resource}/{subscriptionId}", 1),
)
