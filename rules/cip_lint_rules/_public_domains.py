"""Top-level domains of the public DNS that namespaces are called like.

From the root zone database of IANA (https://www.iana.org/domains/root/db). That has
some 1,400 entries; here are those that people meet or may call a namespace.
"""

from __future__ import annotations

_GENERAL = "biz com edu gov info org"
"""The ones that most hosts of the world are below."""

_OF_PROJECTS = "co io me sh xyz"
"""The ones that projects and their downloads are below."""

_OF_COUNTRIES = (
    "ar at be br ca ch cn cz de dk es fi fr gr hu ie jp kr mx nl nz pl pt ro ru se tr "
    "tw ua za"
)
"""The countries with the most registered domains."""

_ORDINARY = "ai app cloud dev eu int it net tv uk us"
"""Domains that people call environments, regions, teams and networks as well."""

CAPTURING = frozenset(f"{_GENERAL} {_OF_PROJECTS} {_OF_COUNTRIES}".split())
"""Names that no namespace should have: below them are hosts that pods call."""

ORDINARY = frozenset(_ORDINARY.split())
"""Names that a namespace may have as long as no pod calls a host below the domain."""

_WORDS = (
    "academy analytics art auction audio auto bank bar bio black blog blue book box "
    "broadcast broker build business buzz call camera capital care cash center "
    "channel chat circle city click club codes community company computer contact "
    "courses credit data day deals delivery design digital direct directory domains "
    "download drive email energy engineering enterprises events exchange expert "
    "express family farm feedback film finance financial fire fit food forum "
    "foundation free fun fund gallery game games garden global gold graphics green "
    "group guide health healthcare help host hosting house ink institute insurance "
    "international jobs land law legal life link live loans lol love management map "
    "market marketing markets media meet menu mobile money movie museum music name "
    "network new news now observer one online open page partners parts pay phone "
    "photo photos pictures place play plus post press prime pro prod productions "
    "promo property protection pub red rent repair report rest review reviews rocks "
    "room run safe safety sale save school science search secure security select "
    "services shop shopping show site social software solutions space spot store "
    "stream studio study style supply support systems talk tax team tech technology "
    "tickets tips today tools top tours trade trading training travel trust "
    "university video vip vision vote watch weather website wiki win work works "
    "world zero zip zone"
)
"""Further ones that a namespace may be called like."""

_DOTLESS = "ac ai cm dk gg io je kh pn sh tk tm to uz vi ws"

DOTLESS_HOSTS = frozenset(_DOTLESS.split())
"""Domains that are hosts themselves: those with an address in RFC 7085, section 2."""

_PUBLIC = CAPTURING | ORDINARY | set(_WORDS.split())
_COUNTRY_LENGTH = 2


def may_be_public(name: str) -> bool:
    """Whether a name in lower case can be a top-level domain of the public DNS."""
    return len(name) == _COUNTRY_LENGTH or name in _PUBLIC
