"""Controlled vocabularies: every closed set of words the program stores, prints or accepts.

The value of each member is the Chinese term itself, so the database, the JSON and the screen carry one
word. Member names are for code alone.
"""

from __future__ import annotations

from enum import StrEnum


class UnitKind(StrEnum):
    """What kind of body a responsible unit is; units are ranked within their kind."""

    DEPARTMENT = "区直部门"
    TOWN = "镇街"
    COMPANY = "平台公司"
    OTHER = "其他"


class UnitRole(StrEnum):
    """The part a unit has in a project; the first listed leads."""

    LEAD = "牵头"
    COOPERATING = "配合"
    GENERIC = "泛指"


class InvestmentKind(StrEnum):
    """What a project's 总投资 cell gives: only ``FIXED`` has an amount."""

    FIXED = "定额"
    UNDETERMINED = "待定"
    FORMULA = "文字"


class Phase(StrEnum):
    """The stage of the plan: the values are the JSON keys, the labels are in ``PHASE_LABELS``."""

    BEFORE = "before"
    NEAR = "near"
    FAR = "far"
    AFTER = "after"
    UNDATED = "undated"


PHASE_LABELS = {
    Phase.BEFORE: "规划期以前",
    Phase.NEAR: "近期",
    Phase.FAR: "远期",
    Phase.AFTER: "规划期以后",
    Phase.UNDATED: "期限不明",
}


class Basis(StrEnum):
    """口径: the rule by which investment is split into phases."""

    PLAN = "plan"
    DEADLINE = "deadline"
    MONTHLY = "monthly"


BASIS_LABELS = {Basis.PLAN: "规划口径", Basis.DEADLINE: "完工口径", Basis.MONTHLY: "按月分摊口径"}


class Status(StrEnum):
    """项目状态, in the order a project goes through them."""

    PREPARATION = "前期"
    NOT_STARTED = "未开工"
    UNDER_WAY = "在建"
    SUSPENDED = "停工"
    COMPLETE = "完工"
    ACCEPTED = "竣工验收"
    IN_USE = "投用"


COMPLETE_STATUSES = (Status.COMPLETE, Status.ACCEPTED, Status.IN_USE)
UNSTARTED_STATUSES = (Status.PREPARATION, Status.NOT_STARTED)

OPERATION_STATUS_LABELS = {
    Status.UNDER_WAY: "实施中",
    Status.COMPLETE: "已完成",
    Status.ACCEPTED: "已完成",
    Status.IN_USE: "已完成",
}
STATUS_SYNONYMS = {
    "实施中": Status.UNDER_WAY,
    "已完成": Status.COMPLETE,
    "建设中": Status.UNDER_WAY,
    "已完工": Status.COMPLETE,
    "已投用": Status.IN_USE,
}


def status_label(status: Status | str | None, *, operation: bool) -> str | None:
    """Give the word printed for a status: operation-type rows read 实施中 / 已完成."""
    if status is None:
        return None
    status = Status(status)
    return OPERATION_STATUS_LABELS.get(status, str(status)) if operation else str(status)


class DeadlineState(StrEnum):
    """期限状态, judged on the day D against the current due date."""

    ON_TIME = "按期完工"
    COMPLETED_LATE = "逾期完工"
    NOT_DUE = "未到期"
    DUE_SOON = "临期"
    OVERDUE = "逾期"
    UNVERIFIED = "到期未核实"
    EXITED = "已退出"
    UNKNOWN = "期限不明"


UNVERIFIED_IN_DOCUMENTS = "已到完工期限、未报送完工情况"


class StartState(StrEnum):
    """开工状态, judged from the day after the start month."""

    STARTED = "已开工"
    NOT_YET = "未到开工"
    LATE = "应开未开"
    UNVERIFIED = "应开未核实"
    EXITED = "已退出"
    UNKNOWN = "开工期不明"


class FilingState(StrEnum):
    """填报状态 of one project for one period, within its 填报起止日."""

    PENDING = "待填报"
    FILED = "已填报"
    LATE = "迟报"
    MISSING = "未填报"
    RETURNED = "退回"
    NOT_REQUIRED = "无需填报"


SILENT_STATES = (FilingState.PENDING, FilingState.MISSING, FilingState.RETURNED)
"""A project in one of these has to file for the period and has not."""


class Light(StrEnum):
    """预警灯; the word is always printed beside the colour."""

    RED = "红"
    YELLOW = "黄"
    BLUE = "蓝"
    GREEN = "绿"
    NONE = "无"


class FilingKind(StrEnum):
    """What a report was filed as."""

    MONTHLY = "月报"
    QUARTERLY = "季报"
    OPENING = "期初"


class GoalVerdict(StrEnum):
    """Whether the 年度形象目标 is kept up with, as judged by a person."""

    REACHED = "达序"
    SLIGHTLY_BEHIND = "略低"
    BEHIND = "滞后"
    FAR_BEHIND = "严重滞后"


class CheckMethod(StrEnum):
    """How the office verified a project (核实方式)."""

    ON_SITE = "现场"
    BY_PHONE = "电话"
    BY_PAPERS = "资料"


class AmendmentKind(StrEnum):
    """调整类型."""

    PERIOD = "工期"
    INVESTMENT = "投资"
    YEAR_PLAN = "年度计划"
    UNIT = "单位"
    SCOPE = "内容"
    TERMINATION = "终止"
    ADDITION = "新增"
    SPLIT = "拆分"
    MERGE = "合并"


class AmendmentState(StrEnum):
    """An amendment is requested, then approved; only an approved one with its 文号 moves anything."""

    REQUESTED = "申请"
    APPROVED = "批准"


class ContactRole(StrEnum):
    """Who answers for a project."""

    LEADER = "责任领导"
    OFFICER = "责任人"
    SPONSOR = "包联领导"


class UnitChangeKind(StrEnum):
    """How a unit's place is taken by another."""

    RENAME = "更名"
    MERGE = "合并"


class SupervisionGround(StrEnum):
    """Why an item is supervised (督办); the first three are suggested by the figures."""

    OVERDUE = "逾期"
    RED_TWICE = "连续红灯"
    SILENT = "未填报"
    OTHER = "其他"


class SupervisionStep(StrEnum):
    """What happens to a 督办事项 after it is raised (交办)."""

    REMINDED = "催办"
    ANSWERED = "反馈"
    EXTENDED = "延期"
    APPLIED = "申请销号"
    STRUCK = "核验销号"
    RETURNED = "退回"


class SupervisionState(StrEnum):
    """Where a 督办事项 stands: 申请销号 means the unit says it is done (办结), 已销号 that the office verified it."""

    RAISED = "待反馈"
    UNDER_WAY = "办理中"
    APPLIED = "申请销号"
    RETURNED = "退回"
    STRUCK = "已销号"


class MilestoneState(StrEnum):
    """Where a 节点 stands, judged on the day D."""

    ON_TIME = "按期完成"
    LATE = "逾期完成"
    NOT_DUE = "未到期"
    OVERDUE = "逾期"


class ActionKind(StrEnum):
    """The kinds of user action that the audit chain records."""

    LOAD = "装载规划"
    OPENING = "期初建账"
    REPORT = "进度填报"
    COOPERATION = "配合填报"
    SEND_BACK = "退回填报"
    CHECK = "核实"
    YEAR_PLAN = "年度计划"
    AMEND = "调整"
    ADOPT = "采用规则"
    OVERRIDE = "人工定灯"
    WINDOW = "填报期限"
    RETURNS = "收回填报表"
    CONTACT = "联系人"
    MILESTONE = "节点"
    SUB_ITEM = "子项"
    SUPERVISE = "督办"
    UNIT = "单位变更"
    CLOSE = "定稿"
    ERRATUM = "更正说明"
    INDICATORS = "装载指标"
    INDICATOR = "指标填报"
    FUND = "资金填报"
    SPECIAL_FUND = "专项资金"
    UNDO = "撤销"


class BackupReason(StrEnum):
    """Why a backup of the ledger was made."""

    MANUAL = "手工"
    DAILY = "每日"
    MIGRATION = "升级前"
    RETURNS = "收表前"
    RESTORE = "恢复前"


class RowChange(StrEnum):
    """What a row of a returned form comes to."""

    NEW = "新报"
    CHANGED = "变更"
    UNCHANGED = "未变"
    CONFLICT = "冲突"
    REFUSED = "拒绝"
    BLANK = "未填"


class Side(StrEnum):
    """Whose value stands where a returned form and the ledger have both moved: the form's (theirs) or the ledger's."""

    THEIRS = "theirs"
    OURS = "ours"


class Decision(StrEnum):
    """What was decided of a conflict between a returned form and the ledger."""

    OPEN = "未定"
    KEPT = "留账"
    TAKEN = "取表"


SIDE_LABELS = {Side.THEIRS: Decision.TAKEN, Side.OURS: Decision.KEPT}


class TaskKind(StrEnum):
    """What needs a hand, in order of harm."""

    OVERDUE = "逾期"
    UNVERIFIED = "到期未核实"
    RED_TWICE = "连续红灯"
    NOT_STARTED = "应开未开"
    SUSPENDED = "停工"
    MISSING = "未填报"
    RETURNED = "退回"
    CONFLICT = "冲突"
    UNPRICED = "待定金额"
    SUPERVISION_LATE = "督办超期"
    APPLIED = "申请销号"
    REQUESTED = "调整申请"
    DUE_SOON = "临期"


class TaskAction(StrEnum):
    """What is done about a task."""

    SUPERVISE = "交办"
    CHECK = "核实"
    REPORT = "填报"
    DECIDE = "取舍"
    AMEND = "调整"
    REMIND = "催办"
    STRIKE = "核验销号"


class Severity(StrEnum):
    """How much a finding weighs: an error stops the action, a warning wants a reason."""

    ERROR = "错误"
    WARNING = "提醒"


DISCLAIMER = "本表为项目调度数，非固定资产投资统计数据，统计数据以区统计局为准。"
JOINT_NOTE = "联合项目按责任单位分别计数，合计不重复。"


class Catalogue(StrEnum):
    """Where an indicator stands: table 3-1, table 3-2, or the text of chapter 4 (a commitment)."""

    PROVINCIAL = "省级"
    NATIONAL = "国家级"
    COMMITMENT = "承诺"


CATALOGUE_PREFIXES = {Catalogue.PROVINCIAL: "省", Catalogue.NATIONAL: "国", Catalogue.COMMITMENT: "诺"}
"""What the code of an indicator begins with: 省-9, 国-8.2 (its second sub-row), 诺-3."""


class Binding(StrEnum):
    """指标属性: whether an indicator binds."""

    BINDING = "约束性"
    EXPECTED = "参考性"


class Attainment(StrEnum):
    """达标情况: whether a value meets what it is held against."""

    MET = "达标"
    UNMET = "不达标"


class FundSource(StrEnum):
    """资金来源, in the order in which they are printed."""

    CENTRAL = "中央预算内"
    PROVINCE = "省级"
    CITY = "市级"
    DISTRICT = "区级财政"
    BOND = "专项债券"
    LOAN = "银行贷款"
    OWN = "企业自筹/社会资本"
    OTHER = "其他"
