"""Make ``exports/examples/`` again: one of each output from the sample ledger, and the README's pictures.

Run by ``make examples``; needs LibreOffice, poppler's pdftoppm and Chromium for the pictures.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from hgt_portfolio.exports import export_duty, export_quarterly, quarterly_name
from hgt_portfolio.exports.documents import bulletin_name, export_brief, export_bulletin
from hgt_portfolio.exports.dossier import export_dossier, export_handover
from hgt_portfolio.exports.evaluating import export_evaluation
from hgt_portfolio.exports.oc4ids import UNREGISTERED, export_oc4ids
from hgt_portfolio.exports.public import export_public
from hgt_portfolio.exports.supervision import export_supervision
from hgt_portfolio.figures import Figures, Filter
from hgt_portfolio.ledger import Ledger
from hgt_portfolio.months import month
from hgt_portfolio.output.plain import to_csv, to_json
from hgt_portfolio.reports.evaluation_data import evaluation_point
from hgt_portfolio.reports.lists import projects
from hgt_portfolio.reports.portfolio import summary_json
from hgt_portfolio.returns.opening import Opening
from hgt_portfolio.returns.quarter import Quarter
from hgt_portfolio.returns.sending import write_forms
from hgt_portfolio.store import Store
from hgt_portfolio.tui.app import PortfolioApp
from tests.drawing import drawn
from tests.sample import make_sample
from tests.sample_plan import EVALUATED, file_plan_systems

EXAMPLES = Path(__file__).parent.parent / "exports" / "examples"
UNIT = "区城管执法局"
QUARTER = month(2024, 9)
TODAY = date(2024, 10, 20)
SCREENS = {"1": "总览", "2": "项目", "4": "进度图", "5": "待办"}
SYSTEM_SCREENS = {"7": "指标", "8": "资金"}


def main() -> None:
    """Make every example."""
    shutil.rmtree(EXAMPLES, ignore_errors=True)
    EXAMPLES.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "演示.db"
        say("样本台账")
        make_sample(database)
        store = Store(f"sqlite:///{database}")
        figures = Figures(store, today=TODAY)
        point = figures.point("2024Q3")
        say("季度汇总")
        workbook = export_quarterly(figures, point, EXAMPLES / quarterly_name(QUARTER))
        say("通报、一页纸、督办单、档案、清册")
        bulletin = export_bulletin(figures, point, EXAMPLES / bulletin_name(QUARTER))[0]
        export_brief(figures, point, EXAMPLES)
        export_supervision(figures, figures.point(TODAY), EXAMPLES)
        export_dossier(figures, point, "26", EXAMPLES)
        export_handover(figures, point, (("数据库", "db/演示.db"), ("导出", "exports/")), EXAMPLES)
        say("责任清单、建账表、填报表")
        duty = export_duty(figures, point, EXAMPLES, unit=UNIT)[0]
        write_forms(figures, EXAMPLES, Opening, month(2023, 12), unit=UNIT)
        write_forms(figures, EXAMPLES, Quarter, month(2024, 12), unit=UNIT)
        table = projects(figures, point, Filter(), whole=True)
        (EXAMPLES / "项目_2024Q3.csv").write_text("\ufeff" + to_csv(table), encoding="utf-8", newline="")
        (EXAMPLES / "汇总_2024Q3.json").write_text(
            to_json(summary_json(figures, point, Filter())) + "\n", encoding="utf-8"
        )
        say("图片")
        picture_pages(workbook, Path(scratch), {"项目调度表": "季度汇总_项目调度表.png", "总览": "季度汇总_总览.png"})
        picture_pages(duty, Path(scratch), {"台账版": "责任清单_台账版.png"})
        picture_pages(bulletin, Path(scratch), {"通报": "季度通报_第1页.png"})
        asyncio.run(picture_screens(figures, Ledger(store, "演示员", today=TODAY), Path(scratch), SCREENS))
        store.close()
        say("指标、资金、年度评估、公开")
        file_plan_systems(database)
        store = Store(f"sqlite:///{database}")
        figures = Figures(store, today=EVALUATED)
        report = export_evaluation(figures, evaluation_point(figures, 2024), EXAMPLES)[1]
        export_public(figures, figures.point("2024Q3"), EXAMPLES)
        export_oc4ids(figures, figures.point("2024Q3"), EXAMPLES, prefix=UNREGISTERED)
        picture_pages(report, Path(scratch), {"评估报告": "年度评估报告_第1页.png"})
        ledger = Ledger(store, "演示员", today=EVALUATED)
        asyncio.run(picture_screens(figures, ledger, Path(scratch), SYSTEM_SCREENS))
        store.close()


def say(text: str) -> None:
    """Say what is being made."""
    print(text, file=sys.stderr)  # noqa: T201


def picture_pages(file: Path, scratch: Path, wanted: dict[str, str]) -> None:
    """Draw the first page whose title names a wanted sheet or document, as LibreOffice prints it."""
    profile = f"-env:UserInstallation=file://{scratch}/office"
    convert = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(scratch), str(file)]
    subprocess.run(convert, check=True, capture_output=True)
    printed = scratch / f"{file.stem}.pdf"
    pages = subprocess.run(["pdftotext", str(printed), "-"], check=True, capture_output=True, text=True).stdout
    titles = ["".join(page.split("\n")[:6]) for page in pages.split("\f")]
    for sheet, picture in wanted.items():
        number = str(next(n for n, title in enumerate(titles, 1) if sheet in title))
        target = EXAMPLES / picture
        draw = ["pdftoppm", "-r", "110", "-f", number, "-l", number, "-png", "-singlefile", str(printed)]
        subprocess.run([*draw, str(target.with_suffix(""))], check=True)


async def picture_screens(figures: Figures, ledger: Ledger, scratch: Path, screens: dict[str, str]) -> None:
    """Draw screens of the terminal UI, by the key that opens each."""
    for key, screen in screens.items():
        app = PortfolioApp(figures, ledger, database="演示.db")
        async with app.run_test(size=(120, 36)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause()
            drawing = scratch / "screen.svg"
            drawing.write_text(drawn(app), encoding="utf-8")
        picture_svg(drawing, EXAMPLES / f"界面_{screen}.png")


def picture_svg(drawing: Path, target: Path) -> None:
    """Turn a drawing into a picture with Chromium, which knows the fonts of this machine."""
    chromium = shutil.which("chromium") or os.environ.get("CHROMIUM", "chromium")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1490,950"]
    subprocess.run(
        [
            chromium,
            *options,
            f"--user-data-dir={drawing.parent}/chromium",
            f"--screenshot={target}",
            f"file://{drawing}",
        ],
        check=True,
        capture_output=True,
    )


if __name__ == "__main__":
    main()
