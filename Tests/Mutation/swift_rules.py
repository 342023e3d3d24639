"""Finds in Swift source what can be broken about a rule: its conditions, its comparisons, its numbers, its calls.

No parser of Swift: a tokenizer that knows comments, strings and brackets, for code formatted by swift-format. What it
does not recognise it leaves alone; `mutate.py --list` shows what it found."""

import dataclasses
import re


@dataclasses.dataclass
class Mutant:
    """One way to break one place."""

    file: str
    line: int
    was: str
    """What the source says."""
    now: str
    """What it says when broken."""

    @property
    def name(self) -> str:
        return f"{self.file}: {self.was} => {self.now}"


@dataclasses.dataclass
class Place:
    """A piece of source, and the ways to break it."""

    start: int
    end: int
    variants: list[str]
    form: str = "({})"
    """How the choice between them is put back into the source."""


def blank(text: str) -> str:
    """The source with the same length, comments made of blanks, and strings of what is nothing in Swift."""
    out = list(text)

    def string(index: int) -> int:
        """The index behind the string that begins at `index`, what it interpolates included."""
        quote = '"""' if text.startswith('"""', index) else '"'
        index += len(quote)
        while not text.startswith(quote, index):
            if text.startswith("\\(", index):
                depth, index = 1, index + 2
                while depth:
                    if text[index] == '"':
                        index = string(index)
                        continue
                    depth += {"(": 1, ")": -1}.get(text[index], 0)
                    index += 1
            else:
                index += 2 if text[index] == "\\" else 1
        return index + len(quote)

    index = 0
    while index < len(text):
        start = index
        if text.startswith("//", index):
            index = text.find("\n", index)
        elif text[index] == '"':
            index = string(index)
        else:
            index += 1
            continue
        for blanked in range(start, index):
            if out[blanked] != "\n":
                out[blanked] = " " if text[start] == "/" else "¤"
    return "".join(out)


def close(code: str, start: int) -> int:
    """The index behind the bracket that closes the one at `start`."""
    depth = 0
    for index in range(start, len(code)):
        if code[index] in "([{":
            depth += 1
        elif code[index] in ")]}":
            depth -= 1
            if depth == 0:
                return index + 1
    raise ValueError("a bracket that nothing closes")


def until(code: str, start: int, stop: re.Pattern[str]) -> int:
    """The index of the first `stop` outside of brackets, from `start` on."""
    index = start
    while index < len(code):
        if stop.match(code, index):
            return index
        index = close(code, index) if code[index] in "([{" else index + 1
    return index


def split(code: str, start: int, end: int, by: re.Pattern[str]) -> list[tuple[int, int]]:
    """The pieces of a range between separators outside of brackets, without blanks around them."""
    pieces, begin, index = [], start, start
    while index < end:
        if code[index] in "([{":
            index = close(code, index)
        elif found := by.match(code, index):
            pieces.append((begin, index))
            index = begin = found.end()
        else:
            index += 1
    pieces.append((begin, end))
    trimmed = []
    for begin, stop in pieces:
        while begin < stop and code[begin].isspace():
            begin += 1
        while begin < stop and code[stop - 1].isspace():
            stop -= 1
        if begin < stop:
            trimmed.append((begin, stop))
    return trimmed


COMMA = re.compile(",")
JOIN = re.compile(r"&&|\|\|")
ELSE = re.compile(r"\belse\b")
BRACE = re.compile(r"\{")
EDGES = {">=": ">", "<=": "<", ">": ">=", "<": "<="}
COMPARES = re.compile(r" (>=|<=|>|<|==|!=) ")
STATEMENT = re.compile(r"\s*(return|switch|guard|let|var|for|if|do|throw|try|while)\b")


def conditions(text: str, code: str, start: int, end: int) -> list[Place]:
    """How to break a condition: taken for true and for false, each part of it, each comparison by its edge."""
    whole = text[start:end]
    variants = ["true", "false"]
    parts = split(code, start, end, JOIN)
    if len(parts) > 1:
        joins = set(re.findall(r"&&|\|\|", code[start:end]))
        for begin, stop in parts:
            # `true || x` is `true`, which is there already.
            for value in {"&&": ["true"], "||": ["false"]}[next(iter(joins))] if len(joins) == 1 else ["true", "false"]:
                variants.append(text[start:begin] + value + text[stop:end])
    for found in COMPARES.finditer(code, start, end):
        if edge := EDGES.get(found[1]):
            variants.append(text[start : found.start(1)] + edge + text[found.end(1) : end])
    return [Place(start, end, [variant for variant in variants if variant != whole])]


def places(text: str) -> list[Place]:
    """All that can be broken in a file of rules."""
    code = blank(text)
    # The words of refusals are not rules of their own; their tests read them.
    for found in re.finditer(r"(?:enum|struct) \w+: [^{\n]*\b\w*Refusal\b[^{]*\{|var (?:explanation|code|words|text)\b[^{]*\{", code):
        if code[found.end() - 1] != "{":  # It is inside one that is gone already.
            continue
        end = close(code, found.end() - 1)
        code = code[: found.start()] + re.sub(r"\S", " ", code[found.start() : end]) + code[end:]
    found_places: list[Place] = []

    def clauses(start: int, end: int) -> None:
        for begin, stop in split(code, start, end, COMMA):
            if not re.match(r"(let|var|case)\b", code[begin:]):
                found_places.extend(conditions(text, code, begin, stop))

    for found in re.finditer(r"\bguard\b", code):
        clauses(found.end(), until(code, found.end(), ELSE))
    for found in re.finditer(r"\bif\b|\bwhere\b", code):
        # A `where` of a generic declaration is no condition.
        line = code[code.rfind("\n", 0, found.start()) + 1 : found.start()]
        if found[0] == "where" and not re.match(r"\s*for\b", line):
            continue
        clauses(found.end(), until(code, found.end(), BRACE))
    def compared(start: int, end: int) -> None:
        """Where the comparison stands in an argument of a call, that argument is what is true or false."""
        if len(split(code, start, end, COMPARES)) > 1:
            found_places.extend(conditions(text, code, start, end))
            return
        index = start
        while (index := code.find("(", index, end)) >= 0:
            stop = close(code, index)
            for begin, last in split(code, index + 1, stop - 1, COMMA):
                if COMPARES.search(code, begin, last):
                    label = re.match(r"\w+: ", code[begin:last])
                    compared(begin + (label.end() if label else 0), last)
            index = stop

    # The whole of something that is true or false; what a protocol asks for is not there to be broken.
    for found in re.finditer(r"(?:: |-> )Bool \{(?! get \})", code):
        end = close(code, found.end() - 1) - 1
        if not STATEMENT.match(code, found.end()) and (body := split(code, found.end(), end, re.compile("\n\n"))):
            found_places.extend(conditions(text, code, *body[0]))
    # What is looked for, or left out.
    for found in re.finditer(r"\b(?:filter|contains|allSatisfy|firstIndex|first)(?:\(where:)? ?\{", code):
        start, end = found.end(), close(code, found.end() - 1) - 1
        if re.search(r"\$0", code[start:end]) and not STATEMENT.match(code, start):
            if parameter := re.match(r" *\w+ in\s", code[start:end]):
                start += parameter.end()
            found_places.extend(conditions(text, code, *split(code, start, end, re.compile("\n\n"))[0]))
    # What is true or false in a `let`, and what a choice hangs on.
    for found in re.finditer(r"(?:^|\s)(?:let \w+|var \w+|return) ?=? ([^\n{]+? (?:>=|<=|>|<|==|!=) [^\n{?]+?)(?= \?|\n)", code):
        if len(split(code, *found.span(1), COMMA)) == 1 and found[1].count("(") == found[1].count(")"):
            compared(found.start(1), found.end(1))
    # One of a list fewer.
    for found in re.finditer(r"\[(\.[^\]\[]+)\]\.contains\(", code):
        items, end = split(code, *found.span(1), COMMA), close(code, found.end() - 1)
        variants = [
            text[found.start() : end].replace(text[begin:stop], "", 1).replace("[, ", "[").replace(", ]", "]")
            for begin, stop in items
        ]
        variants = [re.sub(r",\s*,", ",", variant) for variant in variants if len(items) > 1]
        if variants:
            found_places.append(Place(found.start(), end, variants))
    # The greater for the smaller.
    for found in re.finditer(r"(?<![.\w])(max|min)\(", code):
        end = close(code, found.end() - 1)
        other = {"max": "min", "min": "max"}[found[1]]
        found_places.append(Place(found.start(), end, [other + text[found.end() - 1 : end]]))
    for found in re.finditer(r"\.(max|min)\(\)", code):
        other = {"max": "min", "min": "max"}[found[1]]
        found_places.append(Place(found.start(), found.end(), [f".{other}()"], f".{found[1]}OrOther({{}})"))
    # A step left out.
    for found in re.finditer(r"^ +((?:_ = )?try [\w.]+\()", code, re.M):
        end = close(code, found.end() - 1)
        if text[end : end + 1] == "\n":
            found_places.append(Place(found.start(1), end, ["nothing"], "if {} {{ SOURCE }}"))
    # A number one greater.
    for found in re.finditer(r"^ *(?:public |private |fileprivate )?static let [^\n]*$|^ +self\.?\w* = \d+$|^ +\w+ = \d+$", code, re.M):
        for number in re.finditer(r"(?<![\w.])\d[\d_]*(?![\w.\]])", found[0]):
            start = found.start() + number.start()
            value = int(number[0].replace("_", ""))
            found_places.append(Place(start, start + len(number[0]), [str(value + 1)]))
    # A place inside another would be broken twice: the inner one stays, as a part of the outer ones.
    found_places.sort(key=lambda place: (place.start, -place.end))
    seen: set[tuple[int, int]] = set()
    kept = []
    for place in found_places:
        if (place.start, place.end) not in seen:
            seen.add((place.start, place.end))
            kept.append(place)
    return kept


def mutate(file: str, text: str, first: int) -> tuple[str, list[Mutant]]:
    """The source in which a number chooses what is broken, and what the numbers from `first` on stand for."""
    mutants: list[Mutant] = []
    every = places(text)

    def one(line: str) -> str:
        return " ".join(line.split())

    def render(start: int, end: int, among: list[Place]) -> str:
        """A range of the source with the places in it made choices."""
        out, index = "", start
        remaining = [place for place in among if start <= place.start and place.end <= end]
        while remaining:
            place = remaining.pop(0)
            inner = [other for other in remaining if other.end <= place.end]
            remaining = [other for other in remaining if other.start >= place.end]
            out += text[index : place.start]
            numbers = []
            for variant in place.variants:
                number = first + len(mutants)
                numbers.append(number)
                line = text.count("\n", 0, place.start) + 1
                context = text[place.start : place.end]
                if place.end - place.start < 12:
                    begin = text.rfind("\n", 0, place.start) + 1
                    stop = text.find("\n", place.end)
                    context = text[begin:stop]
                    variant_text = text[begin : place.start] + variant + text[place.end : stop]
                else:
                    variant_text = variant
                mutants.append(Mutant(file, line, one(context), one(variant_text)))
            source = render(place.start, place.end, inner)
            if "SOURCE" in place.form:
                out += f"if !isMutant({numbers[0]}) {{ {source} }}"
            elif "OrOther" in place.form:
                out += place.form.format(numbers[0])
            else:
                choice = source
                for number, variant in reversed(list(zip(numbers, place.variants))):
                    choice = f"isMutant({number}) ? {variant} : ({choice})"
                out += f"({choice})"
            index = place.end
        return out + text[index:end]

    return render(0, len(text), every), mutants
