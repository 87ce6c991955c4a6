# What the hotline says in messages. The groups are explained at the top of zh-CN/messages.ftl.

## Greeting

greeting =
    Hello, this is the near-neighbor hotline. Tell me what you need at home or nearby, and I will find someone to help.
    For example: "The stairway light in building 12, Lianhuabei is out", or "My mother is 82 and needs lunch brought home".
    In danger, call first: police 110, fire 119, ambulance 120.
help-member =
    You are a member. You can send (with the case number):
    /accept 10244: I will do it
    /pass 10244: not for me
    /done 10244: it is done
    /release 10244 reason: I have to give it back
    /help 10244: I need a hand
    /mine: the cases I have
    /open: the cases waiting for someone
    /help: this list
    接单, 转出, 办结, 退单, 求助, 我的 and 待接 work too.
    If you need help yourself, just write to me.
help-group =
    Tap the buttons on an offer, or send here (with the case number):
    /accept 10244: I will do it
    /pass 10244: not for me
    /done 10244: it is done
    /release 10244 reason: I have to give it back
    /help 10244: I need a hand
    /open: the cases waiting for someone
    /mine: please send this to me privately
    /help: this list
    接单, 转出, 办结, 退单, 求助, 我的 and 待接 work too.
    Please keep residents' phone numbers and addresses out of the group.
out-of-scope = I am sorry, I cannot help with that. For anything at home or in the neighborhood, write to me any time. To reach a person, tap "Talk to a person".
tell-me = All right. Tell me what it is and where, and I will find someone.
glad = All right. Write to me any time.

## A new case

case-opened =
    { $reply }
    Case { $number }: { $service }
case-opened-human = Case { $number } is noted. A person of our staff will read it and answer you here.
case-opened-unsure = Case { $number } is noted. Which of these do you mean? Tap one, or answer with its place in the list, for example 1.
case-opened-beside = The other matter is noted as well: { $service }, case { $number }.
added = Thank you, I have added that to case { $number }.
details-complete = Thank you, I have everything. You will hear as soon as there is news on case { $number } ({ $service }).

## Questions

ask-community = Which community is it in? For example: Lianhuabei (莲花北).
ask-address = Where exactly is it? Please give the street, building and room.
ask-phone = Which number can we call? Only the person who helps you will see it.
ask-when = When is it, or when would suit you?
ask-person = Who is it for? How old are they, and how are they now?
area-not-found = I could not find that place. Please name the community again, for example: Lianhuabei (莲花北).
area-noted = Noted, you are in { $area }. Just write to me when you need something.
area-unknown-yet = not known yet

## Service points

point-line = { $name }: { $address } { $hours } { $phone }
want-case = Do you still need someone to help? Tap the button below, or answer "yes".

## Progress and cancelling

progress-line = Case { $number } ({ $service }): { $stage }, since { $since }
progress-none = You have no open case now. If you need something, just write to me.
cancel-none = You have no case to cancel now.
cancel-which = Which one shall I cancel? Please tap it.
cancel-choice = { $number } { $service }
stage-triage = staff are looking at it
stage-offered = waiting for someone to take it
stage-accepted = someone is on it
stage-done = done, asking the resident
stage-closed = closed
rung-team = the service team
rung-community = the community
rung-street = the street office
rung-district = the district
somebody = a member

## Letters to the resident

resident-accepted = Good news: { $member } has taken case { $number } ({ $service }) and will contact you soon.
resident-released = Case { $number } ({ $service }) needs another helper. We are looking for one now, please bear with us.
resident-escalated = We have asked { $rung } to step in on case { $number } ({ $service }). We are keeping an eye on it.
resident-handed-over = Case { $number } ({ $service }) is now with { $team }. They will take it from here.
cancelled = Case { $number } ({ $service }) is cancelled. Write to me any time.
merged = Case { $number } and case { $into } are the same matter, so we handle them together. Please look at case { $into } from now on.
referred =
    Case { $number } ({ $service }) is now with { $unit }.
    { $reason }
declined =
    We are sorry, we cannot do case { $number } ({ $service }).
    { $reason }
staff-answer =
    An answer from our staff (case { $number }):
    { $text }

## Survey

ask-solved = Case { $number } ({ $service }) is done. Is it solved for you?
remind-solved = Just asking once more: is case { $number } ({ $service }) solved? One tap is enough.
ask-satisfied = How satisfied are you with case { $number }? Tap one, or answer with a number: 5 is best, 1 is worst.
ask-comment = Thank you! If there is more you want to say, one sentence is enough. You need not write anything.
thanks = Thank you, we have noted what you said. Write to me any time.
reopened = We are sorry it is not right yet. Case { $number } ({ $service }) is open again, and we are finding someone to go on with it.
closed-unanswered = We did not hear from you, so case { $number } ({ $service }) is closed for now. If it is not solved, tap "Not solved" and we will go on.

## Buttons

button-accept = Accept
button-pass = Pass on
button-accept-number = Accept { $number }
button-done = Done
button-release = Release
button-help = Need help
button-keep = Still on it
button-solved = Solved
button-not-solved = Not solved
button-satisfied-5 = Very satisfied
button-satisfied-4 = Satisfied
button-satisfied-3 = So-so
button-satisfied-2 = Dissatisfied
button-satisfied-1 = Very dissatisfied
button-none-of-these = None of these
button-human = Talk to a person
button-open-case = I need someone to help

## Offers in the group

offer-card =
    Case { $number }: { $service }
    Where: { $area }
    What: { $gist }
    Please accept by { $by }
offer-card-restricted =
    Case { $number }: { $service }
    Where: { $area }
    Details are private. You get them after you accept.
    Please accept by { $by }
offer-danger = ⚠ Danger, please accept at once!
offer-taken = Case { $number } ({ $service }): { $member } has accepted it
offer-gone = Case { $number } ({ $service }): this offer is withdrawn, no need to accept it
offer-done = Case { $number } ({ $service }): { $member } has done it
offer-ended = Case { $number } ({ $service }): ended, no need to accept it
digest-title = Cases waiting for someone: { $n }. Tap a number to accept it:
digest-title-none = Nothing on this list needs anyone now:
digest-line-waiting = { $number } { $service } · { $area }
team-help-wanted = Case { $number } ({ $service }): { $member } needs a hand. Who can help? Please contact { $member }.
team-supervise =
    Case { $number } ({ $service }) was not done in time. Please look into it.
    Where: { $area }
    Who has it: { $member }
team-unreachable-link = { $member }, I cannot write to you privately yet. Please open { $link } and tap “Start”; then I can send you the details.
team-unreachable = { $member }, I cannot write to you privately yet. Please send me any word in a private chat; then I can send you the details.
open-title = Cases waiting for someone:
open-none = No case is waiting for someone now.

## Letters to the member

member-case = Case { $number }: { $service }
label-area = Where: { $value }
label-address = Address: { $value }
label-phone = Phone: { $value }
label-resident = Resident: { $value }
label-person = Who it is for: { $value }
label-when = When: { $value }
label-by = Please finish by: { $value }
label-words = The resident's words: { $value }
member-added =
    Case { $number }, the resident adds:
    { $text }
member-still-on-it = Are you still on case { $number } ({ $service })? If so, tap "Still on it". If we do not hear from you, we will ask others.
member-claim-expired = We did not hear from you on case { $number } ({ $service }), so we are asking others. If you still want to do it, you can accept it again.
member-late = Case { $number } ({ $service }) is past its time. Please finish it soon. If it is hard, tap "Need help".
member-taken-back = Case { $number } ({ $service }) no longer needs you. Thank you!
member-passed = All right, case { $number } is left to others.
member-released = All right, you have given back case { $number }. We will ask others.
member-done = Case { $number } is done, thank you! We will ask the resident how it went.
member-help-noted = I have asked the group to help you with case { $number }.
member-kept = All right, case { $number } stays with you. Thank you!
member-noted = Noted in case { $number }. When it is done, send: /done { $number }
release-reason = Why do you give back case { $number }? One sentence is enough, for example: I am out of town.
mine-none = You have no case now. To see those waiting for someone, send: /open
mine-privately = Please send /mine to me privately. The list has residents' phone numbers and addresses.

## What cannot be done

refused-taken = { $member } has already accepted case { $number }. Thank you!
refused-not-offered = That is not possible for this case now. For cases waiting for someone, send /open. For your own, send /mine.
refused-other-team = This case is offered to another team. You need not take it.
refused-not-yours = You do not have this case. To see yours, send: /mine
refused-already-done = This case is already done.
refused-closed = This case is closed. If you need something new, just write to me.
refused-not-done = This is still being worked on. We will ask you when it is done.
refused-not-resident = Somebody else asked for this case. Only they can change it.
refused-not-member = Only members can do that. To join, ask our staff for a code and send: /join CODE
refused-unknown = I could not find this case. Please check the number and send it again.
refused-out-of-range = Please answer with a number from 1 to 5: 5 is best, 1 is worst.
mistake-no-number = The case number is missing. Please put it at the end, for example: /accept 10244
mistake-wrong-number = { $number } is not a case number. Perhaps it was mistyped. Please copy it from the offer.
mistake-no-code = The code is missing. Please add the code our staff gave you, for example: /join 7KQ2-M9XD

## Binding and joining

bind-in-group = Please send this in the team's group: /bind CODE
group-bound = Done, this group now belongs to { $team }. Offers will come here. To see how it works, send: /help
member-joined = Welcome to { $team }! After you accept a case, you get the details privately. To see how it works, send: /help
code-is-for-groups = This code is for a group. Please send this in the team's group: /bind CODE
code-is-for-members = This code is for a member. Please send: /join CODE
code-used = This code has been used already. Please ask our staff for a new one.
code-expired = This code has expired. Please ask our staff for a new one.
code-unknown = This code is not right. Please send it again exactly as written, or ask our staff.

## Recordings, pictures and corrections

ask-words-voice = Your recording is here, but I cannot hear it. Please write one line: what is it, and where? If you cannot write, that is fine: a person will listen in a while. In danger, first call 110, 119 or 120.
ask-words-picture = It is here, but I cannot read pictures or files. Please write one line: what is it, and where? If you cannot write, that is fine: a person will look in a while. In danger, first call 110, 119 or 120.
staff-listen = A person will listen to or look at what you sent (case { $number }) and answer you here. In danger, first call 110, 119 or 120.
voice-added = Your recording is with case { $number }; a person will listen. I cannot hear it, so please write what is urgent, too.
attachment-added = Thank you, it is with case { $number } now.
correction = Correction: { $text }
corrected = Case { $number } is corrected as you wrote.
edit-too-late = Case { $number } ({ $service }) is closed, so the change was not noted. If you need something new, just write to me.
member-voice = Case { $number }: the resident sent a recording. Staff can listen to it.
member-picture = Case { $number }: the resident sent a picture or a file. Staff can open it.
member-attached = Thank you, it is with case { $number } now. When it is done, send: done { $number }

## What a tap shows for a moment

toast-accepted = Yours; details in our private chat
toast-stale = This button does not work any more

## One person, several chats

group-hello = Hello, this is the neighbor hotline. To make this the group of a team, send: /bind CODE
link-privately = Please send me /link privately.
link-code = Please send me this code from your other chat: { $code } (for 30 minutes; give it to nobody)
chat-sealed = This chat is end-to-end encrypted, so I cannot read what you write. Please start a new chat without encryption. If anybody is in danger, call 110, 119 or 120 now.
link-code-for-number = Neighbor hotline: your code is { $code }, for 30 minutes. If you did not ask for it, ignore this.
link-number-sent = The code is on its way to { $number } as a text message. Please send it to me here.
link-no-sms = Text messages cannot be sent from here, so a number cannot be linked. To link another chat, send: /link
link-same-chat = Send this code from your other chat, not from here.
linked = Your two chats are linked: your cases are known in both. From now on you are answered here.
linked-number = Your number is linked to this chat.
linked-elsewhere = Another chat of yours is now linked to this one. If that was not you, write "a person, please" at once.
code-too-many = Too many tries; please come again in an hour.
text-message-please-write = Near-neighbor hotline: case { $number } is done, and we would like to ask you whether it is solved. Please write to us where you wrote last.
