#!/usr/bin/env python3
"""Writes `kubernetes.json.zst`: what every built-in kind of Kubernetes 1.25 to 1.37 looks like.

    python3 schemas/generate.py

Needs Python 3.9, pip and the package index; takes half a minute. Both packages are pinned, so two runs write the same
bytes, on any machine. To add a version of Kubernetes: raise `SOURCE`, `SOURCE_SHA256` and `MINORS`, run it, raise
`KubernetesVersion::SUPPORTED`, and change the versions in `NOTICE`.

The packages are downloaded to a temporary directory and nothing of `SOURCE` is run. It carries the OpenAPI definitions
of every version, converted for JSON Schema validators; what that conversion changed is put back here (`null` beside
the type of every optional field, `oneOf` for the two scalar unions). Dropped are descriptions, and all that no object
with metadata reaches, such as lists and watch events.

The file is a zstd frame of lines. A definition that did not change has one line for all its versions:

    kind<TAB>apps/v1<TAB>Deployment<TAB>25<TAB>37<TAB>io.k8s.api.apps.v1.Deployment
    definition<TAB>io.k8s.api.apps.v1.DeploymentSpec<TAB>25<TAB>37<TAB>{"properties":{…},"required":[…],"type":"object"}

Kinds are sorted by API version and kind, definitions by name and first version; the numbers are the first and the last
minor version. The last column of a definition is a JSON Schema; `$ref` holds the bare name of another definition, to be
looked up for the same version of Kubernetes.
"""

import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

SOURCE = "kubernetes-validate==1.37.0"
SOURCE_SHA256 = "85136d018a27b50ec7fc049d902bfa5193f5976807e6c0f408e3ab6fe078cad9"
COMPRESSOR = "zstandard==0.25.0"
MINORS = range(25, 38)
OUTPUT = pathlib.Path(__file__).with_name("kubernetes.json.zst")

DEFINITIONS = "kubernetes_validate/kubernetes-json-schema/v1.{minor}.0-local/_definitions.json"
OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

# Keywords that are copied as they are. `type`, `$ref`, `oneOf` and those that hold schemas are handled by name.
KEPT = [
    "format",
    "required",
    "x-kubernetes-int-or-string",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-list-type",
    "x-kubernetes-patch-merge-key",
    "x-kubernetes-preserve-unknown-fields",
]


def main():
    with tempfile.TemporaryDirectory() as directory:
        definitions = read_definitions(pathlib.Path(directory))
        text = "".join(line + "\n" for line in lines(definitions))
        OUTPUT.write_bytes(compress(text.encode(), pathlib.Path(directory)))
    print(f"{OUTPUT.name}: {text.count(chr(10))} lines, {len(text)} bytes, {OUTPUT.stat().st_size} compressed")


def read_definitions(directory):
    """Returns {minor: {definition name: normalised schema}}."""
    pip("download", "--no-deps", "--only-binary=:all:", "--dest", directory, SOURCE)
    (wheel,) = directory.glob("kubernetes_validate-*.whl")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != SOURCE_SHA256:
        sys.exit(f"{wheel.name} has the SHA-256 {digest}, expected {SOURCE_SHA256}")
    with zipfile.ZipFile(wheel) as archive:
        return {minor: read_version(archive.read(DEFINITIONS.format(minor=minor))) for minor in MINORS}


def read_version(text):
    return {name: normalised(schema) for name, schema in json.loads(text)["$defs"].items()}


def normalised(schema):
    """Returns the schema as upstream has it, with the kept keywords only."""
    result = {key: schema[key] for key in KEPT if key in schema}
    if "x-kubernetes-group-version-kind" in schema:
        result["x-kubernetes-group-version-kind"] = schema["x-kubernetes-group-version-kind"]
    if "$ref" in schema:
        result["$ref"] = schema["$ref"].removeprefix("#/$defs/")
    if "oneOf" in schema:
        result.update(union({without_null(it["type"]) for it in schema["oneOf"]}))
    if "type" in schema:
        result["type"] = without_null(schema["type"])
    if "properties" in schema:
        result["properties"] = {name: normalised(it) for name, it in schema["properties"].items()}
    for key in ["items", "additionalProperties"]:
        if isinstance(schema.get(key), dict):
            result[key] = normalised(schema[key])
    return result


def without_null(types):
    if isinstance(types, str):
        return types
    (only,) = [it for it in types if it != "null"]
    return only


def union(types):
    """Names the two unions of scalars that Kubernetes has."""
    if types == {"integer", "string"}:
        return {"x-kubernetes-int-or-string": True}
    if types == {"number", "string"}:
        return {"type": "string", "format": "quantity"}
    sys.exit(f"a union of {sorted(types)} is new")


def lines(definitions):
    """Returns the lines of the table."""
    kinds, variants = {}, {}
    for minor, of_version in definitions.items():
        reached = set()
        for name, schema in of_version.items():
            served = schema.pop("x-kubernetes-group-version-kind", [])
            if schema.get("properties", {}).get("metadata", {}).get("$ref") != OBJECT_META:
                continue
            reach(name, of_version, reached)
            for it in served:
                api_version = f"{it['group']}/{it['version']}".removeprefix("/")
                kinds.setdefault((api_version, it["kind"], name), []).append(minor)
        for name in reached:
            text = json.dumps(of_version[name], separators=(",", ":"), sort_keys=True)
            variants.setdefault((name, text), []).append(minor)
    kind_lines = [
        (api_version, kind, first, last, name)
        for (api_version, kind, name), minors in kinds.items()
        for first, last in ranges(minors)
    ]
    definition_lines = [
        (name, first, last, text) for (name, text), minors in variants.items() for first, last in ranges(minors)
    ]
    for label, rows in [("kind", kind_lines), ("definition", definition_lines)]:
        for row in sorted(rows):
            yield "\t".join([label, *map(str, row)])


def reach(name, of_version, reached):
    """Adds a definition and all that it refers to."""
    waiting = [name]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(references(of_version[name]))


def references(schema):
    if "$ref" in schema:
        yield schema["$ref"]
    for it in schema.get("properties", {}).values():
        yield from references(it)
    for key in ["items", "additionalProperties"]:
        if key in schema:
            yield from references(schema[key])


def ranges(minors):
    """Splits ascending numbers where one is left out: [25, 26, 28] gives (25, 26), (28, 28)."""
    starts = [it for it in minors if it - 1 not in minors]
    ends = [it for it in minors if it + 1 not in minors]
    return zip(starts, ends)


def compress(data, directory):
    # Not the zstd of the machine: its version decides the bytes.
    pip("install", "--no-deps", "--only-binary=:all:", "--target", directory / "compressor", COMPRESSOR)
    sys.path.insert(0, str(directory / "compressor"))
    import zstandard

    return zstandard.ZstdCompressor(level=19, write_checksum=True, write_content_size=True).compress(data)


def pip(*arguments):
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
