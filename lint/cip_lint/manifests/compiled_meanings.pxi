# What texts mean, for the compiled readers: the memory of ``meanings``, looked into
# without a call. Included by each of them.

from cpython.dict cimport PyDict_GetItemWithError, PyDict_Size
from cpython.object cimport PyObject

from sys import intern

from cip_lint.manifests import meanings, scalars
from cip_lint.manifests.meanings import NotEasyError

# A longer text that does not begin as a number is one, in any style.
cdef Py_ssize_t longest_word = scalars.LONGEST_WORD
cdef bytes numbers_begin = scalars.NUMBERS_BEGIN.encode()
cdef Py_ssize_t short = meanings.SHORT
cdef Py_ssize_t remembered = meanings.REMEMBERED

cdef dict plain = meanings.PLAIN
cdef dict quoted = meanings.QUOTED
cdef dict keys = meanings.KEYS
cdef set repeated = meanings.REPEATED
cdef Py_ssize_t few = meanings.FEW
cdef object plain_of = meanings.plain_of
cdef object key_of = meanings.key_of
cdef object one_of_all = meanings.one_of_all


cdef object meaning(str text, char first, bint is_plain):
    """Return the value of a scalar, whose text begins with ``first``.

    Raises ScalarError where JSON has no such number.
    """
    cdef dict memory = plain if is_plain else quoted
    cdef PyObject *known = PyDict_GetItemWithError(memory, text)
    if known is not NULL:
        return <object>known
    if is_plain and (len(text) <= longest_word or first in numbers_begin):
        return plain_of(text)
    return learned(memory, text)


cdef str key_meaning(str text, bint is_plain):
    """Return the JSON key that a scalar is; raises NotEasyError as ``key_of`` does."""
    cdef PyObject *known = PyDict_GetItemWithError(keys, text)
    if known is not NULL:
        return <str>known
    return key_of(text, is_plain)


cdef str learned(dict memory, str text):
    """Return a text that is its own meaning, and remember it where it is short."""
    if len(text) > short:
        return text
    if PyDict_Size(memory) >= remembered:
        memory.clear()
    text = intern(text)
    memory[text] = text
    return text


cdef bint may_be_shared(object value) except -1:
    """Whether a whole may have been met before that has this part.

    It may not where the part is a collection that was not.
    """
    if type(value) is not dict and type(value) is not list:
        return True
    return <size_t><PyObject *>value in repeated


cdef object whole_mapping(dict mapping, Py_ssize_t entries, bint may_repeat):
    """Return a mapping that is read, or its equal that was met before.

    Raises NotEasyError where it has more entries than keys.
    """
    if PyDict_Size(mapping) != entries:
        raise NotEasyError
    return one_of_all(mapping) if may_repeat and entries <= few else mapping


cdef object whole_sequence(list items, bint may_repeat):
    """Return a sequence that is read, or its equal that was met before."""
    return one_of_all(items) if may_repeat and len(items) <= few else items
