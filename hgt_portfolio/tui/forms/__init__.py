"""The forms, by the names that commands give them."""

from hgt_portfolio.tui.forms.deciding import DECIDING
from hgt_portfolio.tui.forms.fields import Form
from hgt_portfolio.tui.forms.filing import FILING
from hgt_portfolio.tui.forms.supervising import raising

FORMS: dict[str, Form] = {**FILING, **DECIDING, "supervise": raising()}
