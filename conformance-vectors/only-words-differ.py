#!/usr/bin/env python3
"""Shows that two versions of the vectors differ in nothing but words.

    only-words-differ.py OLD NEW [--renamed OLD_TYPE=NEW_TYPE ...]

OLD and NEW are git revisions of this repository, or folders that hold a tree of vectors. Ids, inputs,
expected answers, flags, requirements and layouts must be the same. Free to differ are the `doc`
sentences, the `meaning` of rejections, the reasons in the manifest, descriptions in schemas, what a layout
says in parentheses, the suite's version, and what follows from these: sizes and hashes of files. The
words may change, but each must still be there. `vectors generate --check` compares the hashes.
`--renamed` names a type that has another name in NEW. Exits with 0 if nothing else differs, with 1 if
something does, with 2 on bad arguments.
"""

import argparse
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
# Keys of the manifest whose values are words, or follow from the words of other files.
MANIFEST_WORDS = {"suite_version", "generator", "reason", "sha256", "bytes", "tree_hash"}
# Keys of a JSON Schema whose values are words.
SCHEMA_WORDS = {"doc", "description", "title"}


def tree_of(name, scratch):
    """The folder of vectors that a revision or a path names."""
    if Path(name).is_dir():
        return Path(name)
    target = Path(scratch) / name.replace("/", "_")
    target.mkdir()
    packed = subprocess.run(
        ["git", "archive", name, "--", "v1", "schema", "profiles", "MANIFEST.json", "REJECTIONS.json"],
        cwd=FOLDER, capture_output=True)
    if packed.returncode != 0:
        print(f"{name} is neither a folder nor a revision: {packed.stderr.decode().strip()}", file=sys.stderr)
        raise SystemExit(2)
    archive = target / "tree.tar"
    archive.write_bytes(packed.stdout)
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    archive.unlink()
    return target


def any_words(value):
    """A mark in place of words, so that words may change but not go, and not become something else."""
    return f"any {type(value).__name__}"


def without(keys, value, holds_names=False):
    """The value with a mark in place of the words under these keys, at every depth.

    The keys below `properties` of a JSON Schema are names of fields, whatever they are.
    """
    if isinstance(value, dict):
        return {
            key: any_words(inner)
            if key in keys and not holds_names
            else without(keys, inner, key == "properties" and not holds_names)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [without(keys, inner) for inner in value]
    return value


def layout(value):
    """A handler's layout: of `u64 (the height of the log)` the part before the words."""
    if isinstance(value, dict):
        return {key: any_words(inner) if key == "doc" else layout(inner) for key, inner in value.items()}
    return value.split(" (")[0] if isinstance(value, str) else value


def without_words(path, value):
    """What must be the same in both versions of a file."""
    if path.startswith("v1/"):
        # Only the sentence of a case is free. Nothing inside its input or its answer is.
        cases = [{**case, "doc": any_words(case["doc"])} for case in value["cases"]]
        return {**value, "cases": cases, "doc": any_words(value.get("doc"))}
    if path == "MANIFEST.json":
        return without(MANIFEST_WORDS, value)
    if path == "REJECTIONS.json":
        return without({"meaning"}, value)
    if path == "schema/types.json" or path.startswith("profiles/"):
        return value
    return layout(value) if path.startswith("schema/handlers/") else without(SCHEMA_WORDS, value)


def files_of(tree):
    parts = ["v1", "schema", "profiles"]
    paths = [path for part in parts for path in (tree / part).rglob("*") if path.is_file()]
    paths += [tree / "MANIFEST.json", tree / "REJECTIONS.json"]
    return {str(path.relative_to(tree)): path for path in paths}


def read(path, file, renamed):
    text = file.read_text(encoding="utf-8")
    for old, new in renamed:
        text = re.sub(rf"\b{re.escape(old)}\b", new, text)
    value = json.loads(text, object_pairs_hook=lambda pairs: without_repetition(path, pairs))
    return without_words(path, value)


def without_repetition(path, pairs):
    """The object with these keys, none of which may occur twice."""
    if len(dict(pairs)) != len(pairs):
        raise SystemExit(f"{path}: a key occurs twice in an object: {[key for key, _ in pairs]}")
    return dict(pairs)


def is_same(before, after):
    """Whether two values are the same JSON. In Python alone, 1, 1.0 and True would be equal."""
    return json.dumps(before, sort_keys=True) == json.dumps(after, sort_keys=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--renamed", action="append", default=[], metavar="OLD_TYPE=NEW_TYPE")
    arguments = parser.parse_args()
    renamed = [pair.split("=", 1) for pair in arguments.renamed]
    if any(len(pair) != 2 for pair in renamed):
        parser.error("--renamed takes OLD_TYPE=NEW_TYPE")
    with tempfile.TemporaryDirectory() as scratch:
        old, new = (files_of(tree_of(name, scratch)) for name in (arguments.old, arguments.new))
        faults = [f"only in {arguments.old}: {path}" for path in sorted(old.keys() - new.keys())]
        faults += [f"only in {arguments.new}: {path}" for path in sorted(new.keys() - old.keys())]
        cases = 0
        for path in sorted(old.keys() & new.keys()):
            # Types are renamed where layouts are described; values in cases are never touched.
            names = renamed if path.startswith("schema/") else []
            before, after = read(path, old[path], names), read(path, new[path], [])
            cases += len(after["cases"]) if path.startswith("v1/") else 0
            if not is_same(before, after):
                faults.append(f"differs in more than words: {path}")
    for fault in faults:
        print(fault)
    if faults or cases == 0:
        raise SystemExit(1)
    print(f"{len(new)} files with {cases} cases differ in nothing but words")


main()
