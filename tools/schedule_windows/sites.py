"""Finds the places where one thread's step may fall between two of another's.

Purpose: a race is searched where a schedule window widens it. Each read-modify-write and each store
that publishes therefore has a window beside it, or a sentence that says why it needs none.

Invariant: a window counts for a site when no other site is between them, both are in one function,
and at most MOST_LINES lines apart. So a site added beside an old one takes its window away.

What counts as a site: fetch_..., exchange and compare_exchange; a store that is not relaxed; a push
onto a lock-free stack; an operator on a variable that its file, or the header of the same name,
declares atomic. Stores under a lock alone publish by the lock, and are not sites.
"""

import dataclasses
import re

import tomllib

ROOMS = ("core", "collectors")
# Not part of a heap: the model checker, whose threads are modelled.
KITS = ("core/exploration/",)
MOST_LINES = 6

OPERATION = re.compile(
    r"(?:\.|->)(?P<name>fetch_(?:add|sub|or|and|xor)|exchange|compare_exchange(?:_strong|_weak)?"
    r"|store|bounded_push)\s*\("
)
WINDOW = re.compile(r"\bpass_window\(Window::(\w+)\)")
DECLARED = re.compile(r"\b(?:std::)?[aA]tomic<[^;{}()]*>\s+(\w+)\s*[;{=]")
OPENS_FUNCTION = re.compile(r"\(")
NOT_A_FUNCTION = re.compile(r"\b(?:class|struct|enum|namespace|union)\b")


@dataclasses.dataclass(frozen=True)
class Site:
    file: str
    line: int
    text: str  # receiver and operation
    window: str | None  # the one beside it

    def __str__(self):
        return f"{self.file}:{self.line}: {self.text}"


def without_comments(text):
    """The same length, with comments and the contents of strings blank."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.DOTALL)


def functions(text):
    """For each position the number of the outermost function around it, 0 outside of all."""
    numbers, depth, outer, count, since = [0] * len(text), 0, None, 0, 0
    for at, letter in enumerate(text):
        if letter == "{":
            head = re.sub(r"\btemplate\s*<[^{}()]*>", "", text[since:at])
            if outer is None and OPENS_FUNCTION.search(head) and not NOT_A_FUNCTION.search(head):
                outer, count = depth, count + 1
            depth += 1
        numbers[at] = count if outer is not None else 0
        if letter == "}":
            depth -= 1
            if outer == depth:
                outer = None
        if letter in "{};":
            since = at + 1
    return numbers


def closing(text, opening):
    """Position of the bracket that closes the one at `opening`."""
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] in "([") - (text[at] in ")]")
        if depth == 0:
            return at
    return len(text)


def receiver(text, end):
    """What is before `end`: names joined by . -> ::, with their calls and subscripts."""
    at = end
    while at > 0:
        if text[at - 1] in ")]":
            depth = 0
            while at > 0:
                at -= 1
                depth += (text[at] in ")]") - (text[at] in "([")
                if depth == 0:
                    break
        elif re.match(r"[\w.:]|->", text[at - 1 : at + 1]) or text[at - 2 : at] == "->":
            at -= 1
        else:
            break
    return re.sub(r"\s+", " ", text[at:end].strip())


def operations(text, atomics):
    """(position, receiver and operation) of every site."""
    for match in OPERATION.finditer(text):
        arguments = text[match.end() - 1 : closing(text, match.end() - 1)]
        if match["name"] == "store" and "memory_order_relaxed" in arguments:
            continue
        yield match.start(), f"{receiver(text, match.start())}{match.group()[:-1].strip()}"
    for name in atomics:
        operator = rf"(?:\+\+|--){name}\b|(?<![\w.:>]){name}\s*(?:\+\+|--|[+\-|&^]?=(?!=))"
        for match in re.finditer(operator, text):
            # A type before the name: another variable of that name is declared.
            if not re.search(r"[\w>&*]\s+$", text[: match.start()]):
                yield match.start(), re.sub(r"\s+", " ", match.group())


def atomics_of(path):
    """Variables that this file declares atomic, or the header of the same name."""
    names = set()
    for file in {path, path.with_suffix(".hpp")}:
        if file.exists():
            names.update(DECLARED.findall(without_comments(file.read_text(encoding="utf-8"))))
    return names


def lines_between(text, first, second):
    return sum(1 for line in text[first:second].split("\n")[1:] if line.strip())


def sites_of(path, name):
    text = without_comments(path.read_text(encoding="utf-8"))
    events = [(at, words, None) for at, words in operations(text, atomics_of(path))]
    events += [(match.start(), "", match.group(1)) for match in WINDOW.finditer(text)]
    events.sort()
    within = functions(text)
    found = []
    for i, (at, words, window) in enumerate(events):
        if window is not None:
            continue
        beside = None
        for neighbour in events[max(i - 1, 0) : i] + events[i + 1 : i + 2]:
            near = lines_between(text, *sorted((at, neighbour[0]))) <= MOST_LINES
            if neighbour[2] and near and within[at] == within[neighbour[0]] != 0:
                beside = beside or neighbour[2]
        found.append(Site(name, text.count("\n", 0, at) + 1, words, beside))
    return found


def all_sites(root):
    found = []
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.[ch]pp")):
            name = path.relative_to(root).as_posix()
            if not name.startswith(KITS) and not re.search(r"_(test|bench)\.cpp$", name):
                found += sites_of(path, name)
    return found


def read_proofs(path):
    """{(file, site): (times, why)}; raises ValueError for an entry that is not complete."""
    proofs = {}
    for entry in tomllib.loads(path.read_text(encoding="utf-8")).get("proof", []):
        if set(entry) - {"times"} != {"file", "sites", "why"} or not entry["why"].endswith("."):
            raise ValueError(f"{path}: an entry has file, sites, why (a sentence), times: {entry}")
        for site in entry["sites"]:
            if (entry["file"], site) in proofs:
                raise ValueError(f"{path}: {entry['file']}: {site} is listed twice")
            proofs[entry["file"], site] = (entry.get("times", 1), entry["why"])
    return proofs


def violations(root, proofs):
    """What to say: sites with neither window nor proof, and proofs of sites that are not there."""
    bare = {}
    for site in all_sites(root):
        if site.window is None:
            bare.setdefault((site.file, site.text), []).append(site)
    for key, sites in bare.items():
        times = proofs.get(key, (0, ""))[0]
        if len(sites) > times:
            proved = f"; {times} of {len(sites)} such sites are proved" if times else ""
            for site in sites:
                yield f"{site} has no schedule window beside it and no proof of its own{proved}"
    for (file, text), (times, _) in proofs.items():
        if len(bare.get((file, text), [])) < times:
            yield f"{file}: {text} is proved {times} times; fewer such sites have no window"
