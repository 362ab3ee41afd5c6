"""Files of switches, exchanges and gateways in miniature, written from public documentation; all calls are made up."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

START = datetime(2026, 3, 1, 0, 0, 0, tzinfo=UTC)
CHINA = timedelta(hours=8)
ISO, SLASHED, COMPACT = "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S"


class Call(NamedTuple):
    """One made-up call; every third is not answered."""

    number: int
    start: datetime
    ring_s: int
    talk_s: int
    caller: str
    callee: str

    @property
    def answered(self) -> bool:
        """Whether somebody answered."""
        return self.talk_s > 0

    @property
    def connect(self) -> datetime:
        """The moment of the answer, if there was one."""
        return self.start + timedelta(seconds=self.ring_s)

    @property
    def end(self) -> datetime:
        """The moment of the release."""
        return self.connect + timedelta(seconds=self.talk_s)


CALLS = tuple(
    Call(
        number,
        START + timedelta(seconds=97 * number),
        4 + number % 5,
        20 + 13 * number if number % 3 else 0,
        f"1700000{number:04}",
        f"1990000{7 * number:04}",
    )
    for number in range(12)
)


def local(moment: datetime, form: str) -> str:
    """Return a moment in China time."""
    return (moment + CHINA).strftime(form)


def answer(call: Call, form: str) -> str:
    """Return the moment of the answer in China time, or nothing."""
    return local(call.connect, form) if call.answered else ""


def epoch(moment: datetime) -> int:
    """Return seconds since 1970."""
    return int(moment.timestamp())


def clock(seconds: int) -> str:
    """Return a length of time as hours, minutes and seconds."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def lines(write: Callable[[Call], str], *head: str) -> str:
    """Return a file with a line for each call."""
    return "\n".join([*head, *map(write, CALLS)]) + "\n"


def call_manager() -> str:
    """Cisco Unified Communications Manager: quoted names, a line of types, seconds since 1970, 0 for no answer."""
    names = (
        "cdrRecordType,globalCallID_callManagerId,globalCallID_callId,origLegCallIdentifier,dateTimeOrigination,"
        "origNodeId,origSpan,origIpAddr,callingPartyNumber,callingPartyUnicodeLoginUserID,origCause_location,"
        "origCause_value,destLegIdentifier,destNodeId,destSpan,destIpAddr,originalCalledPartyNumber,"
        "finalCalledPartyNumber,finalCalledPartyUnicodeLoginUserID,destCause_location,destCause_value,"
        "dateTimeConnect,dateTimeDisconnect,lastRedirectDn,pkid,originalCalledPartyNumberPartition,"
        "callingPartyNumberPartition,finalCalledPartyNumberPartition,duration,origDeviceName,destDeviceName"
    )
    types = (
        "INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),VARCHAR(128),INTEGER,INTEGER,"
        "INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),VARCHAR(50),VARCHAR(128),INTEGER,INTEGER,INTEGER,INTEGER,"
        "VARCHAR(50),UNIQUEIDENTIFIER,VARCHAR(50),VARCHAR(50),VARCHAR(50),INTEGER,VARCHAR(129),VARCHAR(129)"
    )
    head = ",".join(f'"{name}"' for name in names.split(","))
    return lines(
        lambda call: (
            f'1,1,{52000 + call.number},{31000 + 2 * call.number},{epoch(call.start)},1,0,-1139627840,"{call.caller}",'
            f'"",0,0,{31001 + 2 * call.number},1,0,-1122850624,"{call.callee}","{call.callee}","",0,'
            f"{16 if call.answered else 19},{epoch(call.connect) if call.answered else 0},{epoch(call.end)},"
            f'"{call.callee}","7a4c1e20-0000-4000-8000-0000000000{call.number:02}","PT-National","PT-Phones",'
            f'"PT-National",{call.talk_s},"SEP0011223344{call.number:02}","GW-PSTN-1"'
        ),
        head,
        types,
    )


def ip_office(head: str = "") -> str:
    """Avaya IP Office SMDR: connected time and ring time apart, direction I or O; records without a header line."""
    return lines(
        lambda call: ",".join(
            (
                local(call.start, SLASHED),
                clock(call.talk_s),
                f"{call.ring_s}",
                call.caller,
                "I",
                call.callee,
                call.callee,
                "",
                "0",
                f"{1000014 + call.number}",
                "0",
                "T9001",
                "Line 1.1",
                "E2001",
                "Front desk",
                "0",
                "0",
            )
        ),
        *([head] if head else []),
    )


IP_OFFICE_HEAD = (
    "Call Start,Connected Time,Ring Time,Caller,Direction,Called Number,Dialled Number,Account,Is Internal,Call ID,"
    "Continuation,Party1Device,Party1Name,Party2Device,Party2Name,Hold Time,Park Time"
)


def three_cx(head: str = "") -> str:
    """3CX: fields in the order of its template, to-no an extension, dial-no what was dialled."""
    return lines(
        lambda call: (
            f"Call {call.number + 1},000001{call.number:04X}A,{clock(call.talk_s)},{local(call.start, SLASHED)},"
            f"{answer(call, SLASHED)},{local(call.end, SLASHED)},TerminatedBySrc,{call.caller},Ext.100,10000,100,"
            f"{call.callee},,,,,,,,Chain: {call.caller};Ext.100;,Line,Extension,,"
        ),
        *([head] if head else []),
    )


THREE_CX_HEAD = (
    "historyid,callid,duration,time-start,time-answered,time-end,reason-terminated,from-no,to-no,from-dn,to-dn,dial-no,"
    "reason-changed,final-number,final-dn,bill-code,bill-rate,bill-cost,bill-name,chain,from-type,to-type,final-type,"
    "from-dispname"
)


def yeastar() -> str:
    """Yeastar P-Series: whole, ringing and talking time as clock times."""
    return lines(
        lambda call: (
            f"2026030108{call.number:04}A1B2,{local(call.start, ISO)},{call.caller},{call.callee},"
            f"{clock(call.ring_s + call.talk_s)},{clock(call.ring_s)},{clock(call.talk_s)},"
            f"{'ANSWERED' if call.answered else 'NO ANSWER'},hung up,SIP-Trunk-1,,Inbound,{call.callee},,192.0.2.10,,"
        ),
        "ID,Time,Call From,Call To,Call Duration,Ring Duration,Talk Duration,Status,Reason,Source Trunk,"
        "Destination Trunk,Communication Type,DID/DDI,Outbound Caller ID,Caller IP Address,PIN Code,Recording File",
    )


def grandstream() -> str:
    """Grandstream UCM and GXW: the order of Asterisk's CDR, two columns more, and a header of their own."""
    return lines(
        lambda call: (
            f',{call.caller},{call.callee},from-internal,"""Desk"" <{call.caller}>",PJSIP/{call.caller}-0000001a,'
            f"PJSIP/trunk_1-0000001b,Dial,PJSIP/{call.callee}@trunk_1,{local(call.start, ISO)},{answer(call, ISO)},"
            f"{local(call.end, ISO)},{call.ring_s + call.talk_s},{call.talk_s},"
            f"{'ANSWERED' if call.answered else 'NO ANSWER'},DOCUMENTATION,1772323200.{call.number},EXT,"
            f"{call.callee},Desk"
        ),
        "Account Code,Caller Number,Callee Number,Context,CallerID,Source Channel,Dest Channel,Lastapp,Lastdata,"
        "Start time,Answer Time,End time,Call time,Talk time,Disposition,Amaflags,Uniqueid,Userfield,"
        "Dest Channel Extension,Caller Name",
    )


def opensips() -> str:
    """OpenSIPS: the acc table with the columns of the cdr flag."""
    return lines(
        lambda call: (
            f"{call.number + 1},INVITE,as{call.number:06x},ft{call.number:06x},{call.number}-abc@192.0.2.1,"
            f"{200 if call.answered else 486},{'OK' if call.answered else 'Busy Here'},"
            f"{local(call.connect if call.answered else call.start, ISO)},0,{call.talk_s},{1000 * call.talk_s},"
            f"{call.ring_s},{local(call.start, ISO)},sip:{call.caller}@192.0.2.1,sip:{call.callee}@192.0.2.9"
        ),
        "id,method,from_tag,to_tag,callid,sip_code,sip_reason,time,cdr_id,duration,ms_duration,setuptime,created,"
        "caller,callee",
    )


def ribbon() -> str:
    """Ribbon (Sonus) SBC and GSX: accounting records without names, STOP and ATTEMPT in different orders."""

    def write(call: Call) -> str:
        head = f"SBC01,0x0002000A{call.number:08X},{100000 + call.number},GMT+08:00-China"
        start = f"{local(call.start, '%m/%d/%Y')},{local(call.start, '%H:%M:%S')}.1,2,15"
        party = f"IP-TO-IP,IP-TO-IP,DEFAULT,,{call.caller},{call.callee},,0,,0,,,,,TG_IN_MOBILE,SBC01:TG_OUT"
        if not call.answered:
            return f"ATTEMPT,{head},{start},{local(call.end, '%H:%M:%S')}.1,1,19,{party}"
        end = f"{100 * call.ring_s},{local(call.end, '%m/%d/%Y')},{local(call.end, '%H:%M:%S')}.1,1,{100 * call.talk_s}"
        return f"STOP,{head},{start},{end},16,{party}"

    return lines(write, "Sonus Networks, Inc.00000000FF6000000000000000000012800000000000000ACT2026030108000000000000")


def border_controller() -> str:
    """Oracle (Acme Packet) SBC: local CDR files without names, times such as 00:00:05.000 UTC MAR 01 2026."""

    def moment(value: datetime) -> str:
        return value.strftime("%H:%M:%S.000 UTC %b %d %Y").upper()

    return lines(
        lambda call: (
            f'2,"192.0.2.5",5060,"BW08{call.number:04}abc@192.0.2.1","BW08{call.number:04}abc@192.0.2.1",'
            f'"SDb{call.number:03}-xyz","SIP","","","<sip:{call.caller}@192.0.2.1>;tag=1",'
            f'"<sip:{call.callee}@192.0.2.5>","{moment(call.start)}",'
            f'"{moment(call.connect) if call.answered else ""}","{moment(call.end)}",16,"access","core",{call.talk_s}'
        )
    )


def radius_detail() -> str:
    """FreeRADIUS detail files of a gateway with Cisco's h323 attributes: one block a packet."""

    def moment(value: datetime) -> str:
        return value.strftime("%H:%M:%S.000 UTC %a %b %d %Y")

    return lines(
        lambda call: (
            f"{local(call.end, '%a %b %d %H:%M:%S %Y')}\n\tAcct-Status-Type = Stop\n\tNAS-IP-Address = 192.0.2.5\n"
            f'\tAcct-Session-Id = "BW08{call.number:04}"\n\tCalling-Station-Id = "{call.caller}"\n'
            f'\tCalled-Station-Id = "{call.callee}"\n\th323-setup-time = "h323-setup-time={moment(call.start)}"\n'
            f'\th323-disconnect-time = "h323-disconnect-time={moment(call.end)}"\n'
            f"\tAcct-Session-Time = {call.talk_s}\n\tTimestamp = {epoch(call.end)}\n"
        )
    )


def kannel() -> str:
    """Kannel's access log: one line a text, attributes in square brackets."""
    text = "Your parcel is waiting: http://parcel.example/x"
    return lines(
        lambda call: (
            f"{local(call.start, ISO)} Sent SMS [SMSC:smsc1] [SVC:bulk] [ACT:] [BINF:] [FID:] [META:] "
            f"[from:106900000] [to:+86{call.callee}] [flags:-1:0:-1:-1:31] [msg:{len(text)}:{text}] [udh:0:]"
        )
    )


def twilio_resource() -> str:
    """Twilio's Call resource as a table: times of RFC 2822."""
    form = "%a, %d %b %Y %H:%M:%S +0000"
    return lines(
        lambda call: (
            f"CA{call.number:032x},+86{call.caller},+86{call.callee},inbound,"
            f'{"completed" if call.answered else "no-answer"},"{call.start.strftime(form)}",'
            f'"{call.end.strftime(form)}",{call.talk_s},-0.02,USD'
        ),
        "sid,from,to,direction,status,start_time,end_time,duration,price,price_unit",
    )


def twilio_log() -> str:
    """A console's call log with times such as 00:01:37 UTC 2026-03-01."""
    form = "%H:%M:%S UTC %Y-%m-%d"
    return lines(
        lambda call: (
            f"CA{call.number:032x},+86{call.caller},+86{call.callee},outbound-api,completed,"
            f"{call.start.strftime(form)},{call.end.strftime(form)},{call.talk_s},-0.02,USD,Phone"
        ),
        "Call Sid,From,To,Direction,Status,Start Time,End Time,Duration,Price,Price Unit,Type",
    )


def call_detail_blocks() -> str:
    """Cisco BTS 10200: semicolons between fields, vertical bars after records, milliseconds since 1970."""
    return lines(
        lambda call: (
            f"3;{epoch(call.start)}000;{epoch(call.end)}000;;;{epoch(call.start)}000;{epoch(call.connect)}000;"
            f"{epoch(call.end)}000;;;;;;;;;;;{clock(call.talk_s)}.000;;;{epoch(call.end)}000;{call.caller};"
            f"{call.callee};{call.caller};;{call.callee};;;;;;;;;;;;;;1;0;16;0;5;0;158;|"
        ),
        "001;06.0.0;2026-03-01 08:00:00;CA146||",
    )


def tenor() -> str:
    """Quintum Tenor: no names, the called number before the calling one."""
    return lines(
        lambda call: (
            f"{call.number + 1},86{call.callee},{call.talk_s},{local(call.start, COMPACT)},{answer(call, COMPACT)},"
            f"{local(call.end, COMPACT)},16,192.0.2.40,192.0.2.41,4,1,1,1,5,1,1,1,1,1,1,,0,0,86{call.caller},,"
            f"{5000 + call.number},{7000 + call.number},"
        )
    )


def broadworks() -> str:
    """Cisco BroadWorks accounting records: no names, times in UTC with a column for the offset."""
    form = "%Y%m%d%H%M%S.000"
    return lines(
        lambda call: (
            f"{call.number:011}00112233{call.start.strftime(form)}1-080000,Example SP,Normal,+86{call.caller},"
            f"+86217000{call.number:04},Originating,+86{call.caller},Public,+86{call.callee},"
            f"{call.start.strftime(form)},1-080000,{'Yes' if call.answered else 'No'},"
            f"{call.connect.strftime(form) if call.answered else ''},{call.end.strftime(form)},016,VoIP,,"
            f"{call.callee},local,,,,,,Group,192.0.2.8,{call.number}-bw@192.0.2.8,PCMA/8000"
        )
    )


def innovaphone() -> str:
    """innovaphone PBX: one XML element a call and party, with an event for each change of state."""
    return lines(
        lambda call: (
            f'<cdr guid="{call.number:032x}" sys="pbx" e164="{call.caller}" dir="from" utc="{epoch(call.start)}">'
            f'<event msg="setup-to" time="{epoch(call.start)}" e164="{call.callee}"/>'
            f'<event msg="rel-from" time="{epoch(call.end)}" e164="{call.callee}" cause="16"/></cdr>'
        )
    )


def exchange_text() -> str:
    """Ericsson AXE: toll tickets decoded to text, date and time of charging in two columns, lengths as clock times."""
    return lines(
        lambda call: (
            f"{call.caller},{call.callee},{local(call.start, '%Y-%m-%d')},{local(call.start, '%H:%M:%S')},"
            f"{clock(call.talk_s)},35000000000{call.number:04},46000000000{call.number:04},MSC1IN,GW2OUT,"
            f"{100 + call.number}"
        ),
        "callingPartyNumber,calledPartyNumber,dateForStartOfCharge,timeForStartOfCharge,chargeableDuration,"
        "callingSubscriberIMEI,callingSubscriberIMSI,incomingRoute,outgoingRoute,callIdentificationNumber",
    )


def sinch() -> str:
    """Sinch: semicolons between fields, times of ISO 8601 with their zone."""
    form = "%Y-%m-%dT%H:%M:%SZ"
    return lines(
        lambda call: (
            f"id{call.number:05};1;{call.start.strftime(form)};{'ANSWERED' if call.answered else 'NOANSWER'};N/A;"
            f"{call.talk_s};{call.connect.strftime(form) if call.answered else ''};+86{call.caller};+86{call.callee};"
            "0.01;USD"
        ),
        "CallId;UserSpaceId;CallTime;Result;Reason;Duration;AnswerTime;From;To;Amount;Currency",
    )


def text_receipts() -> str:
    """An SMS platform's export without the texts: nothing in it is a call."""
    return lines(
        lambda call: (
            f"{local(call.start, ISO)},4bfc6e62-{call.number:04},BANK{call.number},86{call.callee},China,CM,460,00,"
            "Sent,Delivered"
        ),
        "SMS_DT,MESSAGE_ID,SENDER,DESTINATION,DST_COUNTRY,DST_OPERATOR,DST_MCC,DST_MNC,SENDING_STATUS,DLR_STATUS",
    )
