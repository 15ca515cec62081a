"""Holds documents against their JSON schemas.

usage: validate.py SCHEMAS < DOCUMENTS

SCHEMAS is an object of schemas by kind, in a file. DOCUMENTS is a list of objects with `kind` and `text`. For each
document this checks that

- it is valid,
- its members are all in the schema, so that a new member cannot be forgotten there,
- without one of the members that the schema requires it is not valid, and
- with a member that a later version adds it is, unless the schema says that there are none.
"""

import json
import re
import sys

import jsonschema

schemas = json.load(open(sys.argv[1]))
validators = {}
for kind, schema in schemas.items():
    jsonschema.Draft202012Validator.check_schema(schema)
    validators[kind] = jsonschema.Draft202012Validator(schema)
problems = []
checked = {kind: 0 for kind in schemas}


def resolved(schema, kind):
    while isinstance(schema, dict) and "$ref" in schema:
        schema = schemas[kind]["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def parts(schema, value, kind):
    """The object schemas that describe a value."""
    schema = resolved(schema, kind)
    if isinstance(schema, bool):
        return
    if "if" in schema:
        branch = "then" if all(name in value for name in schema["if"]["required"]) else "else"
        yield from parts(schema[branch], value, kind)
    for one in schema.get("allOf", []):
        yield from parts(one, value, kind)
    for one in schema.get("oneOf", []):
        whole = {**one, "$defs": schemas[kind].get("$defs", {})}
        if jsonschema.Draft202012Validator(whole).is_valid(value):
            yield from parts(one, value, kind)
    if "properties" in schema:
        yield schema


def walk(schema, value, kind, path, whole, is_open):
    described = list(parts(schema, value, kind)) if isinstance(value, dict) else []
    for part in described:
        for name in part.get("required", []):
            kept = value.pop(name)
            if validators[kind].is_valid(whole):
                problems.append(f"{kind}: valid without {path}{name}")
            value[name] = kept
    if described:
        known = {name: one for part in described for name, one in part["properties"].items()}
        patterns = [pattern for part in described for pattern in part.get("patternProperties", {})]
        if not is_open:
            for name in value:
                if name not in known and not any(re.search(pattern, name) for pattern in patterns):
                    problems.append(f"{kind}: the schema does not have {path}{name}")
        is_closed = any(part.get("additionalProperties") is False for part in described)
        value["memberOfALaterVersion"] = 1
        if validators[kind].is_valid(whole) == is_closed:
            problems.append(f"{kind}: a new member of {path or 'the document'} is judged wrongly")
        del value["memberOfALaterVersion"]
        for name, one in known.items():
            if name in value:
                walk(one, value[name], kind, f"{path}{name}.", whole, False)
    elif isinstance(value, list) and isinstance(described_list := resolved(schema, kind), dict):
        for element in value:
            walk(described_list.get("items", True), element, kind, path, whole, False)


def shape(value):
    """What members a value has, and what kinds of values they hold."""
    if isinstance(value, dict):
        return tuple(sorted((name, shape(one)) for name, one in value.items()))
    if isinstance(value, list):
        return frozenset(shape(one) for one in value)
    return type(value).__name__


def reduced(value):
    """The value with one element of each shape in its lists: to try every element of a long one takes too long."""
    if isinstance(value, dict):
        return {name: reduced(one) for name, one in value.items()}
    if isinstance(value, list):
        return [reduced(one) for one in {shape(one): one for one in reversed(value)}.values()]
    return value


for document in json.load(sys.stdin):
    kind, value = document["kind"], json.loads(document["text"])
    errors = sorted(validators[kind].iter_errors(value), key=str)
    if errors:
        problems += [f"{kind}: {error.message} at {error.json_path} in {document['text'][:300]}" for error in errors]
        continue
    checked[kind] += 1
    if errors := sorted(validators[kind].iter_errors(reduced(value)), key=str):
        problems.append(f"{kind}: a shorter list makes the document wrong: {errors[0].message}")
        continue
    value = reduced(value)
    # The unknown columns of an input are members of a report's rows.
    walk(schemas[kind], value, kind, "", value, kind == "report-row")

for problem in dict.fromkeys(problems):
    print(problem)
print(json.dumps(checked))
sys.exit(1 if problems else 0)
