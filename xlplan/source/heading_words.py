"""What the words of a column's heading promise, in several languages: roles with scores.

A heading is understood by its words, not whole: "Action we will take", "Exec lead", "By when?".
English headings end in what they are ("Action owner" is an owner, "Action ref" a ref), so words
for people, days, states and numbers come before words for something to be done. What `guess_role`
knows whole is certain. `--map` and the content of the column may overrule all of this.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from xlplan.late import regex
from xlplan.plan.propose_roles import guess_role

BRACKETS = regex(r"\([^()]*\)|\[[^][]*\]")
_CAMEL = regex(r"(?<=[a-z])(?=[A-Z][a-z]|\d)")
_ELISION = regex(r"\b(?:[dlmns]|qu)'(?=\w)")
_NOT_WORD = regex(r"[^\w ]+|_")
LONGEST_HEADING = 12
"""Words beyond which a text is a sentence: it promises less."""

# Number, person, day, state and note: the words that say what a column is whatever they qualify.
_KEY = (
    r"id|ids|uid|ref|refs|reference|references|no|nos|nr|num|number|numero|nummer|sno|slno|srno|"
    r"identifier|identificador|identifiant|kennung|lfd|rhif|cyf|cyfeirnod|index|kenmerk|volgnummer|"
    r"codigo"
)
_OF_ROW = (
    r"action|risk|issue|item|task|activity|finding|audit|rec|recommendation|milestone|unique|line|"
    r"serial|sr|sl|s|row|poam|poa m|weakness|vulnerability|summary|project|plan|wbs|gap|control|"
    r"objective|requirement|entry|log|case|observation|accion|tarea|riesgo|mesure|tache|risque|"
    r"massnahme|aufgabe|risiko|actie|taak|gweithred|risg|camau|deliverable|standard|incident|"
    r"measure|problem|initiative|dependency|assumption|decision|change|question|commitment|"
    r"intervention|lfd|proposal|card|ticket"
)
_SOMEBODY = (
    r"owners?|ownership|wer|wie|qui|quien|pwy|leads?|leader|leading|led|responsib\w*|"
    r"responsa[bv]\w*|office of primary interest|opi|dri|focal points?|resp|quem|accountab\w*|"
    r"assigned|assignees?|allocated|poc|sro|who|whom|officers?|persons?|personnel|managers?|"
    r"stewards?|custodians?|coordinators?|co ordinators?|champions?|sponsors?|handlers?|"
    r"implementers?|delegates?|"
    r"encargad[oa]s?|asignad[oa]s?|pilotes?|porteurs?|referents?|charge|"
    r"\w*verantwort\w*|\w+eigner|zustandig\w*|bearbeiter\w*|verantwoordelijk\w*|eigenaar|eigenaren|uitvoerder|"
    r"\w+houders?|federfuhr\w*|trekker|arweinydd|arweinwyr|cyfrifol\w*|perchennog|swyddog\w*|"
    r"contacts?|ansvarl?ig"
)
_SOMEBODY_PERHAPS = (
    "team|teams|members?|group|name|names|nom|nombre|naam|enw|department|dept|unit|resource|resources|"
    "people|developer|engineer"
)
_NOT_OURS = regex(
    r"\b(?:raised|created|identified|reported|logged|opened|entered|recorded|submitted|requested|"
    r"approved|reviewed|verified|validated|checked|prepared|updated|modified|monitor\w*|signed|"
    r"requestor|requester|reporter|author|originator|creado|cree|erstellt|gemeldet|aangemaakt|"
    r"customers?|clients?|phone|email|e mail|telephone)\b"
)
_DAY = r"date|dates|\w*datum|fecha|fechas|dyddiad|day|month|jour|deadlines?|when"
_DUE = (
    r"due|deadlines?|when|timescales?|time scales?|timeframes?|time frames?|timelines?|timings?|"
    r"echeances?|echeancier|delais?|calendrier|plazos?|vencimiento|cuando|cronograma|frist|fristen|"
    r"fallig\w*|termin|termine|zieldatum|zeitplan|bis wann|wann|einddatum|vervaldatum|streefdatum|"
    r"wanneer|quando|klart senast|opleverdatum|planning|erbyn|amserlen|pryd|quand|eta|ecd|scd|"
    r"\w+frist|\w+stermin|scadenza|prazo|uiterlijk|(?:complete|completion|done|finish|finished|"
    r"delivery|implementation|erledigt|erledigen|umzusetzen|umsetzung|fertig|fertigstellung) "
    r"(?:by|bis)|(?:target|completion|delivery|planned|expected|end) (?:year|quarter|month|term)|"
    r"to be (?:completed?|done|delivered|implemented|finished|achieved|actioned|closed)"
)
_ENDS = (
    r"target\w*|planned|expected|scheduled|anticipated|estimated|agreed|end|ends|finish|completion|"
    r"complete|resolution|resolve|close|closure|delivery|implementation|implement|remediation|"
    r"mitigation|limite|fin|final|termino|cierre|entrega|prevista|previsto|prevue|realisation|"
    r"ende|abschluss|fertigstellung|afronding|gereed|eind|cwblhau|targed|goal|required|by|"
    r"milestone|action|commitment|proposed|original|projected|forecast"
)
_OTHER_DAY = regex(
    r"\b(?:start\w*|begin\w*|began|raised|identified|created|opened|open|logged|reported|added|"
    r"entered|received|discovered|detected|detection|found|issued|recorded|submitted|requested|"
    r"updated?|modified|last|changed|approved|assigned|inicio|debut|beginn|anfang|creacion|"
    r"erstellt|aanmaak|dechrau|birth|meeting|audit|registro|notified|occurrence|occurred)\b|\bfrom$"
)
_PAST_DAY = regex(
    r"\b(?:actual|actually|closed|resolved|completed|done|finished|delivered|achieved|real|reelle?|"
    r"erledigt|tatsachlich\w*|afgerond|gesloten|closing|implemented)\b"
)
_REVIEW_DAY = regex(r"\b(?:review|reviewed|next|follow up|revision|monitoring|update)\b")
_NEW_DAY = regex(
    r"\b(?:revised|new|forecast|rescheduled|extended|extension|updated|rebaselined|"
    r"(?:current|latest) (?:(?:due|target|end|completion|agreed|delivery) )*date)\b"
)
_STATE = (
    r"status|statuses|rag|brag|bragg|ragb|rygb|state|estado|statut|etat|avancement|stato|"
    r"(?:umsetzungs|erfullungs|erledigungs|fertigstellungs)grad|"
    r"(?:bearbeitungs|umsetzungs|erledigungs|fortschritts)?stand|stand van zaken|statws|sefyllfa|"
    r"voortgangsstatus|situac(?:ion|ao)"
)
_STATE_PERHAPS = (
    r"rating|completed|complete|done|closed|open|health|traffic light|implemented|achieved|fixed|"
    r"situation|progress|on (?:track|target|schedule)|stage|condition|realise|realisee|hecho|"
    r"erledigt|gereed|afgerond|confidence"
)
_NOT_STATE = regex(
    r"\b(?:risk|priority|severity|likelihood|probability|impact|inherent|residual|current risk|"
    r"control|score|outcome|criticality|urgency|maturity|compliance|importance|approval|budget|"
    r"employment|marital|taux|pourcentage|porcentaje|percent)\b"
)
_NOTE = (
    r"comments?|commentary|remarks?|notes?|updates?|progress|narrative|log|"
    r"observac(?:ion(?:es)?|oes|ao)|comentarios?|notas?|seguimiento|progreso|avances?|commentaires?|"
    r"remarques?|observations?|suivi|bemerkung\w*|kommentare?|anmerkung\w*|notiz\w*|fortschritt|"
    r"sachstand|opmerking\w*|toelichting|voortgang|notities|sylwadau|cynnydd|nodiadau|diweddariad|"
    r"where (?:we are|are we)|how are we doing|position (?:at|as at|statement)|so far|to date|"
    r"(?:current|latest|present) position|^latest$"
)
_MEASURE = (
    r"indicators?|indicador\w*|indicateurs?|indikator\w*|dangosydd\w*|kpis?|crit[eé]r\w+|"
    r"kriteri\w+|monitor(?:ed|ing)? (?:by )?(?:who|how|when|what)"
)
_ANSWER = r"(?:(?:management|service|officers?|auditees?|trust|council|client) )?(?:response|reply)"
_KINDS = regex(
    r"\b(?:type|types|category|categories|class|classification|priority|priorities|severity|score|"
    r"scores|level|likelihood|probability|impact|cost|costs|budget|amount|value|effort|count|"
    r"frequency|rank|weight|duration|days|hours|percent|percentage|hyperlink|url|link|links|"
    r"linked|category|location|source|version|tipo|typ|categorie|kategorie|prioritat|priorite|"
    r"prioridad|prioriteit|blaenoriaeth|coste?|kosten|dauer|duracion|duree|phase|stage|raised|"
    r"rationale|owner|evidence|trigger|triggers|dependency|dependencies|parent|block\w*)\b"
)

# What is to be done: from the words that say so outright to those that say what it is about.
_DO: tuple[tuple[str, float], ...] = (
    (r"actions?|acciones|accion|gweithred\w*|camau|cam|\w*acties?|actiepunt\w*|aktion\w*|azion[ei]|"
     r"acao|acoes|atgard\w*|tiltak|\w*massnahmen?|mesures?|medidas?|\w*maatregel\w*", 0.95),
    (r"mitigations?|mitigating|mitigate|corrective|remediation|remedial|treatment|countermeasures?|"
     r"tasks?|activity|activities|taches?|tareas?|actividad\w*|aufgaben?|aktivitat\w*|taak|taken|"
     r"activiteit\w*|tasgau?|gorchwyl\w*|activites?|arbeitspaket\w*|vorgang\w*|werkzaamheden|"
     r"steps?|sub ?tasks?|to ?dos?|(?:card|ticket) (?:name|title)|"
     r"how (?:will|do|shall|are) we (?:do|get|achieve|deliver|make)\w*|we will|vorhaben|"
     r"what (?:\w+ )*(?:to do|will do|do|done|needed)|"
     r"what (?:needs? to|must|should|will|has to|is going to|are we going to) (?:happen|change)",
     0.9),
    (r"recommendations?|recs?|afis?|recommended|recommandations?|recomendacion\w*|empfehlung\w*|aanbeveling\w*|"
     r"argymhell\w*|precautions?|interventions?|undertakings?|commitments?|deliverables?|"
     r"initiatives?|milestones?|measures?|improvements?|response|responses|respuesta|contingency|"
     r"solutions?|resolution|proposals?|requirements?|projects?|work ?packages?|jalons?|hitos?|"
     r"meilenstein\w*|mijlpa\w*|fix", 0.75),
    (r"issues?|findings?|\w+punt|\w+punten|observations?|weakness\w*|problems?|non ?conformit\w*|"
     r"gaps?|concerns?|constats?|hallazgos?|feststellung\w*|bevinding\w*|vulnerabilit\w*|"
     r"deficienc\w*|must do|should do|controls?|requests?|details?|detalles?|descriptions?|"
     r"descripcion\w*|beschreibung\w*|omschrijving\w*|beschrijving|disgrifiad|libelle|subject|"
     r"summary|title|titel|titulo|titre|teitl|intitule|asunto|betreff|onderwerp|item|items|"
     r"bezeichnung|thema|beth|que|quoi|was|wat", 0.55),
    (r"risks?|riesgos?|risques?|risiken|risiko|risico\w*|risg\w*|objectives?|objetivos?|objectifs?|"
     r"ziele?|doel\w*|goals?|aims?|name|nom|nombre|topic|dependency|decision|question|statement|"
     r"priority|strategy|topics?|standard|assumptions?|opportunit\w*", 0.4),
)  # fmt: skip
_DONE_ALREADY = regex(
    r"\b(?:existing|current|in place|present|(?<!be )taken|completed|to date|previous|past|"
    r"possible|preferred|options?|root|cause|causes|consequences?|changes?|effectiveness|dependent)\b"
)
ROLES = ("key", "action", "lead", "due", "rating", "progress")
"""The roles that one column of a table has alone."""


def words_of(heading: str) -> str:
    """A heading's words in small plain letters: "TargetDate" is "target date", "Zuständig" is
    "zustandig"."""
    parted = _CAMEL.sub(" ", heading)
    plain = unicodedata.normalize("NFKD", parted.replace("ß", "ss").replace("’", "'"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    letters = _ELISION.sub(" ", letters).replace("%", " percent ").replace("#", " no ")
    letters = letters.replace("'", "")
    words = _NOT_WORD.sub(" ", letters).split()
    return " ".join(_unglued(word) for word in words)


_BASES = (
    "recommendation", "responsible", "mitigation", "description", "completion", "constats",
    "comments", "deadline", "comment", "activity", "progress", "target", "action", "status",
    "owner", "issue", "date", "task", "risk", "lead", "due",
)  # fmt: skip
"""Words that headings of exported lists run together with others, the longest first."""


def _unglued(word: str) -> str:
    """ "riskowner" in two words, where one of them is a usual one and the other has a length."""
    if len(word) < 7:
        return word
    for base in _BASES:
        rest = word.removesuffix(base)
        if rest != word and rest in _BASES:
            return f"{rest} {base}"
        rest = word.removeprefix(base)
        if rest != word and len(base) >= 6 and len(rest) >= 6:
            return f"{base} {rest}"
    return word


_COUNCILLOR = regex(r"cabinet member|portfolio holder")


@lru_cache(maxsize=4096)
def role_scores(heading: str) -> Mapping[str, float]:
    """The roles that a heading may have, each with how surely from 0 to 1."""
    exact = guess_role(_CAMEL.sub(" ", heading).replace("_", " "))
    if exact == "rating+progress":
        return {"rating": 1.0, "progress": 1.0}
    bare = words_of(BRACKETS.sub(" ", heading))
    found = _scores(bare) if bare else {}
    parts = [words_of(part) for part in re.split(r"[/&+|]| and ", BRACKETS.sub(" ", heading))]
    if len(parts) > 1:
        of_parts = _of_parts(parts)
        if not found.keys() & {"lead", "due", "key", "revised"} or of_parts.keys() >= _WHO_WHEN:
            found = of_parts or found
    if not found:
        found = {role: score * 0.6 for role, score in _scores(words_of(heading)).items()}
    if any(_RAG_ALONE.fullmatch(words_of(each)) for each in BRACKETS.findall(heading)):
        found = {**found, "rating": max(0.95, found.get("rating", 0.0))}
    if exact in ROLES or exact in ("revised", "recommendation"):
        role = "action" if exact == "recommendation" else exact
        sure = 0.75 if exact == "recommendation" else _SURE.get(words_of(heading), 1.0)
        found = {**found, role: max(sure, found.get(role, 0.0) if sure == 1.0 else 0.0)}
    elif exact == "accountable":
        # Whoever does it is asked, where another column says who; for a councillor a team is.
        found = {**found, "lead": 0.4 if _COUNCILLOR.fullmatch(words_of(heading)) else 0.55}
    elif exact == "milestone":
        found.setdefault("action", 0.6)
    elif exact in ("inspection", "page", "origin"):
        found.pop("key", None)
    return found


_WHO_WHEN = frozenset({"lead", "due"})


def _of_parts(parts: Sequence[str]) -> dict[str, float]:
    """The roles of "Control measures / comments": the first part says most."""
    found: dict[str, float] = {}
    for place, part in enumerate(parts):
        for role, score in _scores(part).items():
            score = round(score * (0.7 if place else 0.9), 3)
            found[role] = max(found.get(role, 0.0), score)
    return found


_SURE = {
    "date": 0.5, "name": 0.4, "names": 0.4, "what": 0.8, "item": 0.5, "time": 0.4, "target": 0.5,
    "completion": 0.6, "action taken": 0.7, "actions taken": 0.7, "position": 0.5, "rating": 0.7,
    "people": 0.5}  # fmt: skip
"""Headings that plans use for a role, and other tables for something else."""


def _has(pattern: str, words: str) -> bool:
    return re.search(rf"\b(?:{pattern})\b", words) is not None


def _scores(words: str) -> dict[str, float]:
    """The roles that these words may mean: the first kind of word that is there decides."""
    long = 0.6 if len(words.split()) > LONGEST_HEADING else 1.0
    for read in (_period, _key, _note, _day, _state, _somebody):
        if found := read(words):
            return {role: score * long for role, score in found.items() if score}
    return {"action": done * long} if (done := _do(words)) else {}


def _period(words: str) -> dict[str, float] | None:
    period = re.fullmatch(r"(?:quarter|month|week|half ?term|term|period)(?: ref)?", words)
    return {"due": 0.4} if period else None


def _key(words: str) -> dict[str, float] | None:
    rest, last = words.rsplit(" ", 1) if " " in words else ("", words)
    if last == "key" and re.fullmatch(_OF_ROW, rest):
        return {"key": 0.96}  # "Issue key" before "Issue id"
    if re.fullmatch(_KEY, last):
        if not rest or re.fullmatch(rf"(?:(?:{_OF_ROW}|{_KEY}) ?)+", rest):
            return {"key": 0.95}
        return {"key": 0.5} if len(rest.split()) <= 2 else None
    first = words.split(" ", 1)[0]
    numbered = re.fullmatch(r"n|no|nr|numero|id|ref|rhif|cyf", first) or words == "s no"
    return {"key": 0.7} if numbered and len(words.split()) <= 4 else None


_NO_NOTE = regex(
    r"\b(?:(?<!to )date|datum|fecha|percent)\b|"
    r"\b(?:b?rag|status|statut|etat|estado|statws|owner|by)$|"
    r"^(?:estado|etat|statut|status|state|stand) (?:de|des|der|du|of)\b"
)
"""Headings with a word for notes that are what they end in, or its state: "Estado de avance"."""


def _note(words: str) -> dict[str, float] | None:
    if _has(_MEASURE, words) and not _has(_STATE, words):
        return {"": 0.0}
    if re.fullmatch(_ANSWER, words):
        return {"progress": 0.6, "action": 0.55}
    if not _has(_NOTE, words) or _NO_NOTE.search(words):
        return None
    return {"progress": 0.9, "rating": 0.2, "action": min(_do(words), 0.3)}


_RAG_ALONE = regex(r"b?rag(?: (?:status|rating|rated))?")
_RATED_EACH = regex(r"^b?rag (?:by|each|every|per) (?:month|quarter|week|term)\b")
_SPAN = r"start(?: date)? (?:and |to )?(?:end|finish|completion)(?: dates?)?"
_ASKS_WHEN = regex(r"(?:by )?(?:when|what date)\b")


def _day(words: str) -> dict[str, float] | None:
    asks = len(words.split()) <= (10 if _ASKS_WHEN.match(words) else 5)  # else it is a sentence
    due, day = _has(_DUE, words) and (asks or not _has("when", words)), _has(_DAY, words)
    day = day and (asks or not _has("when", words))
    target = re.fullmatch(
        r"(?:\w+ )?(?:target|expected|planned|estimated|scheduled) "
        r"(?:completion|resolution|closure|close(?: out)?|delivery|finish|end)|"
        r"(?:completion|resolution|closure|delivery|implementation) target",
        words,
    )
    if re.search(r"\b(?:percent|weeks? ending|time spent)\b", words):
        return {"": 0.0}
    if _RATED_EACH.search(words):
        return None
    if re.fullmatch(r"forecast|expected|planned|agreed|estimated", words):
        return {"due": 0.5}
    if re.fullmatch(rf"end|ends|finish|ende|fin|einde|diwedd|by|bis|per|{_SPAN}", words):
        return {"due": 0.7}
    ends = re.fullmatch(
        rf"(?:baseline|current|latest|actual|revised|{_ENDS}) (?:end|finish|ende)|"
        r"(?:revised|new|latest) target",
        words,
    )
    if not (due or day or target or ends):
        return None
    if _OTHER_DAY.search(words) and not _NEW_DAY.search(words):
        return {"due": 0.05}
    if _has(r"milestones?|actions?", words) and words.split()[0] in ("milestones", "actions"):
        return {"action": 0.4, "due": 0.4}
    if _NEW_DAY.search(words):
        return {"revised": 0.8, "due": 0.6}
    if _PAST_DAY.search(words) and not re.search(r"\b(?:be|by|when|bis)\b", words):
        return {"due": 0.25}
    if due or target or ends:
        who = {"lead": 0.8} if words.endswith(("implementation by", "delivery by")) else {}
        return {"due": 0.95, **who}
    if _REVIEW_DAY.search(words):
        return {"due": 0.3}
    return {"due": 0.9 if _has(_ENDS, words) else 0.5}


def _state(words: str) -> dict[str, float] | None:
    if _NOT_STATE.search(words) and not _has(r"status|rag|brag", words):
        return None
    if _has(_STATE, words):
        return {"rating": 0.7 if _NOT_STATE.search(words) else 0.95}
    if _ASKS_HOW.match(words):
        return {"rating": 0.6, "progress": 0.5}
    short = len(words.split()) <= 3 and not _has(_SOMEBODY, words) and not _DONE_WITH.search(words)
    short = short and not words.endswith(" by")  # that is who, or by when
    return {"rating": 0.6} if short and _has(_STATE_PERHAPS, words) else None


_ASKS_HOW = regex(r"how (?:is|are) (?:it|things) (?:go|progress)ing|(?:is|are) (?:it|we) on t")
_DONE_WITH = regex(r"\b(?:actions?|steps?|work|tasks?|activities)\b")


def _somebody(words: str) -> dict[str, float] | None:
    if _NOT_OURS.search(words) and not _has(r"owner|lead|responsible|assigned|implement", words):
        return {"lead": 0.15} if _has(r"who|by|whom|par|por|von|door|gan", words) else None
    if re.fullmatch(r"(?:actions?|actioned|follow(?:ed)? up|to be (?:done|actioned)) by", words):
        return {"lead": 0.8, "due": 0.5}  # its cells say which
    if _has(_SOMEBODY, words):
        minor = _has(r"support\w*|secondary|deputy|other|co|monitor\w*|sponsors?|contacts?", words)
        return {"lead": 0.5 if minor else 0.6 if _has(r"accountab\w*|managers?", words) else 0.95}
    if len(words.split()) > 3 or not _has(_SOMEBODY_PERHAPS, words) or _do(words) > 0.4:
        return None
    if re.fullmatch(rf"(?:{_OF_ROW}) (?:name|nom|nombre|naam|enw)", words):
        return None
    return {"lead": 0.45}


def _do(words: str) -> float:
    if re.fullmatch(r"corrective|remedial|mitigating|recommended|taken", words):
        return 0.2  # says which, not what
    if re.search(r"\b(?:want|hope|aim|try|trying) to (?:achieve|see|be|change)\b", words):
        return 0.3  # what it is for
    if re.fullmatch(r"(?:agreed |planned )?next (?:steps?|actions?)", words):
        return 0.6  # what is still to be done about that which another column names
    best = max((score for pattern, score in _DO if _has(pattern, words)), default=0.0)
    best = best if best != 0.4 or len(words.split()) <= 4 else 0.3
    if best and _has(
        r"descriptions?|details?|plans?|summary|text|title|required|to be taken", words
    ):
        best = min(best + 0.03, 0.98)
    if best and _KINDS.search(words):
        best *= 0.3
    if re.search(r"\b(?:immediate|containment|interim) (?:corrective )?actions?\b", words):
        best *= 0.8  # what was done until the other was
    return best * (0.5 if _DONE_ALREADY.search(words) else 1.0)
