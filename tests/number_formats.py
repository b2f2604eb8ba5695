"""Number formats as people and programs write them, with values: for tests of what cells show."""

from __future__ import annotations

NUMBERS = (
    0, 1, 7, 12, 419, 1234, 1234567, 0.5, 1.1, 1.005, 2.675, 12.345, 99.995, 1234.5678, 0.07, -1,
    -0.5, -3, -1234.5, 46295,
)  # fmt: skip
AMOUNTS = (
    "0", "0.0", "0.00", "0.000", "00", "000", "00000", "#", "##", "#.##", "0.0#", "0.##", "#,##0",
    "#,##0.0", "#,##0.00", "#,###", "#,##0.###", "0,000", "0%", "0.0%", "0.00%", "#%", '0"%"',
    r"0\%", '0 "%"', '"HSG-"000', "000-000", r"00\-00\-00", "0000 000", '"Ref "0', '0" days"',
    r"0\ \d\a\y\s", "0.0,", "0,", '0.0,,"m"', '#,##0,"k"', "£#,##0", "£#,##0.00", "[$£-809]#,##0",
    "[$€-2] #,##0.00", "[$$-409]#,##0.00", "#,##0 [$€-2]", "0;(0)", "#,##0;(#,##0)",
    "#,##0;[Red]-#,##0", "#,##0.00;[Red](#,##0.00)", '0;-0;"none"', '0;"minus "0', "[Blue]0",
    "0_)", "0_);(0)", "General", 'General" d"', "+0;-0;0", "0;0;0", "(0)", "-0", "0/1", "0:00",
    "0.0;;0", '"A"', "0.00E+00", "##0.0E+0", "# ?/?", "# ??/??", "[<10]0.0;[>=10]0", "[=1]0;0.0",
    '_-£* #,##0.00_-;-£* #,##0.00_-;_-£* "-"??_-;_-@_-', "@", "0;-0;;@", "?", "??0", "0.0?",
    "#,##0;-#,##0;-",
)  # fmt: skip
DAYS = (46174, 46295, 46359, 36526, 45351)
"""1 June 2026, 30 September 2026, 3 December 2026, 1 January 2000, 29 February 2024."""
TIMES = (46295.25, 46295.75, 46295.99, 46295.5103125)
DATES = (
    "mmm-yy", "mmmm yyyy", "mmm yyyy", "mm/yyyy", "m/yy", "yyyy", "yy", "mmmm", "mmm", "mmmmm",
    "d mmm yyyy", "dd/mm/yyyy", "d/m/yy", "yyyy-mm-dd", "dd.mm.yyyy", "mm-dd-yy", "d-mmm-yy",
    "d-mmm", "ddd d mmm", "dddd d mmmm yyyy", "dddd", r"d\ mmmm\ yyyy", '"w/c "d mmm yyyy',
    '"by "mmmm yyyy', "[$-809]dd mmmm yyyy", "[$-409]mmmm d, yyyy", "[$-409]mmm-yy;@",
    "d mmm yyyy;@", "yyyy\\-mm\\-dd", "ddmmyyyy",
)  # fmt: skip
MOMENTS = (
    "h:mm", "hh:mm", "h:mm:ss", "h:mm AM/PM", "hh:mm:ss AM/PM", "d mmm yyyy h:mm", "[h]:mm",
    "mm:ss", "yyyy-mm-dd hh:mm:ss", "h:mm:ss.00", "h", "[mm]:ss", "d/m/yy h:mm a/p",
)  # fmt: skip
_BODIES = ("0", "00", "000", "0000", "0.0", "0.00", "#,##0", "#,##0.0", "#,##0.00")
_AROUND = (
    '"A-"{}', '{}" m"', r"{}\ \k\m", "({})", "£{}", "{}_)", "[Green]{}", '{}" of 10"', '"No. "{}',
    "{};-{}", "{};({})", '{};[Red]-{};"nil"', '{}"/27"', "{}%", '"["{}"]"', "{} €",
)  # fmt: skip
WRITTEN = tuple(around.replace("{}", body) for around in _AROUND for body in _BODIES)
"""Amounts and codes with words, signs and colours around them."""
_ORDERS = ("{d}{s}{m}{s}{y}", "{m}{s}{d}{s}{y}", "{y}{s}{m}{s}{d}", "{m}{s}{y}")
SPELLED = tuple(
    dict.fromkeys(
        order.format(d=day, m=month, y=year, s=mark)
        for order in _ORDERS
        for day in ("d", "dd", "dddd d")
        for month in ("m", "mm", "mmm", "mmmm")
        for year, mark in (("yy", "/"), ("yyyy", " "), ("yyyy", "-"), ("yy", "."))
    )
)
"""Days and months in many orders and spellings."""
EVERY = (
    *((code, number) for code in AMOUNTS for number in NUMBERS),
    *((code, number) for code in DATES for number in DAYS),
    *((code, number) for code in WRITTEN for number in NUMBERS[::2]),
    *((code, number) for code in SPELLED for number in DAYS[::2]),
    *((code, number) for code in MOMENTS for number in TIMES),
)
"""Each format with each of its values."""
