"""What stands in project.json: every object with its fields, their types and what they are when left out."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

from docs.extension.tables import SIGNS, code, table
from nnstudio.project.archive import ProjectFile
from nnstudio.project.model import Run
from nnstudio.project.shared_values import SHARED
from nnstudio.text import translate as _


def page() -> str:
    """The objects that a description can hold, each after the one in which it is met first."""
    found = structs(inspect.type_info(ProjectFile))
    return "\n".join(line for one in found for line in described(one))


def structs(start: inspect.Type) -> list[inspect.StructType]:
    """All objects that can be met from one on, each once."""
    found, waiting = dict[type, inspect.StructType](), [start]
    while waiting:
        kind = waiting.pop(0)
        if isinstance(kind, inspect.StructType):
            if kind.cls in found:
                continue
            found[kind.cls] = kind
            inside = [field.type for field in kind.fields]
        else:
            inside = parts(kind)
        waiting.extend(inside)
    return list(found.values())


def parts(kind: inspect.Type) -> list[inspect.Type]:
    match kind:
        case inspect.VarTupleType():
            return [kind.item_type]
        case inspect.TupleType():
            return list(kind.item_types)
        case inspect.DictType():
            return [kind.key_type, kind.value_type]
        case inspect.UnionType():
            return list(kind.types)
    return []


def described(kind: inspect.StructType) -> Iterator[str]:
    yield f"### {kind.cls.__name__}\n"
    yield told(kind.cls.__doc__ or "") + "\n"
    rows = [(code(field.name), type_text(kind, field), default_text(field)) for field in kind.fields]
    yield table([_("Name"), _("Values"), _("Default")], rows)


def told(docstring: str) -> str:
    """A docstring as Markdown: what stands between backticks is code, the rest is as it is."""
    pieces = " ".join(docstring.split()).split("`")
    return "".join(code(piece) if place % 2 else SIGNS.sub(r"\\\1", piece) for place, piece in enumerate(pieces))


def type_text(kind: inspect.StructType, field: inspect.Field) -> str:
    if kind.cls is Run and field.name in SHARED:
        return _("a whole number: the place in {list}").format(list=code(f"shared.{SHARED[field.name]}"))
    if kind.cls is Run and field.name == "history":
        return text_of(inspect.BytesType())
    return text_of(field.type)


def text_of(kind: inspect.Type) -> str:
    """A type as JSON has it."""
    match kind:
        case inspect.StructType():
            return f"[{kind.cls.__name__}](#{kind.cls.__name__.lower()})"
        case inspect.VarTupleType():
            return _("list, each {kind}").format(kind=text_of(kind.item_type))
        case inspect.TupleType():
            return "\\[" + ", ".join(map(text_of, kind.item_types)) + "\\]"
        case inspect.DictType():
            return _("object, each {kind}").format(kind=text_of(kind.value_type))
        case inspect.UnionType():
            return _(" or ").join(map(text_of, kind.types))
        case inspect.LiteralType():
            return ", ".join(code(str(value)) for value in kind.values)
        case inspect.BytesType():
            return _("empty: it is a member")
    return NAMES[type(kind)]()


NAMES = {
    inspect.IntType: lambda: _("a whole number"),
    inspect.FloatType: lambda: _("a number"),
    inspect.StrType: lambda: _("text"),
    inspect.BoolType: lambda: _("true or false"),
    inspect.NoneType: lambda: code("null"),
}


def default_text(field: inspect.Field) -> str:
    """What a field is when it is left out; "" where it must be there."""
    default: Any = field.default
    if default is msgspec.NODEFAULT:
        default = None if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    if field.required:
        return ""
    if isinstance(default, msgspec.Struct):
        return _("as below")
    return code(msgspec.json.encode(default).decode())
