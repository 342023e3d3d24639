"""Where the answers to the same request may differ, and why: kinds of requests, what differs, the
reason. `400 → 200` is an answer of the edge and the other one; `-` is no answer; `404: body` is of the same status. No
answer is left open: an error of the server, or an answer more, is never what is permitted."""

NGINX = "nginx before the edge"
PLAIN = "Hummingbird alone"
GUESSING = "x-content-type-options"

PERMITTED = {
    NGINX: [
        (["cut", "noise", "versions"], ["400 → -", "505 → -"],
         "nginx hangs up without a word where a request is not whole, or is of HTTP/0.9."),
        (["noise", "methods", "fields", "lengths"], ["501 → 400", "405 501 → 405 400"],
         "What begins with no known method is no request at all to nginx."),
        (["methods"], ["501 → 405"], "CONNECT: nginx knows it and does not allow it."),
        (["chunks"], ["400 → 501"], "Both refuse what is no chunked coding; nginx does not know it, the edge does not read it."),
        (["chunks"], ["400 → 401", "400 → 405"],
         "nginx takes a bare line feed and blanks in chunks, and writes the chunks anew for the edge."),
        (["lengths"], ["400 → 401", "400 → 405"], "nginx takes blanks behind a length, and writes it anew for the edge."),
        (["conditions"], ["200 → 400", "304 → 400"],
         "nginx takes one If-None-Match or If-Match; the edge reads several as one list."),
        (["expectations"], ["200 → 100 200", "401 → 100 401", "405 → 100 405"],
         "nginx says itself that it waits for the body, anyone who is asked for it behind."),
        (["expectations"], ["417 → 200", "417 → 401", "417 → 405"],
         "nginx answers expectations itself, and passes none on that it does not know."),
        (["fields"], ["400 → 200"], "nginx leaves out fields whose names it does not like, and says nothing."),
        (["fields", "versions"], ["505 → 200", "505 → 400", "505 → 404"],
         "nginx takes a bare line feed at the end of a line, blanks behind the version, and every HTTP/1."),
        (["versions"], [f"{status}: content-length, content-type, {GUESSING}" for status in (505, 400)],
         "nginx answers a HEAD that it refuses with the header of its page, or with none."),
        (["encodings"], [f"400: content-length, content-type, {GUESSING}"], "The same, where nginx refuses the address."),
        (["forms of target"], ["400 → 200"],
         "nginx makes an address with a host a path, whatever its scheme, as a proxy may (RFC 9112, section 3.2.2)."),
        (["forms of target", "sizes"], ["431 → 414", "431 → 400", "200 → 400", "404 → 400"],
         "nginx reads a line of at most 8 KiB, and headers of at most 32; the edge 16 and 64."),
    ],
    PLAIN: [
        (["chunks", "cut", "fields", "forms of target", "lengths", "noise", "versions"],
         [f"400: {body}content-length, content-type, {GUESSING}" for body in ("body, ", "")],
         "What NIO's parser refuses, Hummingbird refuses without a word; the edge says what is wrong."),
        (["fields", "noise", "methods", "versions"], ["501 → 400", "505 → 400"],
         "It has one status for all that the parser refuses."),
        (["hosts", "noise"], ["400 → 200"], "It does not look at Host: none, two, and what is no host."),
        (["forms of target"], ["400 → 200"], "It takes a path out of any address, and compares its host with nothing."),
        (["chunks"], [f"{ours} → {theirs}{end}" for ours in (400, 501) for theirs in (200, 401, 405) for end in ("", " 400")],
         "It takes any coding, and chunks in HTTP/1.0, and answers before the body has been read; what it then finds out to "
         "be no chunk is refused behind the answer. The edge refuses a request whose end is in doubt."),
        (["lengths"], ["400 → 401", "400 → 405"], "It takes blanks behind a length."),
        (["lengths"], ["405 501 → 405 400"], "What follows a request without a length is read as the next one."),
        (["methods"], ["405 → 404", "501 → 404"], "TRACE and CONNECT go to the routes, which know no such address."),
        (["expectations"], ["417 → 200", "417 → 401", "417 → 405"], "It does not look at Expect."),
        (["forms of target", "sizes"], ["431 → 200", "431 → 404", "431 → 414"], "It takes headers of 80 KiB, and a thousand fields."),
    ],
}
