"""The other layout of a template: one action a page, as a form with a label and a box a line.

Every line carries, in two hidden columns, the signed key of its action and the id of its field, so
that each box is found by content wherever it went (`xlplan.returned.forms` reads it back).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from xlplan.issued.banner import Banner, banner
from xlplan.issued.design import STEP_LIST, Design, design_of
from xlplan.issued.form_lines import (
    BOX,
    ID,
    KEY,
    LABEL,
    OF_OURS,
    WIDTHS,
    WITH_STEPS,
    Form,
    Kind,
    as_label,
    block,
)
from xlplan.issued.needed import (
    Open,
    blank_now,
    message_cell,
    needed_boxes,
    needed_looks,
)
from xlplan.issued.rules import (
    Cells,
    input_rules,
    is_required,
    may_ask,
    reason_missing,
)
from xlplan.issued.sheets import (
    Lists,
    column_looks,
    page_number,
)
from xlplan.language.catalogue import Tongue, marked
from xlplan.merge.model import Issued
from xlplan.plan.checks.steps import Milestone
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.for_lead import remembered
from xlplan.plan.people import Lead
from xlplan.plan.values import Value
from xlplan.returned.as_issued import BOX_MARK, ID_PREFIX, OURS, IssuedColumn
from xlplan.returned.furniture import UPDATE
from xlplan.workbook.write.cell_text import (
    cell_name,
)
from xlplan.workbook.write.look import header_text
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Merge,
    Page,
    Protection,
    Row,
    Sheet,
    Validation,
    Values,
)

_STEP_HINT = marked(
    "Choose Done, or enter the day on which this step was done. Leave it blank until then."
)
_STEP_ANSWER = marked("Only Done or a day, such as 28 February 2027, can be read here.")
PROPOSAL = marked("A new action you propose")


class FormDesign:
    """What is the same in the forms of all leads, and the rules of forms whose lines lie alike."""

    def __init__(self, definition: PlanDefinition) -> None:
        self.design = design = design_of(definition)
        columns, look = design.columns, design.look
        open_ = [replace(c, input=True) for c in columns if c.id not in OURS | OF_OURS]
        asked = column_looks(definition, open_, look.input, look.input, look.input, words=True)
        self._looks = design.looks, design.shut, asked
        self._kinds: dict[bool, Sequence[Sequence[Kind]]] = {}
        self.blank_title, self.title = (
            Row(Values((None, None, text, None), (None, None, look.subtitle, look.subtitle)), 14)
            for text in ("", definition.tongue.say(PROPOSAL))
        )

    def kinds(self, *, stepped: bool) -> Sequence[Sequence[Kind]]:
        """The lines of an action, of one that is locked, and of a proposal."""
        if stepped not in self._kinds:
            widths, look = WITH_STEPS if stepped else WIDTHS, self.design.look
            labels = {True: as_label(look.input_heading), False: as_label(look.heading)}
            self._kinds[stepped] = [
                [Kind(each, labels[each.column.input], widths, proposed=number == 2)
                 for each in looks]
                for number, looks in enumerate(self._looks)
            ]  # fmt: skip
        return self._kinds[stepped]


form_design = remembered(FormDesign)


def form_sheet(
    design: Design,
    lead: Lead,
    issued: Issued,
    values: Sequence[Mapping[str, Value]],
    signed: Sequence[str],
    blank: Sequence[str],
    lists: Lists,
    opened: int,
    steps: Sequence[Sequence[Milestone]],
) -> Sheet:
    """The sheet "Update" as forms: `signed` are the keys of the actions, of which those after the
    first `opened` are locked, `blank` of proposals, `steps` what each action has as parallel lists.
    """
    definition, columns, look = design.definition, design.columns, design.look
    shared, tongue = form_design(definition), definition.tongue
    stepped = any(steps) and any(column.item.role == "steps_done" for column in columns)
    widths = WITH_STEPS if stepped else WIDTHS
    message = any(may_ask(column) for column in columns) and bool(values)
    top = banner(
        definition, lead, issued, look, lists, widths, first=LABEL, message=message, form=True
    )
    form = Form(widths, [*top.rows, Row([None, None, None, Cell(BOX_MARK)], hidden=True)])
    kinds, locked, asked = shared.kinds(stepped=stepped)
    end = 0
    for number, (key, each, mine) in enumerate(zip(signed, values, steps, strict=True)):
        if number:
            form.breaks.append(len(form.rows))
        end = len(form.rows) if number == opened else end
        form.rows.append(shared.blank_title)
        block(form, key, each, kinds if number < opened else locked, mine, tongue)
    for key in blank:
        if signed:
            form.breaks.append(len(form.rows))
        form.rows.append(shared.title)
        block(form, key, {}, asked, (), tongue)
    validations, conditionals = design.ruled(
        tuple(form.lines), lists, top.validations, lambda: _rules(design, form, lists)
    )
    ends = len(top.rows) + 1, (end or len(form.rows)) - 1
    _count_what_is_missing(design, top, values[:opened], ends, lists)
    active = next(
        ((at, BOX) for kind, at in form.lines if kind.column.input and not kind.proposed),
        (len(top.rows) + 1, BOX),
    )
    return Sheet(
        name=UPDATE,
        rows=form.rows,
        columns=[Column(30, hidden=True), Column(20, hidden=True), *(Column(w) for w in widths)],
        merges=[*top.merges, *form.merges],
        validations=validations,
        conditionals=conditionals,
        page=_page(definition, issued, form),
        protection=Protection(definition.issue.password),
        tab_colour=look.accent,
        active_cell=active,
    )


def _page(definition: PlanDefinition, issued: Issued, form: Form) -> Page:
    """A4 portrait, not fitted: a sheet that is fitted to its pages ignores where they break."""
    return Page(
        paper="A4", landscape=False, fit_width=0, scale=78,
        repeat_rows=(0, 1),
        header=header_text(definition.marking),
        footer_left=f"{header_text(definition.title)}, {issued.cycle}, {issued.id}",
        footer_right=page_number(definition),
        print_area=Area(0, LABEL, len(form.rows) - 1, BOX),
        breaks=tuple(form.breaks),
    )  # fmt: skip


def _rules(design: Design, form: Form, lists: Lists) -> tuple[list[Validation], list[Conditional]]:
    definition, columns, look = design.definition, design.columns, design.look
    boxes, proposed = (form.areas(proposed=more, inputs=True) for more in (False, True))
    cells = {c.id: Cells(boxes[c.id], [*boxes[c.id], *proposed[c.id]]) for c in columns}
    styles = [each.style for each in design.looks]
    validations, colours = input_rules(definition, columns, styles, cells, lists, look)
    tongue, lines = definition.tongue, form.areas(proposed=False, inputs=False)
    validations = [_of_steps(rule, cells, columns, lists, tongue) for rule in validations]
    needed = needed_looks(design.needed, lines, lists, look)
    return validations, [*_reasons(design, boxes, lists), *needed, *colours]


def _of_steps(
    rule: Validation,
    cells: Mapping[str, Cells],
    columns: Sequence[IssuedColumn],
    lists: Lists,
    tongue: Tongue,
) -> Validation:
    """The rule of the boxes of steps, which take Done or a day; any other as it is."""
    ticks = [area for c in columns if c.item.role == "steps_done" for area in cells[c.id].every]
    if rule.area not in ticks:
        return rule
    return replace(
        rule,
        kind="list",
        source=f"={lists.ranges[STEP_LIST]}",
        input_title=tongue.say("Is this step done?"),
        input_message=tongue.say(_STEP_HINT),
        error_title=tongue.say("Neither Done nor a day"),
        error_message=tongue.say(_STEP_ANSWER),
        strict=False,
    )


def _reasons(
    design: Design, boxes: Mapping[str, Sequence[Area]], lists: Lists
) -> list[Conditional]:
    """The flags on dates that moved without a reason; actions whose boxes lie alike share them."""
    asked = design.asked
    if asked is None:
        return []
    alike: dict[int, list[tuple[Area, Area]]] = defaultdict(list)
    pairs = zip(boxes[asked.due.id], boxes[asked.reason.id], strict=True)
    for due, reason in pairs:
        alike[reason.first_row - due.first_row].append((due, reason))
    made: list[Conditional] = []
    for those in alike.values():
        both = reason_missing(*those[0], asked, lists, design.look)
        rest = zip(*those[1:], strict=True) if len(those) > 1 else ((), ())
        made += [replace(rule, also=tuple(r)) for rule, r in zip(both, rest, strict=True)]
    return made


def _count_what_is_missing(
    design: Design,
    top: Banner,
    values: Sequence[Mapping[str, Value]],
    ends: tuple[int, int],
    lists: Lists,
) -> None:
    """The message in the banner that counts the required boxes that are blank; the lines stand
    between `ends`."""
    required = [column for column in design.columns if is_required(column)]
    if top.message is None:
        return
    first, last = ends
    ids, boxes, keys = (f"${cell_name(first, c)}:${cell_name(last, c)}" for c in (ID, BOX, KEY))
    blanks = [
        Open(
            boxes,
            BOX,
            f'({ids}="{ID_PREFIX}{column.id}")*(LEN(TRIM({boxes}))=0)'
            f'*ISERROR(SEARCH(".new-",{keys}))',
        )
        for column in required
    ]
    blanks += needed_boxes(design.needed, ids, boxes, keys, BOX, lists)
    now = sum(each.get(column.id) is None for column in required for each in values)
    now += blank_now(design.needed, values)
    tongue = design.definition.tongue
    top.merges.append(Merge(top.message, message_cell(blanks, None, None, top.style, now, tongue)))
