"""Makes HTML of reStructuredText and highlights code, for a server that starts this as `python3 -I -c`.

usage: render.py SECONDS MEMORY OUTPUT PATIENCE

    SECONDS  of processor time that one text may take
    MEMORY   bytes that the process of one text may have
    OUTPUT   bytes of HTML that may become of one
    PATIENCE seconds on the clock, after which one is given up

Requests come in on standard input and answers go out on standard output, which are one socket. Each is a frame: its
length in four bytes, its kind in one, and that many bytes. The first frame goes out by itself and says what there is
here to work with.

A text is looked at in a process of its own, a copy of this one, which has read everything it needs and does nothing but
wait. What a text does ends with its process: the next meets nothing of it. The copy opens no file but Python's own
modules, starts nothing and reaches nobody. Its HTML is not trusted by the server all the same.
"""
import gc
import os
import resource
import signal
import socket
import struct
import sys
from html import escape

# Kinds of requests.
STRICT, LENIENT, CODE = range(3)
# Kinds of answers: HTML; a text with mistakes that had to have none; a limit that the text went beyond or a mistake of
# a library with it, which it would meet again; no library for it; not done in time or killed, which may be the
# machine's fault.
HTML, UNCLEAN, REFUSED, ABSENT, LATE = range(5)

# What is highlighted, by the first letters of Pygments' short names for kinds of tokens. The rest stands as it is.
HIGHLIGHTS = {"c": "hl-c", "k": "hl-k", "ow": "hl-k", "s": "hl-s", "m": "hl-m", "nf": "hl-f", "nc": "hl-f", "nd": "hl-f",
              "fm": "hl-f", "nb": "hl-b", "nt": "hl-b", "bp": "hl-b", "na": "hl-a", "gi": "hl-i", "gd": "hl-d",
              "gh": "hl-h", "gu": "hl-h", "gp": "hl-p", "go": "hl-p"}


# How authors call languages that Pygments knows by another name.
ALIASES = {"yml": "yaml", "jsonc": "json", "json5": "json", "cfg": "ini", "conf": "ini", "env": "ini", "dotenv": "ini",
           "sh-session": "console", "terminal": "console"}


class TooMuch(Exception):
    """A text that becomes more HTML than it may, or none at all."""


def highlight(name):
    """Our class for a short name of Pygments; None for what stands as it is."""
    return HIGHLIGHTS.get(name[:2]) or HIGHLIGHTS.get(name[:1])


try:
    import pygments
    from pygments.lexers import get_lexer_by_name
    from pygments.token import STANDARD_TYPES
    from pygments.util import ClassNotFound
except ImportError:
    pygments = None

try:
    import docutils
    from docutils import nodes
    from docutils.core import publish_doctree
except ImportError:
    docutils = None


# MARK: Code


def highlighted(languages_and_codes):
    """For each code its HTML, or None where nobody knows the language."""
    return [code_html(*pair) for pair in languages_and_codes]


def code_html(language, code):
    try:
        language = language.lower()
        lexer = get_lexer_by_name(ALIASES.get(language, language), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    parts, size, kept, run = [], 0, None, []
    for kind, text in [*lexer.get_tokens(code), (None, "")]:
        name = kind and highlight(STANDARD_TYPES.get(kind) or STANDARD_TYPES.get(kind.parent) or "")
        if name == kept and kind is not None:
            run.append(text)
            continue
        if run:
            html = escape("".join(run))
            parts.append(f'<span class="{kept}">{html}</span>' if kept else html)
            size += len(parts[-1])
            if size > OUTPUT:
                raise TooMuch
        kept, run = name, [text]
    return "".join(parts)


# MARK: reStructuredText

if docutils:

    # Nothing is read but the text, no HTML comes through as it is, and no file of settings is looked for.
    SETTINGS = {
        "file_insertion_enabled": False, "raw_enabled": False, "_disable_config": True, "halt_level": 5,
        "report_level": 2, "doctitle_xform": False, "docinfo_xform": False, "sectsubtitle_xform": False,
        "input_encoding": "unicode", "strip_comments": True, "syntax_highlight": "short", "toc_backlinks": False,
        "smart_quotes": False, "pep_references": False, "rfc_references": False, "record_dependencies": None,
        "traceback": True, "language_code": "en",
    }

    class Mistakes:
        """Counts what docutils complains about."""

        count = 0

        def write(self, text):
            self.count += 1

    # Nodes that are one element of HTML each.
    ELEMENTS = {
        "emphasis": "em", "strong": "strong", "literal": "code", "subscript": "sub", "superscript": "sup",
        "title_reference": "cite", "abbreviation": "abbr", "acronym": "abbr", "math": "code", "bullet_list": "ul",
        "list_item": "li", "definition_list": "dl", "definition": "dd", "block_quote": "blockquote",
        "field_list": "dl", "field_body": "dd", "option_list": "dl", "option_group": "dt",
        "description": "dd", "option_string": "kbd", "option_argument": "var", "doctest_block": "pre",
        "math_block": "pre", "figure": "figure", "caption": "figcaption", "attribution": "p", "table": "table",
        "thead": "thead", "tbody": "tbody", "row": "tr", "topic": "div", "sidebar": "div", "container": "div",
        "compound": "div", "legend": "div",
    }

    # Admonitions, by the five alerts that there are here.
    ALERTS = {
        "note": "note", "tip": "tip", "hint": "tip", "important": "important", "warning": "warning",
        "attention": "warning", "caution": "caution", "danger": "caution", "error": "caution", "admonition": "note",
    }

    # Nodes that are not shown, with all that is in them.
    SKIPPED = {"comment", "substitution_definition", "pending", "meta", "raw", "header", "footer", "colspec", "decoration"}

    # Where a paragraph that is alone needs no tags of its own.
    TIGHT = (nodes.list_item, nodes.field_body, nodes.description, nodes.entry, nodes.definition)

    class Translator(nodes.NodeVisitor):
        """Writes a document as plain HTML: no style, no script, no class but those that the server knows."""

        def __init__(self, document):
            super().__init__(document)
            self.parts = []
            self.size = 0
            self.level = 0
            self.lines = 0

        def put(self, html):
            self.size += len(html)
            if self.size > OUTPUT:
                raise TooMuch
            self.parts.append(html)

        def anchors(self, node):
            """The attribute with the first of a node's ids; the others become spans before it."""
            first, *others = [*node.get("ids", []), None]
            for other in others[:-1]:
                self.put(f'<span id="{escape(other)}"></span>')
            return f' id="{escape(first)}"' if first else ""

        def dispatch_visit(self, node):
            name = type(node).__name__
            if name in SKIPPED:
                raise nodes.SkipNode
            visit = getattr(self, "visit_" + name, None)
            if visit:
                return visit(node)
            if name in ALERTS:
                self.put(f'<div class="alert alert-{ALERTS[name]}"{self.anchors(node)}>')
                if name != "admonition":
                    self.put(f'<p class="alert-title">{name.title()}</p>')
            elif name in ELEMENTS:
                anchors = self.anchors(node)
                self.put(f"<{ELEMENTS[name]}{anchors}>")
            else:
                # What nobody knows is its content.
                for identifier in node.get("ids", []):
                    self.put(f'<span id="{escape(identifier)}"></span>')

        def dispatch_departure(self, node):
            name = type(node).__name__
            depart = getattr(self, "depart_" + name, None)
            if depart:
                return depart(node)
            if name in ALERTS:
                self.put("</div>\n")
            elif name in ELEMENTS:
                self.put(f"</{ELEMENTS[name]}>")
                if isinstance(node, (nodes.Body, nodes.Part)):
                    self.put("\n")

        def visit_Text(self, node):
            self.put(escape(node.astext()))

        def depart_Text(self, node):
            pass

        # Sections and titles

        def visit_section(self, node):
            self.level += 1

        def depart_section(self, node):
            self.level -= 1

        def title_tag(self, node):
            if isinstance(node.parent, nodes.section):
                return f"h{min(self.level, 6)}"
            return "caption" if isinstance(node.parent, nodes.table) else "p"

        def visit_title(self, node):
            tag = self.title_tag(node)
            if isinstance(node.parent, nodes.section):
                self.put(f"<{tag}{self.anchors(node.parent)}>")
            elif isinstance(node.parent, nodes.Admonition):
                self.put('<p class="alert-title">')
            else:
                self.put(f"<{tag}>" if tag == "caption" else "<p><strong>")

        def depart_title(self, node):
            tag = self.title_tag(node)
            isBold = tag == "p" and not isinstance(node.parent, nodes.Admonition)
            self.put("</strong></p>\n" if isBold else f"</{tag}>\n")

        def visit_subtitle(self, node):
            self.put("<p><strong>")

        def depart_subtitle(self, node):
            self.put("</strong></p>\n")

        visit_rubric, depart_rubric = visit_subtitle, depart_subtitle

        # Blocks

        def isTight(self, node):
            """Whether a paragraph is all that its parent has of text of its own."""
            parent = node.parent
            return (isinstance(parent, TIGHT) and parent[0] is node
                    and not any(isinstance(child, nodes.paragraph) for child in parent[1:]))

        def visit_paragraph(self, node):
            if not self.isTight(node) or node.get("ids"):
                self.put(f"<p{self.anchors(node)}>")

        def depart_paragraph(self, node):
            if not self.isTight(node) or node.get("ids"):
                self.put("</p>\n")

        def visit_transition(self, node):
            self.put("<hr>\n")

        def depart_transition(self, node):
            pass

        def visit_enumerated_list(self, node):
            kinds = {"loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}
            kind = kinds.get(node.get("enumtype"))
            start = node.get("start")
            self.put("<ol" + (f' type="{kind}"' if kind else "") + (f' start="{start}"' if start else "")
                     + self.anchors(node) + ">\n")

        def depart_enumerated_list(self, node):
            self.put("</ol>\n")

        def visit_term(self, node):
            self.put(f"<dt{self.anchors(node)}>")

        def depart_term(self, node):
            # Its classifiers follow, and belong to it.
            following = node.parent[node.parent.index(node) + 1:]
            if not (following and isinstance(following[0], nodes.classifier)):
                self.put("</dt>\n")

        def visit_classifier(self, node):
            self.put(" : <em>")

        def depart_classifier(self, node):
            self.put("</em>")
            following = node.parent[node.parent.index(node) + 1:]
            if not (following and isinstance(following[0], nodes.classifier)):
                self.put("</dt>\n")

        def visit_field_name(self, node):
            self.put(f"<dt{self.anchors(node)}>")

        def depart_field_name(self, node):
            self.put(":</dt>\n")

        def visit_option(self, node):
            if node.parent.index(node):
                self.put(", ")

        def depart_option(self, node):
            pass

        def visit_option_argument(self, node):
            self.put(escape(node.get("delimiter", " ")) + "<var>")

        def visit_line_block(self, node):
            if not isinstance(node.parent, nodes.line_block):
                self.put(f"<p{self.anchors(node)}>")
            self.lines += 1

        def depart_line_block(self, node):
            self.lines -= 1
            if not self.lines:
                self.put("</p>\n")

        def visit_line(self, node):
            self.put("\u00a0" * 4 * min(self.lines - 1, 20))

        def depart_line(self, node):
            self.put("<br>\n")

        def visit_literal_block(self, node):
            classes = node.get("classes", [])
            language = classes[1] if classes[:1] == ["code"] and len(classes) > 1 else None
            self.put(f"<pre{self.anchors(node)}>")
            # Parsed literals have markup in them and are no code.
            self.put(f'<code class="language-{escape(language)}">' if language else "<code>")

        def depart_literal_block(self, node):
            self.put("</code></pre>\n")

        def visit_inline(self, node):
            name = next(filter(None, map(highlight, node.get("classes", []))), None)
            isCode = isinstance(node.parent, (nodes.literal_block, nodes.literal))
            # Most of what docutils marks in code means nothing here.
            node["isShown"] = bool(node.get("ids") or name and isCode)
            if node["isShown"]:
                self.put(f'<span class="{name}">' if name and isCode else f"<span{self.anchors(node)}>")

        def depart_inline(self, node):
            self.put("</span>" if node["isShown"] else "")

        # Tables

        def visit_entry(self, node):
            tag = self.cell_tag(node)
            rows, columns = node.get("morerows", 0), node.get("morecols", 0)
            self.put(f"<{tag}" + (f' rowspan="{rows + 1}"' if rows else "")
                     + (f' colspan="{columns + 1}"' if columns else "") + ">")

        def depart_entry(self, node):
            self.put(f"</{self.cell_tag(node)}>")

        def cell_tag(self, node):
            row = node.parent
            isStub = (isinstance(row.parent, nodes.tbody) and row.index(node) == 0
                      and any(spec.get("stub") for spec in row.parent.parent[:1] if isinstance(spec, nodes.colspec)))
            return "th" if isinstance(row.parent, nodes.thead) or isStub else "td"

        # Links, notes, pictures

        def isPicture(self, node):
            """Whether a node is a picture, or one with a link, that stands by itself and not in a line of text."""
            isLinked = isinstance(node, nodes.reference) and len(node) == 1 and isinstance(node[0], nodes.image)
            return (isLinked or isinstance(node, nodes.image)) and not isinstance(
                node.parent, (nodes.TextElement, nodes.figure))

        def beginPictures(self, node):
            """Begins a line of pictures: those that follow each other stand side by side, as badges do."""
            if self.isPicture(node) and not self.isPictureBeside(node, -1):
                self.put("<p>")

        def endPictures(self, node):
            if self.isPicture(node):
                self.put("\n" if self.isPictureBeside(node, 1) else "</p>\n")

        def isPictureBeside(self, node, distance):
            place = node.parent.index(node) + distance
            return 0 <= place < len(node.parent) and self.isPicture(node.parent[place])

        def visit_reference(self, node):
            self.beginPictures(node)
            address = node.get("refuri") or ("#" + node["refid"] if node.get("refid") else None)
            self.put(f'<a href="{escape(address)}"{self.anchors(node)}>' if address else f"<a{self.anchors(node)}>")

        def depart_reference(self, node):
            self.put("</a>")
            self.endPictures(node)

        def visit_target(self, node):
            # One with an address is where references to it lead, and nothing on the page.
            for identifier in [] if node.get("refuri") else node.get("ids", []):
                self.put(f'<span id="{escape(identifier)}"></span>')

        def depart_target(self, node):
            pass

        def visit_footnote_reference(self, node):
            self.put(f'<sup><a href="#{escape(node.get("refid", ""))}"{self.anchors(node)}>')

        def depart_footnote_reference(self, node):
            self.put("</a></sup>")

        def visit_citation_reference(self, node):
            self.put(f'<a href="#{escape(node.get("refid", ""))}"{self.anchors(node)}>[')

        def depart_citation_reference(self, node):
            self.put("]</a>")

        NOTES = (nodes.footnote, nodes.citation)

        def visit_footnote(self, node):
            if not self.isNote(node, -1):
                self.put('<div class="footnotes"><dl>\n')

        def depart_footnote(self, node):
            self.put("</dd>\n")
            if not self.isNote(node, 1):
                self.put("</dl></div>\n")

        visit_citation, depart_citation = visit_footnote, depart_footnote

        def isNote(self, node, distance):
            """Whether the node so far from another is a note too, so that both stand in one list."""
            place = node.parent.index(node) + distance
            return 0 <= place < len(node.parent) and isinstance(node.parent[place], self.NOTES)

        def visit_label(self, node):
            backrefs = node.parent.get("backrefs", [])
            self.put(f"<dt{self.anchors(node.parent)}>[")
            if len(backrefs) == 1:
                self.put(f'<a href="#{escape(backrefs[0])}">')

        def depart_label(self, node):
            backrefs = node.parent.get("backrefs", [])
            self.put("</a>]" if len(backrefs) == 1 else "]")
            if len(backrefs) > 1:
                ways = ",".join(f'<a href="#{escape(way)}">{n}</a>' for n, way in enumerate(backrefs, 1))
                self.put(f" ({ways})")
            self.put("</dt>\n<dd>")

        def visit_image(self, node):
            self.beginPictures(node)
            self.put(f'<img src="{escape(node.get("uri", ""))}" alt="{escape(node.get("alt", ""))}"{self.anchors(node)}>')

        def depart_image(self, node):
            self.endPictures(node)

        # Mistakes

        def visit_system_message(self, node):
            # What was not understood is shown as it is written; the complaint is for its author.
            for literal in node.findall(nodes.literal_block):
                self.put(f"<pre><code>{escape(literal.astext().rstrip())}</code></pre>\n")
            raise nodes.SkipNode

        def visit_problematic(self, node):
            pass

        def depart_problematic(self, node):
            pass


def rendered(text, isStrict):
    """The HTML of a text; None where it has to be without mistakes and has some."""
    mistakes = Mistakes()
    document = publish_doctree(text, settings_overrides={**SETTINGS, "warning_stream": mistakes})
    if isStrict and mistakes.count:
        return None
    translator = Translator(document)
    document.walkabout(translator)
    html = "".join(translator.parts)
    # A line that is too long, for example, and docutils gives the whole text up.
    if not html.strip() and text.strip():
        raise TooMuch
    return html


# MARK: One text


def answer(kind, payload):
    """The kind of the answer to a request, and the answer."""
    if kind == CODE:
        if not pygments:
            return ABSENT, b""
        codes, at = [], 0
        while at < len(payload):
            language_size, code_size = struct.unpack_from(">II", payload, at)
            at += 8
            language = payload[at:at + language_size].decode()
            codes.append((language, payload[at + language_size:at + language_size + code_size].decode()))
            at += language_size + code_size
        html = [None if html is None else html.encode() for html in highlighted(codes)]
        # Nobody's code is as long as what stands for none.
        return HTML, b"".join(struct.pack(">I", 0xFFFFFFFF) if part is None else struct.pack(">I", len(part)) + part
                              for part in html)
    if not docutils:
        return ABSENT, b""
    html = rendered(payload.decode(), kind == STRICT)
    return (UNCLEAN, b"") if html is None else (HTML, html.encode())


# Where Python's own modules are.
LIBRARIES = tuple(os.path.join(os.path.realpath(path), "") for path in sys.path if path)


def refuse(event, arguments):
    """Lets a text's process read modules, and do nothing else to the world."""
    if event == "open":
        path, _, flags = arguments
        isModule = isinstance(path, (str, bytes)) and os.path.abspath(os.fsdecode(path)).startswith(LIBRARIES)
        if not isModule or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC):
            raise PermissionError("a text opens no file")
    elif event.split(".")[0] in ("socket", "subprocess", "os", "ctypes", "shutil", "urllib", "pty", "mmap", "signal"):
        if event not in ("os.listdir", "os.scandir"):
            raise PermissionError("a text does nothing but become HTML")


def limit(kind, value):
    resource.setrlimit(kind, (value, value))


def take(kind, payload, out):
    """What the copy does: answers one request into a pipe, within the limits, and ends."""
    signal.alarm(PATIENCE)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    limit(resource.RLIMIT_AS, MEMORY)
    limit(resource.RLIMIT_NPROC, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    sys.addaudithook(refuse)
    try:
        answered, html = answer(kind, payload)
        if len(html) > OUTPUT:
            raise TooMuch
    except BaseException:
        # Too deep, too large, too much, or a mistake of docutils with this text: all the same to its reader.
        answered, html = REFUSED, b""
    view = memoryview(bytes([answered]) + html)
    while view:
        view = view[os.write(out, view):]


# MARK: All texts


def receive(connection, size):
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            # The server has gone.
            sys.exit()
        data += piece
    return bytes(data)


def send(connection, kind, payload):
    connection.sendall(struct.pack(">IB", len(payload), kind) + payload)


def serve():
    connection = socket.socket(fileno=0)
    # Whatever the server had open, and wherever it was.
    os.closerange(3, 1 << 20)
    os.chdir("/")
    limit(resource.RLIMIT_CORE, 0)
    versions = [f"python {sys.version_info[0]}.{sys.version_info[1]}"]
    if docutils:
        versions.append(f"docutils {docutils.__version__}")
        # Once, so that everything that a usual text needs is here before it comes.
        rendered(".. code:: python\n\n   a\n\n.. note:: *a* `b <https://example.org>`__ |c|\n\n.. |c| image:: d\n\n"
                 "=  =\na  b\n=  =\n\n.. list-table::\n\n   * - a\n\n.. contents::\n\n:sub:`a` [1]_\n\n.. [1] b\n", False)
    if pygments:
        versions.append(f"pygments {pygments.__version__}")
        for language in ("console", "toml", "yaml", "json", "diff", "ini"):
            code_html(language, "a")
    gc.collect()
    gc.freeze()
    send(connection, HTML, ", ".join(versions).encode())
    while True:
        size, kind = struct.unpack(">IB", receive(connection, 5))
        payload = receive(connection, size)
        inside, outside = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(inside)
            connection.close()
            take(kind, payload, outside)
            os._exit(0)
        os.close(outside)
        del payload
        said = bytearray()
        while piece := os.read(inside, 1 << 16):
            said += piece
        os.close(inside)
        _, status = os.waitpid(child, 0)
        if status == 0 and said:
            send(connection, said[0], bytes(said[1:]))
        else:
            # The limit of processor time is the text's own fault. Whatever else ended it may be the machine's, which
            # kills where its memory is short: with more of it, the same text becomes HTML.
            isBeyond = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
            send(connection, REFUSED if isBeyond else LATE, b"")


if __name__ == "__main__":
    SECONDS, MEMORY, OUTPUT, PATIENCE = map(int, sys.argv[1:])
    serve()
