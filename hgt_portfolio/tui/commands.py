"""Every command, defined once: keys, footer, palette and the F1 screen all come from this table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from textual.binding import Binding
from textual.command import DiscoveryHit, Hit, Hits, Provider

PAGES = {
    "overview": "总览",
    "projects": "项目",
    "units": "单位",
    "late": "逾期",
    "supervision": "督办",
    "detail": "项目详情",
    "item": "督办事项",
    "board": "填报情况",
    "returns": "收回填报表",
}
"""The places a command may be valid in, with their names."""

ROWS = ("overview", "projects", "late", "detail")
LISTS = ("projects",)
ITEMS = ("supervision", "item")
EVERYWHERE = tuple(PAGES)


@dataclass(frozen=True)
class Command:
    """One command: ``keys`` in order of preference, ``places`` where it is valid, ``footer`` where it is shown.

    ``shown`` is how its main key reads. Letter keys never stand alone, as a Chinese input method swallows them.
    """

    id: str
    name: str
    english: str
    pinyin: str
    keys: tuple[str, ...]
    shown: str
    help: str
    action: str
    places: tuple[str, ...] = EVERYWHERE
    footer: tuple[str, ...] = ()


COMMANDS = (
    Command(
        "help",
        "帮助",
        "help",
        "bangzhu",
        ("f1", "question_mark", "fullwidth_question_mark"),
        "F1",
        "列出本屏可用的全部命令和按键",
        "screen.help",
        EVERYWHERE,
        EVERYWHERE,
    ),
    Command(
        "overview",
        "总览",
        "overview",
        "zonglan",
        ("1", "１"),
        "1",
        "总数、近远期、本年本季、期限和预警，每个数都能打开",
        "screen.go('overview')",
    ),
    Command(
        "projects",
        "项目",
        "projects",
        "xiangmu",
        ("2", "２"),
        "2",
        "全部项目：查找、排序、打开、填报",
        "screen.go('projects')",
    ),
    Command(
        "units",
        "单位",
        "units",
        "danwei",
        ("3", "３"),
        "3",
        "各责任单位的项目、投资、逾期和填报",
        "screen.go('units')",
    ),
    Command(
        "late",
        "逾期",
        "late",
        "yuqi",
        ("4", "４"),
        "4",
        "逾期、到期未核实、临期、应开未开的项目和天数",
        "screen.go('late')",
    ),
    Command(
        "supervision",
        "督办",
        "supervision",
        "duban",
        ("5", "５"),
        "5",
        "督办事项和建议交办的：交办、反馈、销号",
        "screen.go('supervision')",
    ),
    Command(
        "next_screen",
        "下一屏",
        "next screen",
        "xiayiping",
        ("f2",),
        "F2",
        "依次换到 总览、项目、单位、逾期、督办",
        "screen.next_screen",
        EVERYWHERE,
        EVERYWHERE,
    ),
    Command(
        "filter",
        "筛选",
        "filter",
        "shaixuan",
        ("f3", "slash", "fullwidth_solidus"),
        "F3",
        "边输入边筛选：多个词须同时满足，可用拼音首字母，如 ywgw",
        "screen.filter",
        LISTS,
        LISTS,
    ),
    Command(
        "report",
        "填报",
        "report",
        "tianbao",
        ("f4", "t"),
        "F4",
        "填报所选项目本期的进度和投资",
        "screen.form('report')",
        ROWS,
        ROWS,
    ),
    Command(
        "reload",
        "刷新",
        "reload",
        "shuaxin",
        ("f5", "r"),
        "F5",
        "重新读取台账，看到同事刚填的数",
        "screen.reload",
    ),
    Command(
        "check",
        "核实",
        "check",
        "heshi",
        ("f6", "c"),
        "F6",
        "登记本办对所选项目的核实记录（现场、电话、资料）",
        "screen.form('check')",
        ROWS,
        ("late", "detail"),
    ),
    Command(
        "opening",
        "期初建账",
        "opening",
        "qichujianzhang",
        ("f7", "o"),
        "F7",
        "登记所选项目截至上年底的累计完成",
        "screen.form('opening')",
        ROWS,
        ("detail",),
    ),
    Command(
        "year_plan",
        "年度计划",
        "year plan",
        "niandujihua",
        ("ctrl+y", "y"),
        "^Y",
        "设定所选项目的本年计划投资和形象目标",
        "screen.form('year_plan')",
        ROWS,
    ),
    Command(
        "export",
        "导出",
        "export",
        "daochu",
        ("f8", "e"),
        "F8",
        "导出季度汇总、通报、一页纸、责任清单、填报表或督办单",
        "screen.export",
        EVERYWHERE,
        EVERYWHERE,
    ),
    Command(
        "returns",
        "收回填报",
        "take returns back",
        "shouhuitianbao",
        ("ctrl+g", "g"),
        "^G",
        "选取各单位填好的填报表，预览、取舍、收下",
        "screen.returns",
    ),
    Command(
        "pick",
        "选取",
        "pick file",
        "xuanqu",
        ("space",),
        "空格",
        "选取或放回光标所在的文件；Enter 也可",
        "screen.pick",
        ("returns",),
        ("returns",),
    ),
    Command(
        "pick_all",
        "全选",
        "pick all",
        "quanxuan",
        ("ctrl+a", "a"),
        "^A",
        "选取或放回本期的全部填报表",
        "screen.pick_all",
        ("returns",),
    ),
    Command(
        "choose",
        "取舍",
        "choose side",
        "qushe",
        ("f9",),
        "F9",
        "表与台账都改过的：依次为取表、留账、未定",
        "screen.choose",
        ("returns",),
        ("returns",),
    ),
    Command(
        "take",
        "收下",
        "take",
        "shouxia",
        ("f10", "ctrl+s"),
        "F10",
        "把预览里能收的行一次收下；可一次撤销",
        "screen.take",
        ("returns",),
        ("returns",),
    ),
    Command(
        "supervise",
        "交办",
        "supervise",
        "jiaoban",
        ("ctrl+d", "v"),
        "^D",
        "就所选项目或单位交办督办事项",
        "screen.supervise",
        (*ROWS, "units", *ITEMS),
        ("late",),
    ),
    Command(
        "remind",
        "催办",
        "remind",
        "cuiban",
        ("ctrl+e", "m"),
        "^E",
        "催办所选的督办事项",
        "screen.step('REMINDED')",
        ITEMS,
    ),
    Command(
        "answer",
        "反馈",
        "answer",
        "fankui",
        ("ctrl+f", "f"),
        "^F",
        "登记单位对所选督办事项的反馈",
        "screen.step('ANSWERED')",
        ITEMS,
        ITEMS,
    ),
    Command(
        "extend",
        "延期",
        "extend",
        "yanqi",
        ("ctrl+x", "n"),
        "^X",
        "延长所选督办事项的完成时限，写明理由",
        "screen.step('EXTENDED')",
        ITEMS,
    ),
    Command(
        "apply",
        "申请销号",
        "apply done",
        "shenqingxiaohao",
        ("ctrl+u", "p"),
        "^U",
        "单位办结，附依据申请销号",
        "screen.step('APPLIED')",
        ITEMS,
        ITEMS,
    ),
    Command(
        "strike",
        "核验销号",
        "strike off",
        "heyanxiaohao",
        ("ctrl+k", "k"),
        "^K",
        "核验后销号；须先申请销号",
        "screen.step('STRUCK')",
        ITEMS,
        ITEMS,
    ),
    Command(
        "turn_down",
        "退回销号",
        "turn down",
        "tuihuixiaohao",
        ("ctrl+n", "h"),
        "^N",
        "退回销号申请，写明理由",
        "screen.step('RETURNED')",
        ITEMS,
    ),
    Command(
        "scope",
        "看全部",
        "all or open items",
        "kanquanbu",
        ("ctrl+w", "w"),
        "^W",
        "在全部督办事项和未销号的之间切换",
        "screen.scope",
        ("supervision",),
    ),
    Command(
        "board",
        "填报情况",
        "filing board",
        "tianbaoqingkuang",
        ("alt+l", "l"),
        "Alt+L",
        "各单位各季度填报了多少，谁在哪天填的",
        "screen.board",
        EVERYWHERE,
        ("units",),
    ),
    Command(
        "sort",
        "换排序列",
        "sort",
        "paixu",
        ("ctrl+o", "s"),
        "^O",
        "依次按各列排序；也可点列头",
        "screen.sort",
        LISTS,
        LISTS,
    ),
    Command(
        "reverse",
        "升降序",
        "reverse order",
        "shengjiangxu",
        ("ctrl+r", "d"),
        "^R",
        "在升序和降序之间切换",
        "screen.reverse",
        LISTS,
    ),
    Command(
        "clear",
        "清除筛选",
        "clear filter",
        "qingchushaixuan",
        ("ctrl+l", "x"),
        "^L",
        "去掉全部筛选条件",
        "screen.clear",
        LISTS,
    ),
    Command(
        "next_page",
        "下一页",
        "next page",
        "xiayiye",
        ("ctrl+pagedown", "right_square_bracket"),
        "^PgDn",
        "项目多于一页时看下一页",
        "screen.turn(1)",
        LISTS,
    ),
    Command(
        "previous_page",
        "上一页",
        "previous page",
        "shangyiye",
        ("ctrl+pageup", "left_square_bracket"),
        "^PgUp",
        "项目多于一页时看上一页",
        "screen.turn(-1)",
        LISTS,
    ),
    Command(
        "basis",
        "换口径",
        "phase basis",
        "huankoujing",
        ("ctrl+b", "b"),
        "^B",
        "近期远期的口径：规划、完工、按月分摊",
        "screen.basis",
    ),
    Command(
        "undo",
        "撤销",
        "undo",
        "chexiao",
        ("ctrl+z", "u"),
        "^Z",
        "撤回本人最近一次操作，并说明撤回了什么",
        "screen.undo",
    ),
    Command(
        "theme",
        "深浅色",
        "dark light theme",
        "shenqianse",
        ("ctrl+t",),
        "^T",
        "在浅色和深色之间切换",
        "app.theme_turn",
    ),
    Command(
        "palette",
        "命令",
        "command palette",
        "mingling",
        ("ctrl+p",),
        "^P",
        "按名称、英文或拼音查找并执行命令",
        "app.command_palette",
        EVERYWHERE,
        EVERYWHERE,
    ),
    Command("back", "返回", "back", "fanhui", ("escape",), "Esc", "回到上一处", "screen.back"),
    Command("quit", "退出", "quit", "tuichu", ("ctrl+q", "q"), "^Q", "退出程序", "app.quit"),
)


def valid_in(place: str) -> Iterator[Command]:
    """Give the commands that are valid in a place."""
    return (command for command in COMMANDS if place in command.places)


def bindings(place: str) -> list[Binding]:
    """Make the key bindings of a place; the first key of a command is the one that the footer shows."""
    return [
        Binding(key, command.action, command.name, show=place in command.footer and not n, key_display=command.shown)
        for command in valid_in(place)
        for n, key in enumerate(command.keys)
    ]


class Palette(Provider):
    """Finds the commands valid on the current screen by Chinese name, English or pinyin."""

    async def discover(self) -> Hits:
        """Give every valid command, for an empty search."""
        for command in self._commands():
            yield DiscoveryHit(_label(command), self._run(command), text=_label(command), help=command.help)

    async def search(self, query: str) -> Hits:
        """Give the commands that match what was typed, the best first."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = max(map(matcher.match, (command.name, command.english, command.pinyin)))
            if score > 0:
                yield Hit(score, _label(command), self._run(command), text=_label(command), help=command.help)

    def _commands(self) -> Iterator[Command]:
        return valid_in(getattr(self.screen, "PLACE", ""))

    def _run(self, command: Command) -> Callable[[], object]:
        return lambda: self.screen.run_action(command.action)


def _label(command: Command) -> str:
    return f"{command.name}  {command.shown}"
