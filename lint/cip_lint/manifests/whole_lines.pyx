# cython: boundscheck=False, wraparound=False, auto_pickle=False
"""Documents in which lines are wholes: their values and places, as of libyaml, but sooner.

Most manifests are nothing but block mappings and sequences, and scalars that stand on a
line each or in a block of lines. What such lines mean can be said without tokens and
events, in a third of the time. The grammar is small on purpose: it holds what YAML 1.1,
YAML 1.2 and every libyaml read alike. Whatever else stands in a document (a tab, an
anchor, a scalar that goes on in the next line, any error) is for the readers beside this
one: then there is no answer here, and of a key written twice there is no value. What a
scalar means is said where they ask for it, too (see ``meanings``).
"""

from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from libc.stdlib cimport free, malloc
from libc.string cimport memchr, memcpy

from cip_lint.manifests.scalars import ScalarError

include "compiled_meanings.pxi"

# How deep the functions below call each other: nodes may nest deeper.
cdef int DEEPEST = 100
# YAML knows a key by its length, too: up to 1,024 characters.
cdef Py_ssize_t LONGEST_KEY = 512

# What a character may be, outside quotes: one of a key or of a word in brackets; the
# first of one of these; the first of a plain scalar.
cdef enum:
    IN_WORD = 1
    BEGINS_WORD = 2
    BEGINS_PLAIN = 4

cdef unsigned char roles[256]
for number in range(256):
    # Above are bytes of characters that are not ASCII.
    character = chr(number) if number < 0x80 else "é"
    is_of_words = number < 0x80 and (character.isalnum() or character in "_./$")
    roles[number] = (
        IN_WORD * (is_of_words or character == "-")
        | BEGINS_WORD * is_of_words
        | BEGINS_PLAIN * (number > 0x20 and character not in "-?:,[]{}#&*!|>'\"%@`")
    )

# Any other style of a scalar is the character that it begins with.
cdef enum:
    PLAIN = 0

cdef dict styles = {PLAIN: "", **{ord(style): style for style in "\"'|>"}}

ctypedef struct Lines:
    const char *text
    # Where reading stands; in a line that was gone on to, first at its content.
    const char *at
    # Where that line begins.
    const char *begin
    const char *end
    # Of the content; -1 behind the last line.
    Py_ssize_t column
    int depth
    # Places are made, and no values.
    bint are_places
    # Equal collections are one, among values.
    bint is_sharing


def line_value(str text, bint is_sharing):
    """Return the value of a document, and the offset behind its root node.

    None where a line of it is no whole. ``text`` is all of the document; ``is_sharing``:
    whether equal collections are one.
    """
    cdef Lines lines
    lines.are_places = False
    lines.is_sharing = is_sharing
    if not are_in(&lines, text):
        return None
    try:
        start(&lines)
        if lines.column < 0:
            return None if is_explicit(&lines) else (None, len(text))
        value = node(&lines, -1)
    except (NotEasyError, ScalarError):
        return None
    return (value, len(text)) if lines.column < 0 else None


def line_places(str text):
    """Return the places of the nodes of a document, from its root on.

    Start, end, style and key of a scalar, which is a key or has none; start, end and
    parts of a collection, whether these are pairs, and whether brackets are around. None
    where a line of the document is no whole, and where it holds more than ASCII: offsets
    are those of characters.
    """
    cdef Lines lines
    lines.are_places = True
    lines.is_sharing = False
    if not text.isascii() or not are_in(&lines, text):
        return None
    try:
        start(&lines)
        if lines.column < 0:
            return None
        root = node(&lines, -1)
    except NotEasyError:
        return None
    return root if lines.column < 0 else None


cdef bint are_in(Lines *lines, str text) except -1:
    """Take a text; whether its lines, and the characters in them, are ordinary ones."""
    cdef Py_ssize_t size = 0
    try:
        lines.text = PyUnicode_AsUTF8AndSize(text, &size)
    except UnicodeEncodeError:
        return False
    lines.at = lines.text
    lines.end = lines.text + size
    lines.depth = 0
    return size and (lines.end - 1)[0] == c"\n" and not has_odd(lines.text, lines.end)


cdef bint is_explicit(Lines *lines) noexcept:
    """Whether a line says that the document begins."""
    cdef const char *at = lines.text
    return at[0] == c"-" and at[1] == c"-" and at[2] == c"-"


cdef int start(Lines *lines) except -1:
    """Go to the first line with content, behind what may begin the document."""
    if is_explicit(lines):
        lines.at += 3
        leave(lines)
    go_on(lines)
    return 0


cdef bint has_odd(const char *text, const char *end) noexcept:
    """Whether a character is neither printable nor a line feed, or may be a line's end.

    Of what is not ASCII these are U+0080 to U+009F, U+2028, U+2029, U+FEFF, U+FFFE and
    U+FFFF; some that begin as these do are taken for them.
    """
    cdef const unsigned char *at = <const unsigned char *>text
    cdef unsigned char odd = 0
    cdef unsigned char beyond = 0
    while at < <const unsigned char *>end:
        odd |= (at[0] < 0x20 and at[0] != c"\n") or at[0] == 0x7F
        beyond |= at[0]
        at += 1
    if odd or beyond < 0x80:
        return odd
    at = <const unsigned char *>text
    while at < <const unsigned char *>end:
        if (
            (at[0] == 0xC2 and at[1] < 0xA0)
            or (at[0] == 0xE2 and at[1] == 0x80 and at[2] in (0xA8, 0xA9))
            or (at[0] == 0xEF and at[1] >= 0xBB)
        ):
            return True
        at += 1
    return False


cdef void go_on(Lines *lines) noexcept:
    """Go on to the next line that holds more than a comment, from a line's begin."""
    cdef const char *at = lines.at
    while at < lines.end:
        lines.begin = at
        at = behind_spaces(at)
        if at[0] == c"#":
            at = end_of_line(lines, at)
        if at[0] != c"\n":
            lines.at = at
            lines.column = at - lines.begin
            return
        at += 1
    lines.at = at
    lines.column = -1


cdef const char *behind_spaces(const char *at) noexcept:
    while at[0] == c" ":
        at += 1
    return at


cdef const char *end_of_line(Lines *lines, const char *at) noexcept:
    return <const char *>memchr(at, c"\n", lines.end - at)


cdef int leave(Lines *lines) except -1:
    """Leave a line in which nothing may follow but spaces and a comment."""
    cdef const char *at = behind_spaces(lines.at)
    if at[0] == c"#" and at > lines.at:
        at = end_of_line(lines, at)
    if at[0] != c"\n":
        raise NotEasyError
    lines.at = at + 1
    return 0


cdef bint is_blank(char character) noexcept:
    return character == c" " or character == c"\n"


cdef bint is_entry(const char *at) noexcept:
    """Whether an entry of a block sequence begins."""
    return at[0] == c"-" and is_blank(at[1])


cdef object node(Lines *lines, Py_ssize_t column):
    """Return the value of the node that begins with this content.

    Go on behind it. ``column`` is where the collection stands that it is a part of.
    """
    if lines.depth >= DEEPEST:
        raise NotEasyError
    lines.depth += 1
    if is_entry(lines.at):
        value = sequence(lines, lines.column)
    elif key_end(lines.at) is not NULL:
        value = mapping(lines, lines.column)
    elif column >= 0:
        value = in_line(lines, column)
    else:
        raise NotEasyError
    lines.depth -= 1
    return value


cdef object mapping(Lines *lines, Py_ssize_t column):
    """Return the block mapping whose first key stands here, and go on behind it."""
    cdef const char *begin = lines.at
    cdef const char *behind
    cdef dict mapping = {}
    cdef list pairs = []
    cdef Py_ssize_t entries = 0
    cdef bint may_repeat = lines.is_sharing
    while True:
        key = key_here(lines)
        behind = lines.at
        if not is_at_end(lines):
            value = in_line(lines, column)
        elif lines.column > column or (
            # Entries may stand as deep as the key that they belong to.
            lines.column == column and is_entry(lines.at)
        ):
            value = node(lines, column)
        else:
            value = nothing(lines, behind)
        if lines.are_places:
            pairs.append((key, value))
        else:
            mapping[key] = value
            entries += 1
            if may_repeat:
                may_repeat = may_be_shared(value)
        if lines.column < column:
            break
        if lines.column > column:
            raise NotEasyError
    if lines.are_places:
        return place(lines, begin, pairs, True, False)
    return whole_mapping(mapping, entries, may_repeat)


cdef object sequence(Lines *lines, Py_ssize_t column):
    """Return the block sequence whose first entry stands here, and go on behind it."""
    cdef const char *begin = lines.at
    cdef const char *behind
    cdef list items = []
    cdef bint may_repeat = lines.is_sharing
    while True:
        lines.at += 1
        behind = lines.at
        if is_at_end(lines):
            if lines.column > column:
                value = node(lines, column)
            else:
                value = nothing(lines, behind)
        elif is_entry(lines.at) or key_end(lines.at) is not NULL:
            # A collection begins in the line of the entry.
            lines.column = lines.at - lines.begin
            value = node(lines, column)
        else:
            value = in_line(lines, column)
        items.append(value)
        if may_repeat:
            may_repeat = may_be_shared(value)
        if lines.column != column or not is_entry(lines.at):
            break
    if lines.column > column:
        raise NotEasyError
    if lines.are_places:
        return place(lines, begin, items, False, False)
    return whole_sequence(items, may_repeat)


cdef object nothing(Lines *lines, const char *at):
    """Return what a key or an entry without anything behind it has."""
    return scalar(lines, at, at, PLAIN) if lines.are_places else None


cdef object place(
    Lines *lines, const char *begin, list parts, bint are_pairs, bint is_flow
):
    """Return the place of a collection that ends where reading stands, as in libyaml."""
    return (
        begin - lines.text, lines.at - lines.text, parts, bool(are_pairs), bool(is_flow)
    )


cdef object scalar(Lines *lines, const char *begin, const char *end, char style):
    """Return the value or the place of a scalar, which its quotes belong to."""
    if lines.are_places:
        return begin - lines.text, end - lines.text, styles[style], None
    if style == PLAIN:
        return meaning(text_of(begin, end), begin[0], True)
    return meaning(text_of(begin + 1, end - 1), begin[0], False)


cdef bint is_at_end(Lines *lines) except -1:
    """Whether a line holds nothing more behind a key or a dash; go on to what follows.

    That is the rest of the line, or else the next line with content.
    """
    cdef const char *at = behind_spaces(lines.at)
    if at[0] != c"\n" and at[0] != c"#":
        lines.at = at
        return False
    leave(lines)
    go_on(lines)
    return True


cdef const char *key_end(const char *at) noexcept:
    """Return where the key that begins here ends, at its colon; NULL if none does."""
    cdef const char *begin = at
    if at[0] == c'"' or at[0] == c"'":
        at = quotes_end(at)
        if at is NULL:
            return NULL
    else:
        if not roles[<unsigned char>at[0]] & BEGINS_WORD:
            return NULL
        while roles[<unsigned char>at[0]] & IN_WORD:
            at += 1
    if at[0] != c":" or not is_blank(at[1]) or at - begin > LONGEST_KEY:
        return NULL
    return at


cdef object key_here(Lines *lines):
    """Return the key that begins here, and go on behind its colon."""
    cdef const char *begin = lines.at
    cdef const char *end = key_end(begin)
    cdef char style = PLAIN
    if end is NULL:
        raise NotEasyError
    lines.at = end + 1
    if begin[0] == c'"' or begin[0] == c"'":
        style = begin[0]
        key = key_meaning(text_of(begin + 1, end - 1), False)
    else:
        key = key_meaning(text_of(begin, end), True)
    if lines.are_places:
        return begin - lines.text, end - lines.text, styles[style], key
    return key


cdef const char *quotes_end(const char *at) noexcept:
    """Return where a quoted scalar of this line ends, behind its quotes.

    NULL where it goes on, or where characters in it may stand for others.
    """
    cdef char quotes = at[0]
    at += 1
    while at[0] != quotes:
        if at[0] == c"\n" or at[0] == c"\\":
            return NULL
        at += 1
    return NULL if at[1] == quotes else at + 1


cdef object in_line(Lines *lines, Py_ssize_t column):
    """Return what stands here up to the end of the line, or of its block of lines.

    Go on behind it. ``column`` is where the collection stands that it is a part of.
    """
    cdef char first = lines.at[0]
    if first == c"|" or first == c">":
        return block(lines, column)
    if first == c"[":
        value = words(lines)
    elif first == c"{":
        value = pairs_in_braces(lines)
    elif first == c'"' or first == c"'":
        value = in_quotes(lines)
    else:
        value = plain_here(lines)
    leave(lines)
    go_on(lines)
    return value


cdef object block(Lines *lines, Py_ssize_t column):
    """Return the literal or folded scalar whose head is here, and go on behind it."""
    cdef const char *begin = lines.at
    cdef char chomping = begin[1]
    cdef Py_ssize_t size
    cdef char *made
    lines.at += 2 if chomping == c"-" or chomping == c"+" else 1
    leave(lines)
    made = <char *>malloc(lines.end - lines.at + 1)
    if made is NULL:
        raise MemoryError
    try:
        size = unfold(lines, column, begin[0] == c">", chomping, made)
        if lines.are_places:
            value = scalar(lines, begin, lines.at, begin[0])
        else:
            value = meaning(text_of(made, made + size), begin[0], False)
    finally:
        free(made)
    go_on(lines)
    return value


cdef Py_ssize_t unfold(
    Lines *lines, Py_ssize_t column, bint is_folded, char chomping, char *made
) except -1:
    """Write the text of a block of lines; return its size.

    The first line with content says how deep the block stands. What leads to a line
    is written when that line is met, as in libyaml's ``yaml_parser_scan_block_scalar``:
    of a folded block the end of a line is a space, where neither it nor the next
    begins with one.
    """
    cdef const char *at = lines.at
    cdef const char *begin
    cdef Py_ssize_t size = 0
    cdef Py_ssize_t empty = 0
    cdef Py_ssize_t widest = 0
    cdef Py_ssize_t depth = -1
    cdef bint was_blank = True
    while at < lines.end:
        begin = at
        at = behind_spaces(at)
        if at[0] == c"\n" and (depth < 0 or at - begin <= depth):
            widest = max(widest, at - begin)
            empty += 1
            at += 1
            continue
        if depth < 0:
            depth = at - begin
            if depth <= column or widest > depth:
                raise NotEasyError
        elif at - begin < depth:
            at = begin
            break
        else:
            at = begin + depth
            if is_folded and not was_blank and at[0] != c" ":
                if empty == 0:
                    made[size] = c" "
                    size += 1
            else:
                made[size] = c"\n"
                size += 1
        size = with_ends(made, size, empty)
        empty = 0
        at = begin + depth
        was_blank = at[0] == c" "
        begin = at
        at = end_of_line(lines, at)
        memcpy(made + size, begin, at - begin)
        size += at - begin
        at += 1
    if depth < 0:
        raise NotEasyError
    lines.at = at
    if chomping != c"-":
        made[size] = c"\n"
        size += 1
    return with_ends(made, size, empty) if chomping == c"+" else size


cdef Py_ssize_t with_ends(char *made, Py_ssize_t size, Py_ssize_t ends) noexcept:
    """Write some ends of lines, and return the size with them."""
    while ends:
        made[size] = c"\n"
        size += 1
        ends -= 1
    return size


cdef object in_quotes(Lines *lines):
    """Return the quoted scalar that begins here, and go on behind it."""
    cdef const char *begin = lines.at
    cdef const char *end = quotes_end(begin)
    if end is NULL:
        raise NotEasyError
    lines.at = end
    return scalar(lines, begin, end, begin[0])


cdef object plain_here(Lines *lines):
    """Return the plain scalar that begins here, and go on behind it."""
    cdef const char *begin = lines.at
    cdef const char *at = begin
    cdef const char *end = begin
    if not roles[<unsigned char>at[0]] & BEGINS_PLAIN and (
        memchr(b"-:?", at[0], 3) is NULL or is_blank(at[1])
    ):
        raise NotEasyError
    while at[0] != c"\n":
        if at[0] == c":" and is_blank(at[1]):
            raise NotEasyError
        if at[0] == c"#" and end < at:
            break
        at += 1
        if (at - 1)[0] != c" ":
            end = at
    lines.at = end
    return scalar(lines, begin, end, PLAIN)


cdef object word(Lines *lines):
    """Return the scalar in brackets that begins here; go on behind it and spaces."""
    cdef const char *begin = lines.at
    cdef const char *at = begin
    if at[0] == c'"' or at[0] == c"'":
        value = in_quotes(lines)
        at = lines.at
    else:
        if not roles[<unsigned char>at[0]] & BEGINS_WORD:
            raise NotEasyError
        while roles[<unsigned char>at[0]] & IN_WORD:
            at += 1
        value = scalar(lines, begin, at, PLAIN)
    lines.at = behind_spaces(at)
    return value


cdef object words(Lines *lines):
    """Return the sequence of words, in square brackets, that begins here."""
    cdef const char *begin = lines.at
    cdef list items = []
    while next_part(lines, c"]", len(items)):
        items.append(word(lines))
    if lines.are_places:
        return place(lines, begin, items, False, True)
    return whole_sequence(items, lines.is_sharing)


cdef object pairs_in_braces(Lines *lines):
    """Return the mapping of words, in braces, that begins here."""
    cdef const char *begin = lines.at
    cdef dict mapping = {}
    cdef list pairs = []
    cdef Py_ssize_t entries = 0
    while next_part(lines, c"}", entries):
        if not roles[<unsigned char>lines.at[0]] & BEGINS_WORD:
            raise NotEasyError
        key = key_here(lines)
        lines.at = behind_spaces(lines.at)
        value = word(lines)
        if lines.are_places:
            pairs.append((key, value))
        else:
            mapping[key] = value
        entries += 1
    if lines.are_places:
        return place(lines, begin, pairs, True, True)
    return whole_mapping(mapping, entries, lines.is_sharing)


cdef bint next_part(Lines *lines, char last, Py_ssize_t before) except -1:
    """Go on to the next part in brackets; False, and behind them, at their end.

    ``before`` is how many parts there were: none where this is the first bracket.
    """
    cdef const char *at = lines.at
    cdef bint is_end
    if before == 0:
        at = behind_spaces(at + 1)
        is_end = at[0] == last
    else:
        is_end = at[0] == last
        if not is_end and at[0] != c",":
            raise NotEasyError
        if not is_end:
            at = behind_spaces(at + 1)
    lines.at = at + is_end
    return not is_end


cdef str text_of(const char *begin, const char *end):
    return PyUnicode_DecodeUTF8(begin, end - begin, NULL)
