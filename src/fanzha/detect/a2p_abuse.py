"""Port-number (106) senders of bursts of texts to strangers, with links to recently registered hosts (ATF Art. 31)."""

from fanzha.base.words import Words
from fanzha.claims import Mode
from fanzha.detect import Example, RuleDetector
from fanzha.detect.rules.sample_facts import site_seen, text_messages

TEXT = """
# Banks text codes without a link, at any hour; parcel services text everybody, by day, with a host that is years old.
# Notices sent in between hide nothing: it is the texts with one host that are counted.
rule a2p_abuse "端口短信滥用" "Port-number sender abuse"
  version 1
  law "ATF Art. 31"
  on message
  let in_an_hour = distinct(recipient of message by sender, link_host, 1h)
  let in_a_day = distinct(recipient of message by sender, link_host, 24h)
  let texts = count(message by sender, link_host, 24h)
  let senders = distinct(sender of message by link_host where channel = "port_sms", 24h)
  let host_age = min(occurred_at - registered_at of site_seen by host = link_host, 24h)
  let evidence = points(
    0.2 when in_an_hour >= 20,
    0.1 when in_an_hour >= 100,
    0.1 when in_a_day >= 50,
    0.1 when in_a_day >= 90% * texts,
    0.1 when host_age < 180 days,
    0.2 when host_age < 60 days,
    0.1 when host_age < 30 days,
    0.2 when host_age < 60 days and senders >= 2,
    0.1 when hour(occurred_at) < 7 or hour(occurred_at) >= 22)
  when channel = "port_sms" and in_a_day >= 15 and evidence > 0.65
  then find sender as phishing score evidence
  again after 24h
  sentence "该端口号 24 小时内向 {in_a_day} 人发送 {link_host} 的链接，近一小时 {in_an_hour} 人[；"
         + "域名注册 {host_age}]。"
           "Texted {in_a_day|person|people} links to {link_host} in 24 hours, {in_an_hour} of them "
         + "in the last hour[; the website was registered {host_age} ago]."

# Half as much on a day, noted; on the second day it is enough. A host of four months and more is not new.
rule texts_on_a_day "端口号单日群发新域名链接（仅记录）" "Links to a new website texted on one day (noted only)"
  version 1
  law "ATF Art. 31"
  on message
  let in_an_hour = distinct(recipient of message by sender, link_host, 1h)
  let in_a_day = distinct(recipient of message by sender, link_host, 24h)
  let texts = count(message by sender, link_host, 24h)
  let host_age = min(occurred_at - registered_at of site_seen by host = link_host, 24h)
  let evidence = points(
    0.2 when in_an_hour >= 10,
    0.1 when in_a_day >= 50,
    0.1 when in_a_day >= 90% * texts,
    0.2 when host_age < 90 days,
    0.1 when hour(occurred_at) < 7 or hour(occurred_at) >= 22)
  when channel = "port_sms" and in_a_day >= 15 and host_age < 120 days and evidence >= 0.4
  then note sender as phishing score evidence
  again after 20h
  sentence "该端口号 24 小时内向 {in_a_day} 人发送新域名的链接，域名注册 {host_age}。"
           "Texted {in_a_day|person|people} in 24 hours links to a website registered {host_age} "
         + "ago."

rule texts_for_days "端口号连日群发新域名链接" "Links to new websites texted on several days"
  version 1
  law "ATF Art. 31"
  on finding
  let evidence = sum(percent of finding by sender where rule_name = "texts_on_a_day", 10 days)
  let noted_days = count(finding by sender where rule_name = "texts_on_a_day", 10 days)
  when rule_name = "texts_on_a_day" and channel = "port_sms" and noted_days >= 2 and evidence >= 80
  then find sender as phishing score points(0.7 when noted_days >= 2, 0.1 when noted_days >= 3)
  again after 24h
  sentence "近 10 日内有 {noted_days} 天群发新注册域名的链接。"
           "Texted many people links to newly registered websites on {noted_days|day|days} of the "
         + "last ten."
"""

NIGHT_S = 18 * 3600  # two o'clock in China
BANK = "【虚构银行】您的账户将于今日停用，请登录 http://renzheng.example 重新认证"
BILL = "【虚构银行】本月账单已出，详见 http://zhangdan.example，退订回复T"
CODE = "【虚构通信】验证码 000000，五分钟内有效，请勿告诉他人"


class A2pAbuseDetector(RuleDetector):
    """Names the port number, for which its lessee is accountable."""

    text = TEXT
    mode = Mode.LIVE
    tells = Words(
        "识别在一小时或一天内向大量不同号码发送链接的端口号。链接域名新近注册或由多个端口号共用，且多在深夜发送。",
        "This detector finds port numbers that text a link to very many different people within an hour or a day. "
        "The website was registered recently or is shared by several port numbers, and the texts are often sent at "
        "night.",
    )
    examples = (
        Example(
            title=Words("凌晨群发两天前注册的域名", "a host of two days, texted to a crowd at night"),
            table="message",
            rows=(
                site_seen("renzheng.example", days_old=2),
                *text_messages("1069000012345", 20, text=BANK, start_s=NIGHT_S),
            ),
            finds=({"subject_kind": "sender", "subject": "1069000012345", "fraud_type": "phishing", "score": 0.8},),
        ),
        Example(
            title=Words("银行群发账单，域名注册多年", "a bank's bills, with a host of years"),
            table="message",
            rows=(
                site_seen("zhangdan.example", days_old=3_000),
                *text_messages("1069000095588", 60, text=BILL, every_s=20),
            ),
        ),
        Example(
            title=Words("深夜验证码，不含链接", "codes at night, without a link"),
            table="message",
            rows=text_messages("1069000010086", 60, text=CODE, every_s=20, start_s=NIGHT_S),
        ),
    )


DETECTOR = A2pAbuseDetector()
