"""Small expressions in CEL, the Common Expression Language: what a choice or a value map cannot say; pure.

CEL has no loops, no attributes of our objects and no way out; its own parser and type checker refuse what it does
not know. Here it is bounded further: SOURCE characters, TEXT characters in and out, no macro that walks or binds
(`map`, `all` …; only `has`), nesting and regular expressions (RE2, linear) as the library bounds them. An error is
a sentence, never an exception. Source: cel.dev; library: cel-expr-python, the binding of Google's own CEL.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from cel_expr_python import cel

Scalar = str | int | float | bool | None
Value = Scalar | tuple[Scalar, ...]

#: the longest expression, and the longest text that one takes or makes, in characters
SOURCE, TEXT = 500, 100_000
#: what a field may hold by its portable type (sync.engine.types.FieldType) or a term's type
KINDS = {
    "text": "string",
    "rich": "string",
    "option": "string",
    "choice": "string",
    "status": "string",
    "user": "string",
    "person": "string",
    "date": "string",
    "datetime": "string",
    "options": "list",
    "labels": "list",
    "boolean": "bool",
}
NAMED = re.compile(r"""\bfields\s*(?:\.\s*([A-Za-z_]\w*)|\[\s*(?:"([^"]*)"|'([^']*)')\s*\])""")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why an expression gives nothing, as a sentence."""

    sentence: str


def within(text: str) -> str:
    """The same text, if it is not too long; the library turns the exception into an error value."""
    if len(text) > TEXT:
        raise ValueError(f"the text is longer than {TEXT:,} characters")
    return text


def replaced(text: str, old: str, new: str) -> str:
    """Every `old` becomes `new`; how long that gets is known before it is made."""
    if old == "":
        raise ValueError("replace needs a text to look for")
    if len(text) + text.count(old) * (len(new) - len(old)) > TEXT:
        raise ValueError(f"the text gets longer than {TEXT:,} characters")
    return text.replace(old, new)


def _member(name: str, impl: object, *texts: object, gives: object = None) -> Any:
    overload = cel.Overload(
        name, gives or cel.Type.STRING, [cel.Type.STRING, *cast(Any, texts)], True, cast(Any, impl)
    )
    return cel.FunctionDecl(name, [overload])


FUNCTIONS = (
    _member("lower", lambda text: within(text).lower()),
    _member("upper", lambda text: within(text).upper()),
    _member("trim", lambda text: within(text).strip()),
    _member("replace", replaced, cel.Type.STRING, cel.Type.STRING),
    _member("before", lambda text, mark: text.split(mark, 1)[0] if mark else text, cel.Type.STRING),
    _member("after", lambda text, mark: text.partition(mark)[2] if mark else "", cel.Type.STRING),
    _member("first", lambda text, count: text[: max(0, count)], cel.Type.INT),
)
TYPES = {"string": cel.Type.STRING, "list": cel.Type.List(cel.Type.STRING), "bool": cel.Type.BOOL}


@lru_cache(maxsize=16)
def environment(kind: str) -> Any:
    """What an expression may name: `value` of one kind ("" = any), or "fields": one's own item's fields."""
    config = cel.NewEnvConfigFromYaml("stdlib:\n  include_macros:\n    - has\n")
    if kind == "fields":
        names = {"fields": cel.Type.Map(cel.Type.STRING, cel.Type.DYN)}
    else:
        names = {"value": TYPES.get(kind, cel.Type.DYN)}
    return cel.NewEnv(config=config, variables=names, functions=FUNCTIONS)


@lru_cache(maxsize=2048)
def compiled(source: str, kind: str = "") -> Any:
    """The expression, parsed and type-checked once; Wrong with the reason when it cannot be."""
    if not source.strip():
        return Wrong("It is empty.")
    if len(source) > SOURCE:
        return Wrong(f"It is longer than {SOURCE} characters.")
    if not source.isprintable():
        return Wrong("It holds a line break or a character that cannot be seen.")
    try:
        return environment(kind).compile(source)
    except Exception as error:  # noqa: BLE001 - the library has one error for everything that is wrong
        return Wrong(reason(str(error)))


def wrong_source(source: str, *, kind: str = "", gives: frozenset[str] = frozenset()) -> str:
    """Why an expression cannot be saved, or nothing. `gives` are CEL's names of the types that it may result in."""
    found = compiled(source, kind)
    if isinstance(found, Wrong):
        return found.sentence
    type_ = found.return_type().name().partition("<")[0].lower()
    if gives and type_ not in {*gives, "dyn"}:
        return f"It results in {type_}, not in {' or '.join(sorted(gives))}."
    return ""


def evaluated(source: str, value: Value) -> Value | Wrong:
    """What an expression makes of one value."""
    return _run(source, "", {"value": value})


def condition(source: str, fields: Mapping[str, Value]) -> bool | Wrong:
    """Whether a condition over one's own fields holds."""
    found = _run(source, "fields", {"fields": dict(fields)})
    if isinstance(found, bool | Wrong):
        return found
    return Wrong("It says neither true nor false.")


def fields_named(source: str) -> frozenset[str]:
    """The fields that a condition names."""
    return frozenset(next(filter(None, match), "") for match in NAMED.findall(source))


def _run(source: str, kind: str, names: Mapping[str, object]) -> Value | Wrong:
    """1. compile once; 2. refuse what the library would cut or choke on; 3. run; 4. take only portable results."""
    program = compiled(source, kind)
    if isinstance(program, Wrong):
        return program
    try:
        found = program.eval(data={name: portable(value) for name, value in names.items()})
        if found.type() == cel.Type.ERROR:
            return Wrong(reason(str(found.value())))
        return taken(found.plain_value())
    except Exception as error:  # noqa: BLE001 - whatever happens in there is a sentence here
        return Wrong(reason(str(error)))


def portable(value: object) -> object:
    """A value as CEL takes it. Raises ValueError for what it would cut: texts too long or with a NUL."""
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("the text holds a NUL character")
        return within(value).encode("utf-8", "strict").decode()
    if isinstance(value, Mapping):
        return {str(key): portable(one) for key, one in value.items()}
    return [portable(one) for one in value] if isinstance(value, tuple | list) else value


def taken(result: object) -> Value | Wrong:
    """A result as our value; lists become sorted tuples of their texts."""
    if isinstance(result, str):
        return Wrong("The text gets too long.") if len(result) > TEXT else result
    if result is None or isinstance(result, bool | int | float):
        return result
    if isinstance(result, list) and all(isinstance(one, str) for one in result):
        return tuple(sorted({str(one) for one in result}))
    return Wrong("It results neither in a text, a number, true or false, nor in a list of texts.")


def reason(error: str) -> str:
    """The library's error as one sentence, without its codes, positions and pictures."""
    line = next((line for line in error.splitlines() if line.strip()), "it cannot be read")
    line = re.sub(r"^[A-Z_]+: (ERROR: )?", "", line)
    line = re.sub(r"^<input>:(\d+):(\d+): ", r"at character \2: ", line)
    line = re.sub(r"\s*(\(in container ''\)|\[[A-Z_]+\])", "", line).strip().rstrip(".")
    line = line.split(". ERROR:")[0][:200]
    return f"{line[:1].upper()}{line[1:]}."
