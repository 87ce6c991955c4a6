## Web chat

page-name = Near-Neighbor Hotline
page-languages = Language
page-text-size = Text size
page-text-smaller = Smaller text
page-text-larger = Larger text
page-skip-to-composer = Skip to writing
page-skip-to-offers = Skip to the offers
page-skip-to-content = Skip to the content
page-online = Connected
page-connecting = Connecting
page-not-connected = Not connected
page-offline = Connection lost, reconnecting… No message is lost
page-no-script = This page needs JavaScript. If it is urgent, call 120, 119 or 110.
page-hotline-says = Hotline:
page-i-say = Me:
page-waiting = Waiting to be sent
page-sent = Received
page-failed = Not sent
page-reload = Not sent, please reload the page
page-send = Send
page-send-location = Send my location
page-locating = Finding where you are…
page-no-location = We could not find where you are. Please write the estate and the house number.
page-call-first = If a life is in danger, first call
page-call-110 = Call the police
page-call-119 = Call the fire brigade
page-call-120 = Call an ambulance
page-call-12356 = Call the crisis line
page-chat-log = Conversation with the hotline
page-chat-greeting =
    Hello, this is the Near-Neighbor Hotline.
    Whatever you need or want to know, just write it here.
page-chat-composer = Write what you need
page-chat-placeholder = What do you need?
page-group-title = Team group
page-group-which-column = Which column
page-group-you = Me
page-group-somebody = A teammate
page-group-log = Offers and messages in the group
page-group-open = waiting for somebody
page-group-empty = Nothing is on offer now. It will appear here at once.
page-group-composer = Say something or give a command; everybody in the group reads it
page-group-placeholder = /accept 10244 · /open
page-group-note = Everybody in the group reads this
page-mine-title = My cases
page-mine-new = new messages
page-mine-log = What the hotline tells only me
page-mine-empty = Cases that you accept appear here. Only you see the resident's phone and address.
page-mine-composer = Write to the hotline; only you read it
page-mine-placeholder = /mine · /done 10244
page-mine-note = Only you and the hotline read this
page-groups-title = My teams
page-groups-door = Join another team with a code
page-door-title = Join a team
page-door-lead = Use the code that the staff gave you to enter your team's group.
page-door-errand = What would you like to do?
page-door-join = Join a team as a member
page-door-bind = Open a group page for a team
page-door-code = Code
page-door-code-hint = It works once. Capitals and dashes do not matter.
page-door-name = What people call you
page-door-name-example = for example, Fang or Mr Chen
page-door-name-hint = Residents and teammates see it when you accept a case.
page-door-enter = Enter
page-door-bound = The group page is ready. Members can enter now; if you are not one yet, join with a member's code.
page-door-no-member = Only members of its team see this group. If you have a code to join, enter it below.
page-door-too-many = Too many tries. Please wait a minute.
page-door-name-missing = Please write what people call you.
page-door-code-wrong = This code is not right. Please enter it exactly as it was given to you.
page-door-code-used = Somebody has used this code already. Please ask the staff for a new one.
page-door-code-expired = This code has expired. Please ask the staff for a new one.
page-door-code-for-groups = This code opens a group page. Choose “Open a group page for a team” above.
page-door-code-for-members = This code is for members. Choose “Join a team as a member” above.
page-door-slow = The hotline is very busy and not done yet. Please look at “My teams” again in a moment.
## Staff

# frame
staff-name = Near-Neighbor Hotline
staff-desk = staff desk
staff-skip = Skip to content
staff-menu = Main menu
staff-languages = Language
staff-cases = Cases
staff-phone = By phone
staff-messages = Stuck messages
staff-codes = Codes
staff-log-in = Sign in
staff-log-out = Sign out
staff-back = Back to the list
staff-cancel = Cancel
staff-choose = Please choose
staff-optional = optional
staff-role-viewer = viewer
staff-role-officer = officer
staff-role-admin = admin

# sign-in
staff-login-title = Staff sign-in
staff-login-name = Name
staff-login-password = Password
staff-login-wrong = Wrong name or password. After five wrong tries you must wait before the next, up to 15 minutes.
staff-login-foot = Forgot your password? Ask an admin. Everything you do here is recorded.

# errors
staff-trouble = That did not work
staff-trouble-forbidden = You may not do this, or the page is out of date. Go back and try again, or ask an admin.
staff-trouble-not-found = There is no such page or case. Please check the number.
staff-trouble-too-many = Too many tries. Please wait a minute.
staff-trouble-unavailable = The hotline is busy and nothing was changed. Please try again shortly.
staff-trouble-other = Nothing was changed. Please go back and try again.

# alarms
staff-alarm-revoked = { $channel } has not accepted our key since { $since } ({ $reason }). Enter a new one in hotline.toml and restart; until then its messages wait.
staff-alarm-group = The group of { $team } on { $channel } cannot be reached since { $since }. Let the hotline into it again, or bind a new group with a code.

# the list
staff-find = Case number
staff-find-go = Find
staff-find-missing = There is no case { $number }. Please check the number.
staff-phone-take = Take a call
staff-summary = How things stand
staff-danger = Danger
staff-help-wanted = Help wanted
staff-tabs = Lists
staff-tab-attention = Needs you
staff-tab-triage = To be placed
staff-tab-escalated = Escalated
staff-tab-late = Late
staff-tab-open = All open
staff-tab-closed = Closed
staff-empty = No cases here.
staff-column-number = Number
staff-column-case = Case
staff-column-area = Area
staff-column-state = State
staff-column-due = Due
staff-column-holder = With
staff-column-time = When
staff-column-direction = Direction
staff-column-error = What went wrong
staff-column-action = Action
staff-restricted-gist = Private: only officers see the words
staff-area-unknown = Not known yet
staff-nobody = Staff desk
staff-pages = Pages
staff-page-range = { $from }–{ $to }
staff-page-before = Previous
staff-page-next = Next
staff-dead-count =
    { $n ->
        [one] One message is stuck
       *[other] { $n } messages are stuck
    }: have a look

# stages
staff-stage-triage = To be placed
staff-stage-offered = Offered
staff-stage-accepted = In hand
staff-stage-done = Being surveyed
staff-stage-not-asked = Done, resident not reached
staff-stage-closed = Closed
staff-escalated-to = Escalated to { $rung } · { $stage }
staff-outcome-solved = Solved
staff-outcome-unanswered = Done, no answer
staff-outcome-not-asked = Done, could not be asked
staff-outcome-cancelled = Cancelled
staff-outcome-merged = Merged
staff-outcome-referred = Referred
staff-outcome-declined = Declined
staff-why-no-area = The place is not known yet: please find out.
staff-why-no-team = No team serves this here: please hand it to one.
staff-why-unsure = Not understood for sure; the resident is choosing.
staff-why-not-understood = Not understood: a person must read it.
staff-why-asked = The resident asked for a person.

# time
staff-today = today { $time }
staff-left = { $span } left
staff-late = { $span } late
staff-span-minutes = { $n } min
staff-span-hours = { $n } h
staff-span-hours-minutes = { $n } h { $minutes } min
staff-span-days =
    { $n ->
        [one] one day
       *[other] { $n } days
    }

# one case
staff-words = The resident’s words
staff-by-phone = by phone
staff-restricted-words = This is private: only officers see the words.
staff-restricted-noted = This is private: that you looked has been recorded.
staff-facts = Facts
staff-fact-resident = Resident
staff-fact-phone = Phone
staff-fact-address = Address
staff-fact-area = Area
staff-fact-when = Wanted when
staff-fact-person = For whom
staff-fact-holder = With
staff-fact-resolve = To be resolved by
staff-fact-reopened = Reopened
staff-understood = What was understood
staff-by-hand = chosen by a person
staff-runners-up = It could also have been:
staff-survey = Survey
staff-survey-solved = Solved?
staff-survey-satisfied = Satisfied
staff-survey-comment = In their words
staff-solved-yes = Yes
staff-solved-no = No, open it again
staff-stars = { $n } of 5
staff-stars-none = Not said
staff-timeline = What happened
staff-read = Read it
staff-heard = The resident wrote
staff-said-private = The hotline wrote privately
staff-said-group = The hotline wrote to a group
staff-sent = delivered
staff-waiting = waiting to be sent
staff-dead = could not be sent
staff-held = held until the morning, or until they write
staff-dropped = not sent: something else went instead
staff-channel-webchat = web page
staff-who-staff = { $name } (staff)
staff-who-hotline = The hotline
staff-who-resident = The resident
staff-who-resident-named = Resident { $name }

# events
staff-event-opened = { $who } opened the case
staff-event-added = { $who } added something
staff-event-classified = { $who } changed the service
staff-event-located = { $who } told the area
staff-event-offered = Offered to a team
staff-event-to-triage = Put before the staff
staff-event-accepted = { $who } accepted
staff-event-passed = { $who } passed
staff-event-released = { $who } gave it back
staff-event-kept = { $who } is still on it
staff-event-questioned = No sign of life: the member was asked
staff-event-expired = No answer: taken back and offered again
staff-event-help-wanted = { $who } needs help
staff-event-escalated = Escalated one rung up
staff-event-overdue = Overdue
staff-event-assigned = { $who } gave it to a member
staff-event-handed-over = { $who } handed it to another team
staff-event-answered = { $who } answered the resident
staff-event-done = { $who } finished it
staff-event-solved = { $who }: it is solved
staff-event-not-solved = { $who }: it is not solved
staff-event-reopened = Opened again
staff-event-satisfied = { $who } told how satisfied
staff-event-commented = { $who } left a word
staff-event-reminded = The resident was reminded of the survey
staff-event-not-asked = The survey reached nobody
staff-event-asked-again = The survey was sent once more
staff-event-closed = Closed
staff-event-viewed = { $who } looked at the words

# acts
staff-act = Act
staff-act-assign = Give it to a member
staff-act-hand-over = Hand it to another team
staff-act-answer = Answer the resident
staff-act-finish = Mark it done
staff-act-survey = Record the survey told by phone
staff-act-classify = Change the service
staff-act-locate = Set the area
staff-act-merge = Merge into another case
staff-act-refer = Refer to another unit
staff-act-decline = Decline
staff-act-cancel = The resident takes it back
staff-do-assign = Give it
staff-do-hand-over = Hand it over
staff-do-answer = Send
staff-do-finish = Mark it done
staff-do-survey = Record
staff-do-classify = Change
staff-do-locate = Set
staff-do-merge = Merge
staff-do-refer = Refer and close
staff-do-decline = Decline and close
staff-do-cancel = Cancel the case
staff-member = Member
staff-member-holds = { $name } · { $n } in hand
staff-team = Team
staff-teams-here = Serve this here
staff-teams-other = Others
staff-reason = Reason
staff-reason-told = Reason (the resident is told)
staff-answer-text = To the resident
staff-unreachable = This resident has no chat: what you write is only recorded. Please call them.
staff-finish-note = What was done
staff-service = Service
staff-merge-number = Number of the other case
staff-unit = Unit
staff-cancel-hint = Only when the resident says that it is no longer needed.

# notices
staff-notice-assign = Given: the member gets the details.
staff-notice-hand-over = Handed over.
staff-notice-answer = Recorded; on its way if the resident has a chat.
staff-notice-finish = Done; the resident is being asked.
staff-notice-survey = The survey is recorded.
staff-notice-classify = The service is changed.
staff-notice-locate = The area is set.
staff-notice-merge = Merged and closed.
staff-notice-refer = Referred and closed.
staff-notice-decline = Closed; the resident is told why.
staff-notice-cancel = Cancelled and closed.
staff-notice-taken-in = The case is open. Please tell the caller its number.
staff-notice-incomplete = Nothing was done: something required is missing.
staff-notice-too-long = Nothing was done: the text is too long.
staff-notice-no-case = Nothing was done: there is no case of that number.
staff-notice-refused = Nothing was done: the case has just changed; please look at it again.
staff-notice-already-done = Nothing was done: it is done already.
staff-notice-closed = Nothing was done: the case is closed.
staff-notice-not-done = Nothing was done: it is not finished, so there is nothing to survey.
staff-notice-not-member = Nothing was done: that person is not a member of the team.
staff-notice-unknown = Nothing was done: there is no such team, area or case.
staff-notice-again = It is waiting to be sent again.
staff-notice-not-dead = That message is no longer here.

# messages
staff-messages-lead = Messages that could not be handled or sent. Outgoing ones can be tried again.
staff-messages-none = Nothing is stuck.
staff-message-out = out
staff-message-in = in
staff-message-again = Try again

# by phone
staff-phone-words = What the caller said
staff-phone-words-hint = Write down their own words. If there is danger, connect them to 110, 119 or 120 first.
staff-phone-words-missing = Please write down what the caller said.
staff-phone-number-wrong = This number cannot be right: 7 to 15 digits, please.
staff-phone-area-unknown = There is no such area; please choose again.
staff-phone-too-long = Too long; please shorten it.
staff-phone-service-hint = leave it open and one is proposed
staff-phone-service-open = Propose one
staff-phone-service-confirm = This is a proposal: please check it, then open the case.
staff-phone-service-missing = Please choose a service.
staff-phone-open = Open the case

# codes
staff-codes-lead = A code lets one person join a team, or binds one group to it. Each works once and expires.
staff-code-new = Make a new code
staff-code-purpose = For
staff-code-join = Letting somebody join a team
staff-code-lead = Letting somebody join as the team’s leader
staff-code-bind = Binding a group to a team
staff-code-make = Make it
staff-code-send = Have them send exactly this:
staff-code-link = Or give them this link:
staff-code-until = It works until
staff-code-once = , once. It is not shown again after you leave this page.

# Recordings, pictures and files of residents
staff-attachment-voice = Recording
staff-attachment-photo = Picture
staff-attachment-video = Film
staff-attachment-file = File
staff-seconds = { $n } s
staff-why-wordless = Only a recording or a picture came; the resident is being asked for a line of text.
staff-why-recording = Only a recording or a picture came; please listen or look.
staff-event-attached = { $who }: sent a recording, a picture or a file
staff-event-attachment-viewed = { $who }: opened what the resident sent

## How well residents are understood
staff-accuracy = Understanding
staff-accuracy-lead = What messages were first taken for, compared with what residents or staff said later. Cases taken by phone do not count.
staff-accuracy-learns = Corrected messages are learned from at the next learning.
staff-accuracy-learns-not = Corrected messages are not learned from by themselves: write them out with `hotline export corrections`, or turn on learn_from_corrections.
staff-accuracy-weeks = The last twelve weeks
staff-accuracy-week = Week (from Monday)
staff-accuracy-opened = Cases by message
staff-accuracy-by-resident = Resident chose another
staff-accuracy-by-staff = Staff corrected
staff-accuracy-right = Right at first
staff-accuracy-pairs = Most often confused
staff-accuracy-none = No case was opened by a message in the last twelve weeks.
staff-accuracy-pairs-none = Nothing has been corrected yet.
staff-accuracy-guess = Taken for
staff-accuracy-is = Is
staff-accuracy-times = Times
staff-because = Because of:
