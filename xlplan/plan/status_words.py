"""Words that say how far an action is, in English, French, Spanish, German, Dutch and Welsh.

Colours carry no built-in meaning: a legend's words come before what is only usual.
"""

from __future__ import annotations

import re

from xlplan.plan.text import fold, latin

_KNOWN: tuple[tuple[str, str, int, str], ...] = (
    ("b|blue", "Blue", 0, "#4472C4"),
    ("c|complete|completed|closed|done|finished|achieved|delivered|resolved|implemented|cancelled|"
     "canceled|superseded|withdrawn|fixed|completo|completa|completado|completada|cerrado|cerrada|"
     "hecho|terminado|finalizado|realizado|resuelto|cancelado|terminé|terminée|clos|close|clôturé|"
     "clôturée|fermé|réalisé|réalisée|achevé|fait|annulé|résolu|erledigt|abgeschlossen|geschlossen|"
     "fertig|behoben|umgesetzt|storniert|afgerond|gesloten|voltooid|klaar|gereed|opgelost|"
     "geannuleerd|wedi'i gwblhau|cwblhawyd|wedi cau|wedi gorffen", "Completed", 0, "#4472C4"),
    ("dg|dark green", "Dark Green", 1, "#548235"),
    ("g|green|on track|on target|vert|verde|grün|groen|gwyrdd", "Green", 2, "#70AD47"),
    ("lg|light green", "Light Green", 3, "#C6E0B4"),
    ("ag|amber green|amber/green|green/amber", "Amber Green", 4, "#D6DC6A"),
    ("ongoing|on going|on-going|in progress|in-progress|started|underway|open|active|en curso|"
     "en proceso|en progreso|abierto|abierta|en cours|ouvert|ouverte|in bearbeitung|offen|laufend|"
     "begonnen|lopend|in behandeling|in uitvoering|mewn cynnydd|ar y gweill|ar agor",
     "In progress", 4, "#BDD7EE"),
    ("y|yellow", "Yellow", 5, "#FFE699"),
    ("a|amber|orange|slippage|at risk|delayed|behind schedule|ambr|oranje|naranja",
     "Amber", 6, "#FFC000"),
    ("ar|amber red|amber/red|red/amber", "Amber Red", 7, "#F4B183"),
    ("r|red|overdue|off track|major slippage|late|rouge|rojo|rot|rood|coch|en retard|retrasado|"
     "verspätet|überfällig|te laat", "Red", 8, "#FF0000"),
    ("not started|planned|not due|not yet due|grey|gray|not reached|pending|to do|todo|"
     "not yet started|not begun|incomplete|incompleto|incompleta|pendiente|sin iniciar|no iniciado|"
     "à faire|non commencé|pas commencé|prévu|geplant|nicht begonnen|ausstehend|niet gestart|"
     "gepland|nog niet gestart|heb ddechrau|on hold|waiting|deferred|proposed",
     "Not started", 9, "#BFBFBF"),
)  # fmt: skip
_LEVELS = frozenset(
    [
        "very high",
        "high",
        "medium",
        "med",
        "moderate",
        "low",
        "very low",
        "critical",
        "severe",
        "significant",
        "minor",
        "major",
        "negligible",
        "insignificant",
        "catastrophic",
        "extreme",
        "h",
        "m",
        "l",
        "must",
        "should",
        "could",
        "urgent",
        "normal",
        "p1",
        "p2",
        "p3",
        "p4",
        "high priority",
        "low priority",
        "medium priority",
        "unlikely",
        "likely",
        "possible",
        "rare",
        "almost certain",
        "alta",
        "alto",
        "media",
        "medio",
        "baja",
        "bajo",
        "haute",
        "élevé",
        "élevée",
        "moyen",
        "moyenne",
        "faible",
        "hoch",
        "mittel",
        "niedrig",
        "gering",
        "hoog",
        "gemiddeld",
        "midden",
        "laag",
        "uchel",
        "canolig",
        "isel",
    ]
)
_CLOSED = re.compile(
    r"\b(?:completed?|closed|done|finished|achieved|delivered|resolved|implemented|superseded|"
    r"cancell?ed|withdrawn|complet[oa]|completad[oa]|cerrad[oa]|hecho|terminad[oa]|finalizad[oa]|"
    r"terminée?|clôturée?|fermée?|réalisée?|achevée?|erledigt|abgeschlossen|geschlossen|fertig|"
    r"umgesetzt|afgerond|gesloten|voltooid|gwblhau|cwblhawyd)\b"
)
_NOT_CLOSED = re.compile(
    r"\b(?:not|to be|nearly|partly|partially|partial|almost|will be|ready to|being|no|non|pas|"
    r"nicht|niet|nog|teilweise|parcialmente|partiellement|gedeeltelijk|heb|ddim|i'w|\d+ ?%)(?!\w)"
)


def known_rating(text: str) -> tuple[str, int, str] | None:
    """The usual label, severity (0 best) and colour of a rating word, or None."""
    return _BY_WORD.get(fold(latin(text)))


_BY_WORD = {
    word: (label, severity, colour)
    for words, label, severity, colour in _KNOWN
    for word in words.split("|")
}


def is_level(text: str) -> bool:
    """Whether a text says how much ("High", "P2") rather than how far something is."""
    return fold(text) in _LEVELS


def says_closed(text: str) -> bool:
    """Whether a rating's words say that nothing is left to do: "Done in part 2", "Erledigt"."""
    words = fold(text)
    return bool(_CLOSED.search(words)) and not _NOT_CLOSED.search(words)
