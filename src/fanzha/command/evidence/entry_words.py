"""Titles of log entries by kind. A process step has the title that its process definition gives."""

from collections.abc import Mapping
from typing import Any

import msgspec

from fanzha.base.words import Words
from fanzha.command.processes.selectors import load_processes

STEP = "step"
KIND_WORDS: dict[str, Words] = {
    STEP: Words("流程步骤", "step of a process"),
    "notice_delivered": Words("送达告知", "notice delivered"),
    "notice_attempt": Words("登记告知送达情况", "attempt to deliver a notice"),
    "notice_code_printed": Words("打印告知编号", "code of a notice printed"),
    "personal_data_erased": Words("删除个人信息", "personal data erased"),
    "rows_deleted": Words("依留存期限或请求删除记录", "deleted at the end of the retention period or on request"),
    "personal_data_corrected": Words("更正个人信息", "personal data corrected"),
    "retention_applied": Words("执行留存期限", "retention applied"),
    "biometrics_erased": Words("删除生物特征信息", "biometric data erased"),
    "wrapping_key_changed": Words("更换个人信息主密钥", "master key of personal data changed"),
    "anchor_key_changed": Words("更换锚点密钥", "key of anchors changed"),
    "evidence_pack": Words("出具证据包", "evidence pack made"),
    "unmasking": Words("查看完整信息", "unmasked"),
    "values_disclosed": Words("查询或披露信息", "values looked up or disclosed"),
    "disclosure_refused": Words("超出限额，拒绝披露", "disclosure above the limit refused"),
    "export_asked": Words("申请导出", "export asked for"),
    "export_approved": Words("批准导出", "export approved"),
    "export_refused": Words("驳回导出", "export refused"),
    "export": Words("生成导出文件", "export made"),
    "export_downloaded": Words("下载导出文件", "export downloaded"),
    "export_removed": Words("删除导出文件", "export removed"),
    "import": Words("导入线索", "findings imported"),
    "import_handed_in": Words("提交导入文件", "import handed in"),
    "import_approved": Words("批准导入", "import approved"),
    "import_withdrawn": Words("撤回导入", "import withdrawn"),
    "import_read": Words("读入导入文件", "import read"),
    "rule_text_added": Words("登记规则文本", "rule text added as a draft"),
    "rule_backtest": Words("发起规则回测", "backtest of a rule asked for"),
    "job_retried": Words("重新执行失败的后台任务", "failed background job run again"),
    "rule_budget": Words("调整规则限额", "harm budget of a rule changed"),
    "rule_step": Words("变更规则状态", "state of a rule changed"),
    "rule_emergency": Words("紧急提升规则", "rule promoted in an emergency"),
    "rule_promotion_asked": Words("申请提升规则", "promotion of a rule requested"),
    "rule_promotion_approved": Words("批准提升规则", "promotion of a rule approved"),
    "rule_promotion_refused": Words("驳回规则提升申请", "promotion of a rule refused"),
    "rule_promotion_withdrawn": Words("撤回规则提升申请", "request for a promotion withdrawn"),
    "sample_drawn": Words("抽取复核样本", "sample drawn for review"),
    "sample_marked": Words("完成样本判定", "sample marked"),
    "sample_place_released": Words("释放样本判定席位", "place of a marker released"),
    "sample_settled": Words("样本复核完成", "sample settled"),
    "assigned": Words("指派经办人", "assigned to a person"),
    "shift_handed_over": Words("交班", "shift handed over"),
    "comment": Words("发表评论", "comment written"),
    "comment_withdrawn": Words("撤回评论", "comment withdrawn"),
    "document_issued": Words("出具编号文书", "numbered document issued"),
    "campaign": Words("处理团伙", "decision on a campaign"),
    "opinion": Words("发表意见", "opinion given"),
    "opinion_withdrawn": Words("撤回意见", "opinion withdrawn"),
    "case_status": Words("标注涉案状态", "case status set"),
    "case_status_cleared": Words("解除涉案状态", "case status cleared"),
    "share": Words("共享", "shared"),
    "spare_proposed": Words("申请列入免扰名单", "number proposed for the allowlist"),
    "share_ended": Words("结束共享", "share ended"),
    "share_retracted": Words("撤回共享", "share retracted"),
    "decision_published": Words("发布处置决定", "decision published to the screens"),
    "decision_withdrawn": Words("撤回处置决定", "decision withdrawn from the screens"),
    "measured": Words("验证处置效果", "effect measured"),
    "urged": Words("催办", "urged"),
    "process_version_adopted": Words("改按流程新版本办理", "process goes on by a newer version"),
    "leg_sent": Words("派发指令", "leg sent to the receiver"),
    "rows_digested": Words("记录各行校验值", "digests of rows recorded"),
    "snapshot_published": Words("发布快照", "snapshot published to the screens"),
    "snapshot_found": Words("发现由其他程序发布的快照", "snapshot of another program found"),
    "sent_again": Words("重新派发", "sent again"),
    "answers_received": Words("收到回执", "answers received"),
    "targets_handed_over": Words("交付处置对象", "targets handed over"),
    "order_endpoint_changed": Words("变更派发渠道", "channel of orders changed"),
    "order_endpoint_key_changed": Words("更换派发渠道密钥", "key of a channel changed"),
    "order_endpoint_tried": Words("试用派发渠道", "channel tried"),
    "organization_made": Words("新增单位", "organisation made"),
    "organization_changed": Words("变更单位", "organisation changed"),
    "person_invited": Words("邀请人员", "person invited"),
    "invitation_accepted": Words("接受邀请", "invitation accepted"),
    "invitation_withdrawn": Words("撤回邀请", "invitation withdrawn"),
    "roles_changed": Words("变更角色", "roles changed"),
    "person_suspended": Words("停用人员", "person suspended"),
    "second_factor_reset": Words("重置第二因素", "second factor reset"),
    "account_begun_anew": Words("账号重新开始", "account begun anew"),
    "sessions_ended": Words("结束会话", "sessions ended"),
    "key_made": Words("签发密钥", "key made"),
    "key_revoked": Words("吊销密钥", "key revoked"),
    "finding_withdrawn": Words("撤回线索", "finding withdrawn"),
    "collection_made": Words("建立共享集合", "shared collection made"),
    "collection_retired": Words("停用共享集合", "shared collection ended"),
    "collection_reader": Words("允许单位读取共享集合", "organisation let read a shared collection"),
    "collection_reader_ended": Words("停止单位读取共享集合", "organisation reads a shared collection no longer"),
    "objects_shared": Words("情报列入共享集合", "intelligence brought into a shared collection"),
    "objects_given": Words("情报提供给其他单位", "intelligence given to another organisation"),
    "objects_received": Words("其他单位向共享集合提供情报", "intelligence added by another organisation"),
    "foreign_approval_entered": Words("登记出境审批", "approval for another country entered"),
    "foreign_approval_confirmed": Words("确认出境审批", "approval for another country confirmed"),
    "foreign_approval_refused": Words("未予确认出境审批", "approval for another country not confirmed"),
    "foreign_approval_withdrawn": Words("撤回出境审批", "approval for another country withdrawn"),
    "foreign_approval_expired": Words("出境审批到期", "approval for another country expired"),
    "foreign_exit": Words("情报出境", "intelligence handed out to another country"),
    "feed_subscribed": Words("订阅外部情报来源", "subscribed to a feed"),
    "feed_changed": Words("调整外部情报来源", "feed changed"),
    "feed_ended": Words("停用外部情报来源", "feed ended"),
    "feed_items": Words("接收外部情报", "statements of a feed taken in"),
    "subscribed": Words("订阅推送", "subscribed to pushes"),
    "site_candidate_dismissed": Words("排除疑似仿冒网站", "candidate of a look-alike site dismissed"),
    "site_candidate_handed_on": Words("疑似仿冒网站转入流程", "candidate of a look-alike site handed on"),
    "log_forked": Words("证书日志分叉", "certificate log forked"),
    "signal_basis_recorded": Words("登记银行查询依据", "document of basis for a bank recorded"),
    "signal_basis_approved": Words("批准银行查询依据", "document of basis for a bank approved"),
    "signal_basis_ended": Words("终止银行查询依据", "document of basis for a bank ended"),
    "number_signals_asked": Words("银行查询号码状态", "bank asked about numbers"),
    "signal_bases_paused": Words("银行超出限额，暂停答复", "bank paused, its budget is used up"),
    "indicator_feedback": Words("银行反馈风险等级结果", "bank reported on a risk indicator"),
    "traceback_link_changed": Words("调整溯源对接企业", "link to an operator for tracebacks changed"),
    "traceback_link_key_changed": Words("更换溯源签名密钥", "signing key of a traceback link changed"),
    "traceback_trunk_changed": Words("登记入中继归属", "who is behind a trunk entered"),
    "traceback_message": Words("向其他企业发出溯源消息", "message of a traceback to another operator"),
    "traceback_request_received": Words("收到其他企业的溯源询问", "question of a traceback received"),
    "traceback_answer_received": Words("收到上一跳的溯源答复", "answer of a traceback received"),
    "look_requested": Words("请求查看网页", "look at a page asked for"),
    "page_seen": Words("查看网页并保存证据", "page looked at, evidence kept"),
    "look_failed": Words("未能查看网页", "nothing seen of a page"),
    "report_received": Words("收到公众举报", "report of the public received"),
    "picture_basis_recorded": Words("登记识别截图文字的影响评估", "impact assessment of reading pictures recorded"),
    "picture_basis_approved": Words("批准识别截图文字的影响评估", "impact assessment of reading pictures approved"),
    "app_sample_taken": Words("接收应用样本", "app sample taken in"),
    "app_sample_read": Words("读取应用样本", "app sample read"),
    "app_sample_handed_on": Words("应用样本转入处置", "app sample handed on"),
    "app_sample_erased": Words("清除应用样本文件", "file of an app sample erased"),
    "picture_basis_ended": Words("终止识别截图文字的影响评估", "impact assessment of reading pictures ended"),
    "picture_read": Words("识别举报截图文字", "text of a picture of a report read"),
    "report_opened": Words("公众举报立项办理", "report of the public taken up"),
    "tagged_number_proven": Words("核实被标记号码确有其呼", "tagged number proven by its operator"),
    "bulletin_drafted": Words("起草月度通报", "monthly bulletin drafted"),
    "bulletin_text_changed": Words("修改通报文字", "text of a bulletin changed"),
    "bulletin_published": Words("公布月度通报", "monthly bulletin published"),
    "tags_settled": Words("核实号码标记", "tags checked"),
    "tag_code_given": Words("发放标记异议码", "code for a dispute of tags given"),
    "tags_disputed": Words("提出标记异议", "tags disputed by the owner"),
    "tag_dispute_decided": Words("决定标记异议", "dispute of tags decided"),
    "hosted_sites_looked_at": Words("要求立即查看接入网站", "look at hosted sites asked for"),
    "overseas_chosen": Words("登记境外来电设置", "choice about calls from abroad recorded"),
    "overseas_choice_ended": Words("取消境外来电设置", "choice about calls from abroad ended"),
    "wording_written": Words("撰写提醒文案", "wording of a warning written"),
    "wording_decided": Words("决定提醒文案", "wording of a warning decided"),
    "wording_used": Words("启用提醒文案", "wording of a warning put in use"),
    "wording_dropped": Words("停用自有提醒文案", "own wording of a warning taken out of use"),
    "wording_trial_declared": Words("提出文案试验", "trial of wordings declared"),
    "wording_trial_begun": Words("批准并开始文案试验", "trial of wordings begun"),
    "wording_trial_rejected": Words("驳回文案试验", "trial of wordings rejected"),
    "wording_trial_stopped": Words("申请结束文案试验", "end of a trial of wordings asked for"),
    "wording_trial_ended": Words("结束文案试验", "trial of wordings ended"),
    "wording_trial_arm_halted": Words("文案造成更多损失，停发", "wording halted, it did harm"),
    "outside_value_entered": Words("填报外部统计数", "number from outside entered"),
    "figure_proposed": Words("提出公开指标", "publication of a figure proposed"),
    "figure_published": Words("决定公开指标", "figure published"),
    "figure_refused": Words("决定不公开指标", "publication of a figure refused"),
    "figure_withdrawn": Words("撤下已公开指标", "figure taken off the public page"),
    "form_value_changed": Words("填报报表数值", "value of a form changed"),
    "form_sheet_compared": Words("比对单位自有报表", "spreadsheet compared with a form"),
    "duty_set": Words("登记值班", "duty set"),
    "duty_cleared": Words("解除值班", "duty cleared"),
}
_OTHER = Words("其他事项", "another act")


def kind_words(kind: str) -> Words:
    """Return the title of a kind."""
    return KIND_WORDS.get(kind, _OTHER)


def entry_words(kind: str, facts: str) -> Words:
    """Return the title of an entry; for a process step, the titles of process and event."""
    if kind != STEP:
        return kind_words(kind)
    fact_values = parse_facts(facts)
    process = load_processes().get(str(fact_values.get("process", "")))
    machine = process.machine_for(str(fact_values.get("event", ""))) if process else None
    if process is None or machine is None:
        return kind_words(kind)
    event = machine.events[str(fact_values["event"])].title
    return Words(f"{process.title.zh} · {event.zh}", f"{process.title.en} · {event.en}")


def parse_facts(text: str) -> Mapping[str, Any]:
    """Parse the facts of an entry. Return an empty mapping if they are invalid."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
