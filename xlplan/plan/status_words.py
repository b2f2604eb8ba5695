"""Words of states in several languages and what they say of an action; ratings by their colour."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from xlplan.late import regex
from xlplan.plan.definition import Rating
from xlplan.plan.text import canon_text, fold, latin

_COLOURS: tuple[tuple[str, str, int, str], ...] = (
    ("b|blue|bleu|bleue|azul|blau|blauw|glas|🔵|🟦", "Blue", 0, "#4472C4"),
    ("dg|dark green", "Dark Green", 1, "#548235"),
    ("g|green|vert|verde|grün|groen|gwyrdd|🟢|🟩", "Green", 2, "#70AD47"),
    ("lg|light green", "Light Green", 3, "#C6E0B4"),
    ("ag|amber green|amber/green|green/amber", "Amber Green", 4, "#D6DC6A"),
    ("y|yellow|jaune|amarillo|gelb|geel|melyn", "Yellow", 5, "#FFE699"),
    ("a|amber|orange|ambr|oranje|naranja|🟡|🟨|🟠|🟧", "Amber", 6, "#FFC000"),
    ("ar|amber red|amber/red|red/amber", "Amber Red", 7, "#F4B183"),
    ("r|red|🔴|🟥|rouge|rojo|rot|rood|coch", "Red", 8, "#FF0000"),
    ("grey|gray|⬜|⚪", "Not started", 9, "#BFBFBF"),
)  # fmt: skip
"""Names of colours: words, label, severity (0 best), colour."""
_STATES: tuple[tuple[str, str, int, str], ...] = (
    ("c|complete|completed|closed|done|finished|achieved|delivered|resolved|implemented|"
     "cancelled|canceled|superseded|withdrawn|fixed|completo|completa|completado|completada|"
     "cerrado|cerrada|hecho|terminado|finalizado|realizado|resuelto|cancelado|terminé|"
     "terminée|clos|close|clôturé|clôturée|fermé|réalisé|réalisée|achevé|fait|annulé|résolu|"
     "erledigt|abgeschlossen|geschlossen|fertig|behoben|umgesetzt|storniert|afgerond|gesloten|"
     "voltooid|klaar|gereed|opgelost|geannuleerd|discharged|abandoned|finalizada|terminada|"
     "realizada|resuelta|cancelada|cumplido|cumplida|abandonné|abandonnée|annulée|achevée|"
     "finalisé|finalisée|soldé|soldée|entfällt|beendet|vervallen|afgesloten|uitgevoerd|"
     "concluído|concluída|encerrado|encerrada|completato|completata|chiuso|chiusa|klar|färdig|"
     "wedi'i gyflawni|cyflawnwyd|✓|✔|✅|☑|wedi'i gwblhau|cwblhawyd|wedi cau|wedi gorffen",
     "Completed", 0, "#4472C4"),
    ("on track|on target|on plan|on schedule", "Green", 2, "#70AD47"),
    ("ongoing|on going|on-going|in progress|in-progress|started|underway|under way|in hand|"
     "doing|working on it|in review|"
     "active|en curso|en proceso|en progreso|en cours|"
     "in bearbeitung|laufend|begonnen|lopend|loopt|läuft|in arbeit|in umsetzung|"
     "en ejecución|en marcha|iniciado|iniciada|commencé|commencée|engagé|engagée|"
     "in behandeling|in uitvoering|mewn cynnydd|ar y gweill|"
     "wedi dechrau|em andamento|em curso|in corso|avviata|avviato|pågår|"
     "partially implemented|partially complete|partially met",
     "In progress", 4, "#BDD7EE"),
    # What is in progress was open before: that is no step back.
    ("open|abierto|abierta|ouvert|ouverte|offen|ar agor", "In progress", 5, "#BDD7EE"),
    ("slippage|slipping|slipped|at risk|delayed|behind schedule|slightly behind",
     "Amber", 6, "#FFC000"),
    ("overdue|stuck|blocked|off track|off plan|off target|major slippage|late|en retard|retrasado|"
     "atrasado|atrasada|in ritardo|försenad|verspätet|überfällig|te laat", "Red", 8, "#FF0000"),
    ("not started|planned|not due|not yet due|not reached|pending|to do|todo|backlog|"
     "not yet started|not begun|incomplete|incompleto|incompleta|pendiente|sin iniciar|"
     "no iniciado|à faire|non commencé|pas commencé|prévu|geplant|nicht begonnen|ausstehend|"
     "niet gestart|gepland|nog niet gestart|nog te starten|te starten|non démarré|à venir|"
     "planificado|planificada|no iniciada|por iniciar|noch nicht begonnen|noch offen|heb ddechrau|"
     "heb gychwyn|não iniciado|não iniciada|pendente|da avviare|non iniziato|non iniziata|"
     "ej påbörjad|"
     "not implemented|on hold|waiting|deferred|proposed|✗|✘|☒|❌|☐", "Not started", 9, "#BFBFBF"),
)  # fmt: skip
"""Names of states, in the same way."""
_LEVELS = frozenset(
    (
        "very high", "high", "medium", "med", "moderate", "low", "very low", "critical", "severe",
        "significant", "minor", "major", "negligible", "insignificant", "catastrophic", "extreme",
        "h", "m", "l", "must", "should", "could", "urgent", "normal", "p1", "p2", "p3", "p4",
        "high priority", "low priority", "medium priority", "unlikely", "likely", "possible",
        "rare", "almost certain", "alta", "alto", "media", "medio", "baja", "bajo", "haute",
        "élevé", "élevée", "moyen", "moyenne", "faible", "hoch", "mittel", "niedrig", "gering",
        "hoog", "gemiddeld", "midden", "laag", "uchel", "canolig", "isel",
    )
)  # fmt: skip
_CLOSING = (
    r"(?:completed?|closed|done|finished|achieved|delivered|resolved|implemented|superseded|"
    r"cancell?ed|withdrawn|discharged|embedded|abandoned|obsolete|duplicate|business as usual|bau|"
    r"signed[- ]off|fully met|corrected|rectified|remediated|remedied|actioned|concluded|fulfilled|"
    r"finali[sz]ed|discontinued|dealt with|complet[oa]s?|completad[oa]s?|cerrad[oa]s?|hech[oa]s?|"
    r"terminad[oa]s?|finalizad[oa]s?|realizad[oa]s?|cumplid[oa]s?|ejecutad[oa]s?|implantad[oa]s?|"
    r"cancelad[oa]s?|anulad[oa]s?|resuelt[oa]s?|terminée?s?|clôturée?s?|fermée?s?|réalisée?s?|"
    r"achevée?s?|soldée?s?|abandonnée?s?|annulée?s?|résolue?s?|finalisée?s?|mise?s? en [œo]e?uvre|"
    r"erledigt|abgeschlossen|geschlossen|fertig(?:gestellt)?|umgesetzt|beendet|entfällt|entfallen|"
    r"atendid[oa]s?|subsanad[oa]s?|conclu[ií]d[oa]s?|encerrad[oa]s?|completat[oaie]|conclus[oaie]|chius[oaie]|annullat[oaie]|"
    r"avslutad|genomförd|behoben|storniert|hinfällig|erfüllt|realisiert|afgerond|afgesloten|gesloten|voltooid|"
    r"uitgevoerd|gerealiseerd|vervallen|geannuleerd|opgelost|gwblhau|cwblhawyd|wedi cwblhau|"
    r"gyflawni|cyflawnwyd|ar gau|wedi'i gau|caewyd|orffen|gorffenwyd)"
)
_CLOSED = regex(rf"(?<![\w-]){_CLOSING}(?!\w)")
_ENDED = regex(
    r"no longer (?:required|needed|applicable|relevant|valid|pursued)|(?:plus d'|sans )objet|"
    r"not (?:required|needed|applicable|(?:being )?pursued|proceed(?:ing|ed))|n/a\b|"
    r"(?:closed|cancell?ed|withdrawn|abandoned|superseded|discontinued)(?: out)?\W+(?:as )?"
    r"(?:not|no)\b(?! (?:yet|evidence|verified|confirmed|agreed|signed))|"
    r"no further actions?\b(?! (?:until|before|yet|for now|at present))|geen actie (?:meer )?nodig|"
    r"niet meer (?:nodig|van toepassing)|nicht mehr (?:erforderlich|nötig|relevant)|"
    r"ya no (?:aplica|es necesari[oa])|no aplica\b|non applicable|ddim ei angen mwyach"
)
"""What says that nothing will be done, though it denies something."""
_NOT_CLOSED = regex(
    r"(?<!\w)(?:not|to be|nearly|partly|partially|partial|almost|will|ready (?:to|for)|being|no|"
    r"non|pas|nicht|niet|nog|não|ej|inte|teilweise|parcialmente|partiellement|gedeeltelijk|heb|ddim|i'w|"
    r"sin|zu|te|à|por|yet|until|once|if|should|must|can|cannot|due|unlikely|likely|subject|"
    r"awaiting|pending|on-?going|continuing|substantially|largely|mostly|some|zum teil|en partie|"
    r"deels|"
    r"(?!100 ?%)\d+ ?%)(?!\w)"
    r"|(?<!\w)to complete(?!\w)"
    r"|(?<!\w)(?:nothing|none|never|nobody|rien|nada|nichts|niets|dim byd)(?: \w+){0,4} "
    rf"{_CLOSING}"
)
_WATCHED = regex(
    rf"(?<![\w-]){_CLOSING}(?!\w).{{0,20}}\b(?:awaiting|pending|on-?going|continuing|subject to|"
    r"being (?:monitored|tested|embedded)|"
    r"to be (?:evidenced|evaluated|embedded|signed off|verified|confirmed))\b"
)
_LATER = regex(
    r"\b(?:awaiting|pending|yet|still|until|to be|to follow|subject to|in part|partly|"
    r"partial(?:ly)?|nearly|almost|mostly|largely|substantially)\b"
)
"""What leaves something to do of what is called done."""
_DOUBTFUL = regex(
    r"\b(?:mitigated|accepted|approved|transferred|escalated|verified|validated|merged|rejected|"
    r"declined|tolerated|met|approuvée?s?|acceptée?s?|validée?s?|rejetée?s?|aceptad[oa]s?|"
    r"aprobad[oa]s?|rechazad[oa]s?|akzeptiert|genehmigt|abgelehnt|geprüft|geaccepteerd|"
    r"goedgekeurd|afgewezen|derbyniwyd|cymeradwywyd)\b"
)
_ATTENTION = regex(
    r"slip|behind|delay|off[- ](?:track|plan|target)|not on (?:track|target|plan)|overdue|at risk|"
    r"concern|missed|not (?:be )?(?:met|achieved|delivered)|unlikely|problem|fail|"
    r"en retard|retras|vencid|verspätet|überfällig|verzug|te laat|achterstand|ar ei hôl hi|blocked|"
    r"stuck|stalled|(?:needs|requires) (?:attention|intervention)"
)
_STEP = regex(r"(?:\d{1,2}\s*[-–—.:)/=]|\d(?=\s))\s*(?=[^\W\d])")
"""The number of a state among the others: "3 - " of "3 - Complete"."""
_UNBEGUN = regex(
    r"\b(?:not|yet to|to be)\b(?: \w+){0,3} (?:due|start(?:ed)?|beg[iu]n|commenced?)\b"
)


def known_rating(text: str) -> tuple[str, int, str] | None:
    """The usual label, severity (0 best) and colour of a rating word, or None."""
    return _known(text) if len(text) <= _MET_AGAIN else _BY_WORD.get(fold(latin(text)))


_MET_AGAIN = 60
"""Characters of a text that may stand in many cells."""


@lru_cache(maxsize=1 << 13)
def _known(text: str) -> tuple[str, int, str] | None:
    return _BY_WORD.get(fold(latin(text)))


def known_state(text: str) -> tuple[str, int, str] | None:
    """The same of a word with signs or its number before it: "🟢 On track", "3 - Complete"; where
    the word is not known, of the first sign."""
    bare = text.replace("\ufe0f", "").strip()
    found = known_rating(bare)
    if found is None and bare[:1].isdigit() and len(bare) <= _MET_AGAIN:
        return known_rating(_STEP.sub("", bare, 1))
    if found or not bare or bare[0].isalnum():
        return found
    rest = bare.lstrip("".join({c for c in bare if not c.isalnum()}))
    return known_rating(rest) or known_rating(bare[0])


_BY_WORD = {
    word: (label, severity, colour)
    for words, label, severity, colour in (*_COLOURS, *_STATES)
    for word in words.split("|")
}
_COLOUR_WORDS = frozenset(word for words, *_ in _COLOURS for word in words.split("|"))
RATING_WORDS = frozenset(_BY_WORD)
"""Every word that is known as a rating, folded."""


def is_colour(text: str) -> bool:
    """Whether a rating word is the name of a colour or its letter: "Red", "R", "Rouge"."""
    return fold(latin(text)) in _COLOUR_WORDS


def says_state(text: str) -> bool:
    """Whether a rating is a word for a state, which says itself how far something is: "Closed",
    "Not started"; no colour, no letter."""
    return len(text) > 2 and fold(latin(text)) in RATING_WORDS and not is_colour(text)


def is_level(text: str) -> bool:
    """Whether a text says how much ("High", "P2") rather than how far something is."""
    return fold(text) in _LEVELS


def says_how_much(text: str) -> bool:
    """Whether a text is a level, with its number or without: "1 - High", "High (3)"."""
    words = " ".join(re.sub(r"[^\w ]|\b\d+\b", " ", text).split())
    return is_level(text) or is_level(words)


def says_closed(text: str) -> bool:
    """Whether a rating's words say that nothing is left to do: "Done in part 2", "Erledigt"."""
    words = fold(text)
    if _ENDED.search(words):
        return True
    return bool(_CLOSED.search(words)) and not _NOT_CLOSED.search(words)


def says_watched(text: str) -> bool:
    """Whether words say that all is done but not yet closed: "Completed, awaiting sign-off"."""
    return bool(_WATCHED.search(fold(text)))


def says_later(text: str) -> bool:
    """Whether the meaning of a closing word leaves something to do: "to be signed off"."""
    return bool(_LATER.search(fold(text)))


def may_close(text: str) -> bool:
    """Whether people differ about what a word says: "Mitigated", "Risk accepted"."""
    words = fold(text)
    return bool(_DOUBTFUL.search(words)) and not _NOT_CLOSED.search(words)


def says_unbegun(text: str) -> bool:
    """Whether words say that nothing has been done yet, and need not have been: "Not due to
    start", "Yet to commence"."""
    return bool(_UNBEGUN.search(fold(text)))


def says_attention(text: str) -> bool:
    """Whether words say that somebody should look: "Behind schedule", "At risk"."""
    return bool(_ATTENTION.search(fold(text)))


_BEFORE_DAY = regex(
    r"([^\W\d][^\d]*?)\s+(?:on )?(?=\d{1,2}[./-]\d|\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z])"
)


def leading_rating(text: str) -> str:
    """The rating word that a note begins with ("Completed", "Ongoing (see above)"), or ``""``."""
    first = re.split(r"[\n(:;,.]| [-–—] ", canon_text(text).strip(), maxsplit=1)[0].strip()
    if known_rating(first):
        return first
    word = _BEFORE_DAY.match(first) or re.match(r"([A-Za-z]+)\s+(?=[A-Z])", first)
    return word[1] if word and known_rating(word[1]) else ""


_CHOOSE = (
    r"(?:please |veuillez |bitte |por favor |gelieve |alstublieft )?"
    r"(?:make a choice|select(?:ion)?|choose|pick|choisir|choisissez|sélectionne[rz]|"
    r"seleccion(?:e|ar)|elija|elegir|escoja|"
    r"wählen|auswählen|auswahl|kies|kiezen|selecteer|maak een keuze|dewis(?:wch)?)"
)
_OF_LISTS = (
    r"an?|one|the|your|from|of|below|above|here|items?|options?|values?|status|rating|rag|date|list|"
    r"drop[- ]?down|menu|answer|owner|lead|priority|category|type|yes|no|or|as|appropriate|"
    r"applicable|if|un|une|le|la|votre|dans|liste|élément|option|statut|uno|una|elemento|opción|"
    r"lista|estado|de|sie|ein|eine|einen|element|aus|bitte|der|die|den|liste|een|uit|optie|lijst|"
    r"eitem|opsiwn|rhestr|o'r"
)
_UNANSWERED = regex(
    rf"{_CHOOSE}(?:[ ,]+(?:{_OF_LISTS}))*|please (?:complete|specify|enter|fill in)|"
    r"click (?:or tap )?(?:here )?(?:or tap )?to (?:enter|add|choose|select) (?:a |an |the )?\w+"
)
_IN_BRACKETS = regex(rf"(?:{_CHOOSE}|please|enter|insert|add|type|click)\b.*")
_MAY_ASK = (
    "please", "veuillez", "bitte", "por", "gelieve", "alstublieft", "make", "select", "selecc",
    "choose", "pick", "choisi", "elij", "eleg", "escoj", "auswahl", "kie", "maak", "dewis",
    "click", "enter", "insert", "add", "type",
)  # fmt: skip
_NO_LETTERS = "".join(c for c in map(chr, range(32, 127)) if not c.isalpha())
LONGEST_UNANSWERED = 60


def may_ask(text: str) -> bool:
    """Whether a text of a cell, as the file has it, may only ask for a choice: nearly all are known
    at once to be none, by how they begin."""
    if not (text.isascii() and text.isprintable()) or "_x" in text:
        return True
    return text.lower().lstrip(_NO_LETTERS).startswith(_MAY_ASK)


def unanswered(text: str) -> bool:
    """Whether a text stands where somebody has still to choose: "Please select", "<Choose one>",
    "Choose an item.", "– Bitte wählen –"; "Select a contractor" is something to be done."""
    if len(text) > LONGEST_UNANSWERED:
        return False
    return may_ask(text) and _unanswered(text)


@lru_cache(maxsize=1 << 13)
def _unanswered(text: str) -> bool:
    words = fold(text)
    bare = words.strip("<>[](){}-–—._*…:! ")
    bracketed = words[:1] in ("<", "[") and words[-1:] in (">", "]")
    return bool(_UNANSWERED.fullmatch(bare) or (bracketed and _IN_BRACKETS.fullmatch(bare)))


def one_word(one: str, other: str) -> bool:
    """Whether "R" and "Red", "Complete" and "Completed", or "In-progress" and "In progress" are
    one rating written two ways."""
    if fold(one) == fold(other):
        return True
    known, also = known_rating(one), known_rating(other)
    short, long = sorted((fold(latin(one)), fold(latin(other))), key=len)
    same = "".join(filter(str.isalnum, short)) == "".join(filter(str.isalnum, long)) != ""
    return (
        known is not None and known == also and (len(short) <= 2 or long.startswith(short) or same)
    )


def closes_by(code: str, meaning: str) -> bool:
    """Whether a rating closes an action by its meaning; a code that is a state says so itself:
    "Implemented – audit has the evidence" closes, "Not started – nothing done yet" does not."""
    if len(code) > 2 and says_closed(code):
        return not says_later(meaning)
    return says_closed(meaning) and not says_state(code)


def hue_of(colour: str) -> tuple[float, float] | None:
    """Hue (0 to 1) and lightness of ``#RRGGBB``, or None for white, grey and pale bands."""
    try:
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    except ValueError:
        return None
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    plain = saturation < 0.25 or lightness > 0.93 or lightness < 0.07
    return None if plain else (hue, lightness)


def family_of(hue: float) -> str:
    """What people call a hue: both of Excel's greens are green, orange and yellow are amber."""
    degrees = hue * 360
    for end, name in ((20, "red"), (68, "amber"), (175, "green"), (265, "blue"), (340, "purple")):
        if degrees < end:
            return name
    return "red"


def families(colours: Iterable[str]) -> set[str]:
    """What people call these colours; white, grey and black are none."""
    return {family_of(hue[0]) for colour in colours if (hue := hue_of(colour))}


def rating_by_fill(fill: str, scale: Sequence[Rating]) -> Rating | None:
    """The rating whose colour is that of a cell's fill, else the nearest to it; None where none is
    of its family. Grey is of no family."""
    for rating in scale:
        if fill and rating.colour.upper() == fill.upper():
            return rating
    here = hue_of(fill)
    if here is None:
        return None
    near: list[tuple[float, int, Rating]] = []
    for rating in scale:
        there = hue_of(rating.colour)
        if there is not None and family_of(there[0]) == family_of(here[0]):
            apart = min(abs(here[0] - there[0]), 1 - abs(here[0] - there[0]))
            near.append((round(apart + abs(here[1] - there[1]) / 2, 3), rating.order, rating))
    return min(near, key=lambda item: item[:2])[2] if near else None


def usual_scale(fills: Iterable[str]) -> tuple[Rating, ...]:
    """A scale for rating cells that are only coloured: the usual words for those colours."""
    scale = [
        Rating(label, label, colour=colour, order=order, closed=label == "Blue",
               exception=label in ("Amber", "Red"))
        for order, (label, colour) in enumerate(
            (("Blue", "#4472C4"), ("Green", "#70AD47"), ("Amber", "#FFC000"), ("Red", "#FF0000")), 1
        )
    ]  # fmt: skip
    seen = [rating for fill in fills if (rating := rating_by_fill(fill, scale))]
    return tuple(scale) if len({r.code for r in seen}) >= 2 else ()
