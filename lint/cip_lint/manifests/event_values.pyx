# cython: boundscheck=False, wraparound=False, auto_pickle=False
"""Values of easy documents from libyaml's events: what ``node_values`` makes, compiled.

It has no opinion of its own. Whatever is not quite plain (an anchor, a tag, a merge,
a key written twice) and whatever is an error is for the Python beside it to say; and
what a text means that was not met before. The libyaml is the one that PyYAML brings,
found in its extension module: so both read with the same.
"""

from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_DecodeUTF8
from libc.string cimport memchr, memset

from os import fsencode

from cip_lint.manifests.scalars import ScalarError

cdef extern from "dlfcn.h" nogil:
    void *dlopen(const char *file, int mode)
    void *dlsym(void *library, const char *name)
    int RTLD_LAZY

# What yaml.h of libyaml 0.1 and 0.2 declares, as far as it is used here. The header
# itself is not asked for: few machines that have PyYAML have it.
cdef enum:
    UTF8 = 1
    DOCUMENT_START = 3
    DOCUMENT_END = 4
    SCALAR = 6
    SEQUENCE_START = 7
    SEQUENCE_END = 8
    MAPPING_START = 9
    MAPPING_END = 10
    PLAIN = 1
    FLOW = 2
    # Bytes, more than any ``yaml_parser_t`` takes: 480 where a pointer has 8.
    ROOM = 4096

ctypedef struct Mark:
    size_t index
    size_t line
    size_t column

ctypedef struct Scalar:
    char *anchor
    char *tag
    char *value
    size_t length
    int plain_implicit
    int quoted_implicit
    int style

ctypedef struct Collection:
    char *anchor
    char *tag
    int implicit
    int style

ctypedef union Data:
    Scalar scalar
    Collection collection

ctypedef struct Event:
    int type
    Data data
    Mark start
    Mark end

ctypedef int (*OfParser)(void *parser) noexcept
ctypedef void (*SetInput)(void *parser, const char *text, size_t size) noexcept
ctypedef void (*SetEncoding)(void *parser, int encoding) noexcept
ctypedef int (*Parse)(void *parser, Event *event) noexcept
ctypedef void (*OfEvent)(Event *event) noexcept

# How deep the functions below call each other: nodes may nest deeper.
cdef int DEEPEST = 200

include "compiled_meanings.pxi"


cdef class EventReader:
    """Reads values from the events of the libyaml in the file ``library``.

    Raises ImportError where that has not the functions that it should have.
    """

    cdef OfParser initialize
    cdef OfParser delete
    cdef SetInput set_input
    cdef SetEncoding set_encoding
    cdef Parse parse
    cdef OfEvent delete_event
    cdef char parser[ROOM]
    cdef Event event
    cdef set marks
    cdef bint is_sharing
    cdef bint is_busy

    def __init__(self, str library):
        cdef bytes file = fsencode(library)
        cdef void *found = dlopen(file, RTLD_LAZY)
        if found is NULL:
            raise ImportError("libyaml cannot be loaded")
        self.initialize = <OfParser>function(found, b"yaml_parser_initialize")
        self.delete = <OfParser>function(found, b"yaml_parser_delete")
        self.set_input = <SetInput>function(found, b"yaml_parser_set_input_string")
        self.set_encoding = <SetEncoding>function(found, b"yaml_parser_set_encoding")
        self.parse = <Parse>function(found, b"yaml_parser_parse")
        self.delete_event = <OfEvent>function(found, b"yaml_event_delete")
        # A libyaml with other structures would show it here.
        if self.value("é: ['v', w]\n", set(), False) != ({"é": ["v", "w"]}, 12):
            raise ImportError("libyaml has other structures")

    def value(self, str text, set marks, bint is_sharing):
        """Return the value of the first document, and the offset behind its root node.

        None where the document is not easy, is none or has an error. ``marks`` are the
        offsets at which an anchor or a tag may begin; ``is_sharing``: whether equal
        collections are one.
        """
        cdef Py_ssize_t size = 0
        cdef const char *data
        cdef size_t end
        try:
            data = PyUnicode_AsUTF8AndSize(text, &size)
        except UnicodeEncodeError:
            return None
        # Python that is asked on the way may let another thread in.
        if self.is_busy:
            return None
        memset(self.parser, 0, ROOM)
        if not self.initialize(self.parser):
            raise MemoryError
        self.is_busy = True
        self.marks = marks if marks else None
        self.is_sharing = is_sharing
        try:
            self.set_input(self.parser, data, size)
            self.set_encoding(self.parser, UTF8)
            self.next()
            self.next()
            if self.event.type != DOCUMENT_START:
                return None
            self.next()
            value = self.node(0, False)
            end = self.event.end.index
            self.next()
            return (value, end) if self.event.type == DOCUMENT_END else None
        except (NotEasyError, ScalarError):
            return None
        finally:
            self.delete_event(&self.event)
            self.delete(self.parser)
            self.is_busy = False

    cdef int next(self) except -1:
        """Go on to the next event."""
        self.delete_event(&self.event)
        if not self.parse(self.parser, &self.event):
            raise NotEasyError
        return 0

    cdef object node(self, int depth, bint is_flow):
        """Return the value of the node that begins with this event."""
        cdef int kind = self.event.type
        cdef Collection *data = &self.event.data.collection
        if kind == SCALAR:
            return self.scalar(is_flow)
        if kind != MAPPING_START and kind != SEQUENCE_START or depth > DEEPEST:
            raise NotEasyError
        self.check(data.anchor, data.tag)
        if kind == MAPPING_START:
            return self.mapping(depth + 1, data.style == FLOW)
        return self.sequence(depth + 1, data.style == FLOW)

    cdef object mapping(self, int depth, bint is_flow):
        cdef dict mapping = {}
        cdef Py_ssize_t entries = 0
        cdef bint may_repeat = self.is_sharing
        self.next()
        while self.event.type != MAPPING_END:
            key = self.key(is_flow)
            self.next()
            value = self.node(depth, is_flow)
            mapping[key] = value
            entries += 1
            if may_repeat:
                may_repeat = may_be_shared(value)
            self.next()
        return whole_mapping(mapping, entries, may_repeat)

    cdef object sequence(self, int depth, bint is_flow):
        cdef list items = []
        cdef bint may_repeat = self.is_sharing
        self.next()
        while self.event.type != SEQUENCE_END:
            value = self.node(depth, is_flow)
            items.append(value)
            if may_repeat:
                may_repeat = may_be_shared(value)
            self.next()
        return whole_sequence(items, may_repeat)

    cdef str key(self, bint is_flow):
        if self.event.type != SCALAR:
            raise NotEasyError
        return key_meaning(
            self.text(is_flow), self.event.data.scalar.style == PLAIN
        )

    cdef object scalar(self, bint is_flow):
        cdef Scalar *data = &self.event.data.scalar
        return meaning(self.text(is_flow), data.value[0], data.style == PLAIN)

    cdef str text(self, bint is_flow):
        """Return the text of the scalar that this event is."""
        cdef Scalar *data = &self.event.data.scalar
        self.check(data.anchor, data.tag)
        # There libyaml has a grammar of its own.
        if is_flow and data.style == PLAIN and (
            memchr(data.value, c"?", data.length) is not NULL
        ):
            raise NotEasyError
        return PyUnicode_DecodeUTF8(data.value, data.length, NULL)

    cdef int check(self, char *anchor, char *tag) except -1:
        """Raise NotEasyError where the node has an anchor or a tag.

        Of the tag ``!`` libyaml tells nothing but that the node begins there.
        """
        if anchor is not NULL or tag is not NULL:
            raise NotEasyError
        if self.marks is not None and self.event.start.index in self.marks:
            raise NotEasyError
        return 0


cdef void *function(void *library, bytes name) except NULL:
    cdef void *found = dlsym(library, name)
    if found is NULL:
        raise ImportError(f"libyaml has no {name.decode()}")
    return found
