"""Periods as officers name them, and the day on which each ends.

Quarters, halves and years, school terms and half-terms, seasons, Easter and Christmas, weeks from
now. A period is due on its last day, as a month is. Where a year begins is for the plan to say:
without it a quarter has no day. Words of other languages are put into English first.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from xlplan.late import regex


class Calendar(Struct, frozen=True):
    """What a plan says about its time.

    `begins` is the day from which a day without a year counts: the first 31 March after it.
    `year_starts` is the month (1 to 12) in which the year of "Q4 2026/27" begins, 0 where unknown.
    """

    begins: date | None = None
    year_starts: int = 0


NO_CALENDAR = Calendar()


class Ending(Struct, frozen=True):
    """The day by which words say that something is due, and how that is known.

    `by` is None where the plan does not say what the words rest on; `needs` names that key.
    """

    by: date | None
    words: str
    needs: Literal["", "year_starts", "begins"] = ""


def month_end(year: int, month: int) -> date | None:
    """The last day of a month; None for a month that no calendar has."""
    if not (1 <= month <= 12 and 1 <= year <= 9999):
        return None
    return date(year, month, calendar.monthrange(year, month)[1])


_YEAR = r"(?P<year>20\d\d|'?\d\d)(?:\s*[/-]\s*(?P<next>20\d\d|\d\d))?(?![\d/]|-\d)"
_OF = r"[\s,:/(-]*(?:of\s+)?(?:the\s+)?(?:f\.?y\.?\s*(?=\S+[/-])|(?:financial|fiscal)\s+year\s+)?"
_NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4}
_NUMBER = r"(?:q|quarter\s*)(?P<{0}>[1-4])"
_ORDINAL = r"(?P<{0}>[1-4](?:st|nd|rd|th)|first|second|third|fourth|last|final)\s+quarter"
_QUARTERS = (
    regex(rf"\b{_NUMBER.format('part')}{_OF}{_YEAR}"),
    regex(rf"\b{_ORDINAL.format('part')}{_OF}{_YEAR}"),
    regex(rf"(?<![\d/-]){_YEAR}[\s,:-]*(?:q|quarter\s*)(?P<part>[1-4])\b"),
)
_HALVES = (
    regex(rf"\bh(?P<part>[12]){_OF}{_YEAR}"),
    regex(rf"\b(?P<part>first|second|1st|2nd)\s+half{_OF}{_YEAR}"),
    regex(rf"(?<![\d/-]){_YEAR}[\s,:-]*h(?P<part>[12])\b"),
)
_YEARS = (
    regex(
        rf"\b(?P<kind>academic|school|financial|fiscal)\s+year(?:[\s-]*end)?[\s,:]*(?:of\s+)?{_YEAR}"
    ),
    regex(rf"\bf\.?y\.?\s*(?P<kind>){_YEAR}"),
    regex(rf"\b(?P<kind>)year[\s-]*end[\s,:]*{_YEAR}"),
)
_END_OF_YEAR = regex(
    r"^(?:at )?(?:the )?end of (?:the )?((?:(?:financial|fiscal|academic|school) )?year)\b"
)
_LEADING = regex(r"^(?:(?:the|at|in|during|end)\s+(?:of\s+)?)+")
_YEAR_ALONE = regex(rf"(?:(?:end|late|late in)\s+(?:of\s+)?(?:the\s+year\s+)?)?{_YEAR}")
_TERM = regex(
    r"\b(?P<term>autumn|spring|summer)(?:\s+(?P<is>term))?(?:\s+(?P<half>half[\s-]?term))?"
    rf"(?:\s+(?P<part>[12])(?=[\s,(-]))?[\s,(]*{_YEAR}"
)
_MONTH_HALF_TERM = regex(
    rf"\b(?P<month>oct(?:ober)?|feb(?:ruary)?|may)\s+half[\s-]?term[\s,]*{_YEAR}"
)
_SEASON = regex(rf"(?:late\s+)?\b(?P<season>spring|summer|autumn|fall|winter)[\s,]*{_YEAR}")
_FEAST = regex(
    rf"(?<!after )(?<!from )(?<!since )\b(?P<feast>christmas|xmas|easter)"
    rf"(?:\s+(?:break|holidays?))?[\s,]*{_YEAR}"
)
_MONTHS_IN_NUMBERS = (
    regex(r"(?P<year>20\d\d)[-/.](?P<month>0[1-9]|1[0-2])"),
    regex(r"(?P<month>0?[1-9]|1[0-2])[-.](?P<year>20\d\d)"),
    regex(
        r"(?:0?[1-9]|1[0-2])/20\d\d ?(?:[-–—]|to|until|till|bis|au|tot) ?"
        r"(?P<month>0?[1-9]|1[0-2])/(?P<year>20\d\d)"
    ),
)
"""A month without its name, and the last of a span of such: "2026-06", "06.2026"."""
_CALENDAR_WEEK = regex(r"kw\.? ?(?P<week>\d{1,2})(?: ?[/-] ?|\.? )(?P<year>20\d\d|\d\d)")
_TERM_ENDS = {"autumn": (10, 12), "spring": (2, 3), "summer": (5, 7)}
"""The months in which the half-term and the term end in schools."""
_SEASON_ENDS = {"spring": 5, "summer": 8, "autumn": 11, "fall": 11}
_HALF_TERM_MONTHS = {"feb": 2, "may": 5, "oct": 10}
_IN_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_NUMBER_WORDS = {word: number for number, word in enumerate(_IN_WORDS.split(), 1)}
_WITHIN = regex(r"(?:with)?in\s+(\w+)\s+(day|week|month|year)s?|(\w+)\s+(day|week|month|year)s?")


def periods_in(whole: str, plan: Calendar) -> list[Ending]:
    """The periods that name their year anywhere in `whole` (lower case, single spaces)."""
    return [ending for _, ending in _found(whole, plan)]


def period_alone(whole: str, plan: Calendar) -> Ending | None:
    """The period that `whole` names and nothing else; also a season, a split year, a year."""
    core = _END_OF_YEAR.sub(r"\1 end", whole)
    core = _LEADING.sub("", core)
    for match, ending in _found(core, plan):
        if match.span() == (0, len(core.rstrip(")"))):
            return ending
    if found := _SEASON.fullmatch(core):
        return _season(found)
    if (found := _CALENDAR_WEEK.fullmatch(core)) and (day := _last_of_week(found)):
        return Ending(day, f"the last day of calendar week {int(found['week'])}")
    year = _YEAR_ALONE.fullmatch(core)
    is_split = year and len(year["year"]) == 4 and year["next"] and _years(year)  # "2011/12"
    for each in _MONTHS_IN_NUMBERS:
        if (found := each.fullmatch(core)) and not is_split:
            end = month_end(int(found["year"]), int(found["month"]))
            return Ending(end, "the last day of that month")
    return _whole_year(year, plan) if year else None


def _found(whole: str, plan: Calendar) -> Iterator[tuple[re.Match[str], Ending]]:
    for match in (match for each in _QUARTERS for match in each.finditer(whole)):
        number = _NTH.get(match["part"]) or int(match["part"][0])
        if ending := _part_of_year(match, f"Q{number}", number * 3, plan):
            yield match, ending
    for match in (match for each in _HALVES for match in each.finditer(whole)):
        number = _NTH.get(match["part"]) or int(match["part"][0])
        if ending := _part_of_year(match, f"H{number}", number * 6, plan):
            yield match, ending
    for match in (match for each in _YEARS for match in each.finditer(whole)):
        if ending := _named_year(match, plan):
            yield match, ending
    for match in _TERM.finditer(whole):
        if ending := _term(match):
            yield match, ending
    for match in _MONTH_HALF_TERM.finditer(whole):
        month = _HALF_TERM_MONTHS[match["month"][:3]]
        if (year := _single_year(match)) and (end := month_end(year, month)):
            yield match, Ending(end, "the last day of the month of that half-term")
    for match in _FEAST.finditer(whole):
        if year := _single_year(match):
            easter = match["feast"] == "easter"
            day = easter_sunday(year) if easter else date(year, 12, 25)
            yield match, Ending(day, f"{'Easter Sunday' if easter else 'Christmas Day'} {year}")


def _years(match: re.Match[str]) -> tuple[int, bool] | None:
    """The year that a match names, or that its split year begins in, and whether it is split."""
    first = int(match["year"].lstrip("'"))
    first += 0 if first > 99 else 2000
    if not match["next"]:
        return first, False
    return (first, True) if int(match["next"]) % 100 == (first + 1) % 100 else None


def _single_year(match: re.Match[str]) -> int | None:
    years = _years(match)
    return years[0] if years and not years[1] else None


def _part_of_year(match: re.Match[str], name: str, months: int, plan: Calendar) -> Ending | None:
    """The end of a part of a year, so many months after the year began."""
    years = _years(match)
    if years is None:
        return None
    first, split = years
    shown = f"{name} {first}/{(first + 1) % 100:02d}" if split else f"{name} {first}"
    if not plan.year_starts or (split and plan.year_starts == 1):
        return Ending(None, shown, "year_starts")
    last = plan.year_starts - 1 + months
    end = month_end(first + (last - 1) // 12, (last - 1) % 12 + 1)
    return Ending(end, f"the last day of {shown}") if end else None


def _named_year(match: re.Match[str], plan: Calendar) -> Ending | None:
    """The end of a year of a kind: "financial year 2026/27", "academic year 2026/27"."""
    years = _years(match)
    if years is None:
        return None
    first, split = years
    if match["kind"] in ("academic", "school"):
        if not split and "end" not in match[0]:
            return None
        return Ending(date(first + split, 8, 31), f"the end of the {match['kind']} year")
    if split:
        return _part_of_year(match, "the year", 12, plan)
    if "end" not in match[0]:
        return None  # "FY27" is the year that ends in 2027 for some, and begins then for others
    if not plan.year_starts:
        return Ending(None, f"year end {first}", "year_starts")
    end = month_end(first, (plan.year_starts - 2) % 12 + 1)
    return Ending(end, f"the year end in {first}") if end else None


def _whole_year(match: re.Match[str], plan: Calendar) -> Ending | None:
    years = _years(match)
    if years is None or (len(match["year"].lstrip("'")) == 2 and not years[1]):
        return None
    if not years[1]:
        return Ending(date(years[0], 12, 31), f"the last day of {years[0]}")
    if "-" in match[0] and int(match["next"]) <= 12:
        return None  # "2011-12" is December 2011, or the year from 2011 to 2012
    return _part_of_year(match, "the year", 12, plan)


def _term(match: re.Match[str]) -> Ending | None:
    """The end of a school term or half-term: the last day of the month in which schools end it."""
    years = _years(match)
    if years is None or not (match["is"] or match["half"] or match["part"]):
        return None
    first, split = years
    year = first + (split and match["term"] != "autumn")
    half = match["part"] == "1" if match["part"] else bool(match["half"])
    end = month_end(year, _TERM_ENDS[match["term"]][0 if half else 1])
    name = f"{match['term']} {'half-term' if half else 'term'}"
    return Ending(end, f"the last day of the month in which the {name} ends") if end else None


def _last_of_week(match: re.Match[str]) -> date | None:
    """The Sunday of a week of ISO 8601; None for a week that its year has not."""
    year = int(match["year"]) + (0 if len(match["year"]) == 4 else 2000)
    try:
        return date.fromisocalendar(year, int(match["week"]), 7)
    except ValueError:
        return None


def _season(match: re.Match[str]) -> Ending | None:
    years = _years(match)
    if years is None:
        return None
    first, split = years
    season = match["season"]
    if season == "winter":
        # "Winter 2027" begins in 2027 for some and ends then for others.
        end = month_end(first + 1, 2) if split else None
    else:
        end = month_end(first + (split and season in ("spring", "summer")), _SEASON_ENDS[season])
    return Ending(end, f"the last day of {season}") if end else None


def easter_sunday(year: int) -> date:
    """Easter Sunday of a year in the Gregorian calendar (the anonymous computus of 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _relative_end(whole: str, issued: date) -> date | None:
    """The day that words such as "within 3 months" and "immediate" count to from `issued`."""
    if whole.removeprefix("with ").startswith("immediate"):
        return issued
    if not (match := _WITHIN.fullmatch(whole)):
        return None
    word, unit = (match[1], match[2]) if match[1] else (match[3], match[4])
    count = _NUMBER_WORDS.get(word) or (int(word) if word.isdecimal() and len(word) < 5 else None)
    if count is None:
        return None
    if unit in ("day", "week"):
        days = count * (7 if unit == "week" else 1)
        return issued + timedelta(days) if days <= (date.max - issued).days else None
    months = issued.month - 1 + count * (12 if unit == "year" else 1)
    end = month_end(issued.year + months // 12, months % 12 + 1)
    return end and end.replace(day=min(issued.day, end.day))


def counted_from(text: str, issued: date) -> date | None:
    """The day of a timescale that counts from `issued`: "Within 3 months", "Immédiat"."""
    words = (" ".join(each.split()).rstrip(". ").lower() for each in (text, in_english(text)))
    return next((by for each in words if (by := _relative_end(each, issued))), None)


_MONTHS_ELSEWHERE = {
    "january": "janvier janv enero ene januar janner janer januari ionawr",
    "february": "fevrier fevr febrero februar februari chwefror",
    "march": "mars marzo marz maerz maart mrt mawrth",
    "april": "avril avr abril abr ebrill",
    "may": "mai mayo mei",
    "june": "juin junio juni mehefin",
    "july": "juillet juil julio juli gorffennaf",
    "august": "aout agosto augustus awst",
    "september": "septembre septiembre setiembre medi",
    "october": "octobre octubre oktober okt hydref",
    "november": "novembre noviembre tachwedd",
    "december": "decembre diciembre dic dezember dez rhagfyr",
    "quarter": "trimestre quartal kwartaal chwarter",
    "half": "semestre halbjahr halfjaar hanner",
    "day": "jour jours dia dias tage tagen dagen diwrnod",
    "week": "semaine semaines semana semanas woche wochen weken wythnos",
    "month": "mois mes meses monat monate monaten maand maanden mis",
    "year": "ans annee annees ano anos jahr jahre jahren jaar blwyddyn",
    "immediate": "immediat immediatement inmediato inmediata inmediatamente sofort unverzuglich "
    "onmiddellijk",
    "christmas": "noel navidad weihnachten kerst kerstmis nadolig",
    "easter": "paques ostern pasen pasg",
}
"""Words that make a text one of time, in French, Spanish, German, Dutch and Welsh."""
_OTHERS_ELSEWHERE = {
    "end of": "fin finales final ende eind einde diwedd",
    "mid": "mi mediados mitte medio midden canol",
    "in": "dans sous en innerhalb binnen fewn",
    "by": "avant ici jusque antes hasta para bis vor voor tegen erbyn cyn",
    "": "a d de del du des le la el der den dem het van von zum am op o",
    "1st": "premier premiere primer primero erste erstes ersten eerste cyntaf",
    "2nd": "deuxieme second segundo zweite zweites zweiten tweede ail",
    "3rd": "troisieme tercer tercero dritte drittes dritten derde trydydd",
    "4th": "quatrieme dernier cuarto ultimo vierte viertes vierten vierde pedwerydd",
}
TIME_WORDS = {w: english for english, all_ in _MONTHS_ELSEWHERE.items() for w in all_.split()}
_WORDS = TIME_WORDS | {w: english for english, all_ in _OTHERS_ELSEWHERE.items()
                        for w in all_.split()}  # fmt: skip
_MONTHS = frozenset(list(_MONTHS_ELSEWHERE)[:12])
_NAMES_ELSEWHERE = "|".join(w for w, english in TIME_WORDS.items() if english in _MONTHS - {w})
_MONTH_ELSEWHERE = regex(rf"\b(?:{_NAMES_ELSEWHERE})\b\.?\s+(?:del?\s+)?(?:20)?\d\d\b")
_OF_YEAR_ELSEWHERE = regex(
    r"\s*(?:\w+ ){0,2}(?:fin|finales|ende|eind|einde|diwedd|mediados|mitte|midden|canol)"
    r"(?: de| du| del| van)? 20\d\d\s*"
)
"""The end or the middle of a year, in which no other word is one of time: "Ende 2026"."""
_ORDINAL_SIGN = regex(r"\b(\d{1,2})(?:er|ere|eme|ste|de|e|o|a|\.)(?=\s)")
_COUNTED = regex(r"\b([1-4])\s+(?=quarter|half)")


def names_month_elsewhere(text: str) -> bool:
    """Whether a text names a month of a year in the words of another language."""
    return _MONTH_ELSEWHERE.search(_bare(text)) is not None


def in_english(text: str) -> str:
    """A timescale of another language in the English of this module; ``""`` if it is none."""
    bare = re.sub(r"'(?!\d)", " ", _bare(text))
    bare = re.sub(r"\bt([1-4])(?=[\s/-]*20\d\d)", r"\1 trimestre", bare)
    bare = re.sub(r"\bs([12])(?=[\s/-]*20\d\d)", r"\1 semestre", bare)
    words = re.findall(r"[^\W\d_]+", bare)
    if not any(word in TIME_WORDS for word in words) and not _OF_YEAR_ELSEWHERE.fullmatch(bare):
        return ""
    put = re.sub(r"[^\W\d_]+", lambda m: _WORDS.get(m[0], m[0]), _ORDINAL_SIGN.sub(r"\1", bare))
    put = "\n".join(" ".join(line.split()) for line in put.split("\n"))
    put = re.sub(r"\bmid\s*-\s*", "mid ", put)
    return _COUNTED.sub(lambda m: f"{m[1]}{_SUFFIX[int(m[1]) - 1]} ", put)


def _bare(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(c for c in bare if not unicodedata.combining(c))


_SUFFIX = ("st", "nd", "rd", "th")
_MONTH_NAME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_COUNTED_UP = r" \d\d?(?:(?:[,;] ?\d\d?)*,? (?:and|&|to) |(?:[,;] ?\d\d?)+[,;] ?)\d\d?\b"
_STARTS_DAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|by|on|from|to|until|till|before|due|and|the|bis|am|zum|vom|und)"
)
_BEHIND_DAY = r"(?:\s?(?:st|nd|rd|th|ter|ten))?(?:\s*[.,/]\s*|\s+day\s+of\s+|\s+)"
_DAY_SPELT = regex(
    rf"(\b(?!{_STARTS_DAY}\b|{_MONTH_NAME}\b)[^\W\d_]+{_COUNTED_UP})"
    rf"|((?:^|[(;,–-]|:(?!\d)|(?<!\d):|(?<![^\W_]){_STARTS_DAY})[^\S\n]*)"
    rf"(?<![\w.,/-])(\d\d?){_BEHIND_DAY}({_MONTH_NAME})(?:\.?\s*[/,.-]\s*|\.?\s+)(?=(?:20)?\d\d(?!\d))",
    re.IGNORECASE | re.MULTILINE,
)
"""A day that a point, a comma, a slash or words part from its month, where a date may begin: behind
another word the numbers may be that word's ("Phase 2. April 2027", "Phases 1 and 2, May 2027")."""
_POINTED_DAY = regex(rf"\b({_MONTH_NAME}\.?\s+\d{{1,2}})\.(?=\s+20\d\d)", re.IGNORECASE)
_LINE_NUMBER = regex(r"^\s*(\d{1,2})[.)][^\S\n]*(?=[^\W\d_])", re.MULTILINE)


def spell_days(text: str) -> str:
    """A text with its days in the usual order of words: "15. April 2027" is 15 April 2027.

    Numbers that count lines from 1 up are those of a list, not days.
    """
    numbers = [int(each[1]) for each in _LINE_NUMBER.finditer(text)]
    if len(numbers) > 1 and numbers == list(range(1, len(numbers) + 1)):
        text = _LINE_NUMBER.sub("then ", text)  # no line runs on into the next
    text = _POINTED_DAY.sub(r"\1,", text)
    return _DAY_SPELT.sub(lambda m: m[1] or f"{m[2]}{m[3]} {m[4]} ", text)
