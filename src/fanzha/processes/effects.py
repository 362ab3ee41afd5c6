"""Effects that a step requests from the command plane."""

from enum import StrEnum

from fanzha.base.words import Words


class Effect(StrEnum):
    """Effects of a step. The command plane runs each once per key, after the step is recorded."""

    DISPATCH_LEG = "dispatch_leg"
    PUBLISH_DECISION = "publish_decision"
    WITHDRAW_DECISION = "withdraw_decision"
    RESTORE_TARGETS = "restore_targets"
    NOTIFY_SUBJECT = "notify_subject"
    NOTIFY_OWNER = "notify_owner"
    NOTIFY_RECEIVERS = "notify_receivers"
    NOTIFY_REGULATOR = "notify_regulator"
    NOTIFY_POLICE = "notify_police"
    NOTIFY_APPLICANT = "notify_applicant"
    NOTIFY_NAMED = "notify_named"
    ESCALATE = "escalate"
    PROVE_EFFECT = "prove_effect"
    SHARE = "share"
    RETRACT_SHARE = "retract_share"
    WARN_EXPOSED = "warn_exposed"
    WARN_BY_TEXT = "warn_by_text"
    WARN_BY_FLASH_SMS = "warn_by_flash_sms"
    WARN_BY_VOICE = "warn_by_voice"
    WARN_BY_EMAIL = "warn_by_email"
    WARN_BY_APP = "warn_by_app"
    OPEN_PROCESS = "open_process"
    ISSUE_DOCUMENTS = "issue_documents"
    SEND_NOTICE_TEXT = "send_notice_text"
    RECORD_FALSE_DISPOSAL = "record_false_disposal"
    PUBLISH_LIST_ENTRY = "publish_list_entry"
    WITHDRAW_LIST_ENTRY = "withdraw_list_entry"
    SET_CASE_STATUS = "set_case_status"
    CLEAR_CASE_STATUS = "clear_case_status"
    SET_DUTY = "set_duty"
    SET_DEPUTY = "set_deputy"
    CLEAR_DUTY = "clear_duty"
    ERASE_BIOMETRICS = "erase_biometrics"
    COLLECT_PERSON_DATA = "collect_person_data"
    CARRY_OUT_PERSON_REQUEST = "carry_out_person_request"


class Escalation(StrEnum):
    """Target of an escalation."""

    DUTY_OFFICER = "duty_officer"
    DEPUTY = "deputy"
    REGULATOR = "regulator"
    NATIONAL_CENTRE = "national_centre"


EFFECT_WORDS = {
    Effect.DISPATCH_LEG: Words("向接收单位派发", "send to the receiving organisation"),
    Effect.PUBLISH_DECISION: Words("发布处置决定", "publish the decision to the screens"),
    Effect.WITHDRAW_DECISION: Words("撤回处置决定", "withdraw the decision from the screens"),
    Effect.RESTORE_TARGETS: Words("恢复申诉成立的对象", "restore the targets of the appeal"),
    Effect.NOTIFY_SUBJECT: Words("告知当事人", "tell the person concerned"),
    Effect.NOTIFY_OWNER: Words("通知承办单位", "tell the owner organisation"),
    Effect.NOTIFY_RECEIVERS: Words("通知接收单位", "tell the receiving organisations"),
    Effect.NOTIFY_REGULATOR: Words("报告主管部门", "tell the regulator"),
    Effect.NOTIFY_POLICE: Words("报告公安机关", "tell the police"),
    Effect.NOTIFY_APPLICANT: Words("告知申请人", "tell the applicant"),
    Effect.NOTIFY_NAMED: Words("通知所列单位", "tell the organisations that are named"),
    Effect.ESCALATE: Words("升级督办", "escalate"),
    Effect.PROVE_EFFECT: Words("验证处置效果", "prove the effect"),
    Effect.SHARE: Words("共享", "share"),
    Effect.RETRACT_SHARE: Words("撤回共享", "retract what was shared"),
    Effect.WARN_EXPOSED: Words("提醒已接触用户", "warn people who were exposed"),
    Effect.WARN_BY_TEXT: Words("向本人发送劝阻短信", "send the person a warning text"),
    Effect.WARN_BY_FLASH_SMS: Words("向本人发送劝阻闪信", "send the person a flash SMS"),
    Effect.SEND_NOTICE_TEXT: Words("以短信送达告知", "send the notice by text message"),
    Effect.ISSUE_DOCUMENTS: Words("出具文书", "issue the documents"),
    Effect.OPEN_PROCESS: Words("启动关联流程", "open the process that follows"),
    Effect.RECORD_FALSE_DISPOSAL: Words("记为误处置", "record a wrongful action"),
    Effect.PUBLISH_LIST_ENTRY: Words("公布名单条目", "publish the list entry"),
    Effect.WITHDRAW_LIST_ENTRY: Words("撤下名单条目", "withdraw the list entry"),
    Effect.SET_CASE_STATUS: Words("标注涉案状态", "set the case status"),
    Effect.CLEAR_CASE_STATUS: Words("解除涉案状态", "clear the case status"),
    Effect.SET_DUTY: Words("登记值班", "put on duty"),
    Effect.SET_DEPUTY: Words("由副职代班", "put the deputy on duty"),
    Effect.CLEAR_DUTY: Words("解除值班", "take off duty"),
    Effect.ERASE_BIOMETRICS: Words("删除生物特征信息", "erase biometric data"),
    Effect.COLLECT_PERSON_DATA: Words("汇集个人信息", "collect the data of the person"),
    Effect.CARRY_OUT_PERSON_REQUEST: Words("执行个人信息请求", "carry out the request of the person"),
}

ESCALATION_WORDS = {
    Escalation.DUTY_OFFICER: Words("值班负责人", "the duty officer"),
    Escalation.DEPUTY: Words("值班副职", "the deputy"),
    Escalation.REGULATOR: Words("主管部门", "the regulator"),
    Escalation.NATIONAL_CENTRE: Words("国家中心", "the national centre"),
}
