# 热线在消息里说的话：给居民、给队伍的群、给队员。页面上的字在 pages.ftl。
# 三种语言的 id 完全一样。写得短，说家常话，八十岁的老人和雨里看手机的队员都要一眼看懂。
#
# 分组：
#   问候          greeting help-* out-of-scope tell-me glad
#   新诉求        case-opened* added details-complete
#   问清楚        ask-community … ask-person area-*
#   网点          point-line want-case
#   进展和撤销    progress-* cancel-* stage-* rung-* somebody
#   给居民的信    resident-* cancelled merged referred declined staff-answer
#   回访          ask-solved remind-solved ask-satisfied ask-comment thanks reopened closed-unanswered
#   按钮          button-*
#   群里的派单    offer-* digest-* team-* open-*
#   给队员的信    member-* label-* mine-* release-reason
#   办不了        refused-* mistake-*
#   绑定和加入    bind-in-group group-bound member-joined code-*
#
# 说到某个诉求的，都可以用 { $number }（诉求号）和 { $service }（服务事项）。

## 问候

greeting =
    您好，这里是近邻热线。家里、邻里有难处，直接写给我，我找人来帮您。
    比如：“莲花北12号楼的楼道灯坏了”，或者“我妈妈82岁，想请人送午饭”。
    有危险请先打电话：报警 110，火灾 119，急救 120。
help-member =
    您是队员，可以这样发（后面写诉求号）：
    接单 10244：我来办
    转出 10244：我这边不接
    办结 10244：办好了
    退单 10244 原因：办不了，退回去
    求助 10244：请队里搭把手
    我的（/mine）：看我手上的诉求
    待接（/open）：看等人接单的诉求
    帮助（/help）：看这份说明
    自己有事要帮忙，直接写给我就行。
help-group =
    点派单上的按钮，或者在群里发（后面写诉求号）：
    接单 10244：我来办
    转出 10244：我不接
    办结 10244：办好了
    退单 10244 原因：办不了，退回去
    求助 10244：请大家搭把手
    待接（/open）：看等人接单的诉求
    我的（/mine）：请私下发给我
    帮助（/help）：看这份说明
    群里别发居民的电话和住址。
out-of-scope = 这件事我帮不上忙，请见谅。家里、邻里、社区的事，随时写给我。想跟人说，请点“找人工”。
tell-me = 好的，请告诉我：是什么事，在哪里？我来找人。
glad = 好的。有需要随时写给我。

## 新诉求

case-opened =
    { $reply }
    诉求 { $number }：{ $service }
case-opened-human = 诉求 { $number } 已记下。会有工作人员亲自看，就在这里回您，请稍等。
case-opened-unsure = 诉求 { $number } 已记下。您说的是下面哪一件？点一下，或者回它是第几个，比如 1。
case-opened-beside = 另外一件也记下了：{ $service }，诉求 { $number }。
added = 好的，您补充的话已记进诉求 { $number }。
details-complete = 好的，都记下了。诉求 { $number }（{ $service }）一有进展，马上告诉您。

## 问清楚

ask-community = 请问在哪个社区？比如：莲花北。
ask-address = 请问具体在哪里？请写路名、几号楼、几室。
ask-phone = 请留个电话，方便联系您。只有帮您办事的人看得到。
ask-when = 请问是什么时候，或者什么时候方便？
ask-person = 请问是谁的事？多大年纪，现在怎么样？
area-not-found = 没找到这个地方。请再说一下是哪个社区，比如：莲花北。
area-noted = 记下了，您在{ $area }。有什么需要，直接写给我。
area-unknown-yet = 还不清楚

## 网点

point-line = { $name }：{ $address } { $hours } { $phone }
want-case = 还需要有人帮忙吗？请点下面的按钮，或者回“是”。

## 进展和撤销

progress-line = 诉求 { $number }（{ $service }）：{ $stage }，{ $since } 提出
progress-none = 您现在没有在办的诉求。有什么需要，直接写给我就行。
cancel-none = 您现在没有可以撤销的诉求。
cancel-which = 要撤销哪一个？请点一下。
cancel-choice = { $number } { $service }
stage-triage = 工作人员在看
stage-offered = 等人接单
stage-accepted = 有人在办
stage-done = 已办结，等回访
stage-closed = 已结束
rung-team = 服务队
rung-community = 社区
rung-street = 街道
rung-district = 区里
somebody = 一位队员

## 给居民的信

resident-accepted = 好消息：诉求 { $number }（{ $service }）有人接了，是队员 { $member }，会尽快联系您。
resident-released = 诉求 { $number }（{ $service }）要换一位队员来办，我们正在找人，请再等等。
resident-escalated = 诉求 { $number }（{ $service }）已请{ $rung }出面帮忙，我们会一直盯着。
resident-handed-over = 诉求 { $number }（{ $service }）已交给{ $team }，由他们接着办。
cancelled = 诉求 { $number }（{ $service }）已撤销。以后有需要，随时写给我。
merged = 诉求 { $number } 和诉求 { $into } 是同一件事，合在一起办。以后请看诉求 { $into }。
referred =
    诉求 { $number }（{ $service }）已转给{ $unit }办理。
    { $reason }
declined =
    很抱歉，诉求 { $number }（{ $service }）我们办不了。
    { $reason }
staff-answer =
    工作人员回复您（诉求 { $number }）：
    { $text }

## 回访

ask-solved = 诉求 { $number }（{ $service }）已办结。您的事解决了吗？
remind-solved = 再问您一声：诉求 { $number }（{ $service }）解决了吗？点一下就行。
ask-satisfied = 诉求 { $number } 这次办得，您满意吗？点一下，或者回一个数字：5 最满意，1 最不满意。
ask-comment = 谢谢您！还有什么想说的，写一句就行。不写也没关系。
thanks = 谢谢您，您的话我们记下了。有需要随时写给我。
reopened = 对不起，没帮您办好。诉求 { $number }（{ $service }）已重新打开，正在请人接着办。
closed-unanswered = 没等到您的回音，诉求 { $number }（{ $service }）先结束了。要是还没解决，请点“没解决”，我们接着办。

## 按钮

button-accept = 接单
button-pass = 转出
button-accept-number = 接单 { $number }
button-done = 办结
button-release = 退单
button-help = 求助
button-keep = 还在跟进
button-solved = 已解决
button-not-solved = 没解决
button-satisfied-5 = 非常满意
button-satisfied-4 = 满意
button-satisfied-3 = 一般
button-satisfied-2 = 不满意
button-satisfied-1 = 很不满意
button-none-of-these = 都不是
button-human = 找人工
button-open-case = 需要有人帮忙

## 群里的派单

offer-card =
    诉求 { $number }：{ $service }
    地点：{ $area }
    情况：{ $gist }
    请在 { $by } 前接单
offer-card-restricted =
    诉求 { $number }：{ $service }
    地点：{ $area }
    详情不在群里说，接单后私下发给您。
    请在 { $by } 前接单
offer-danger = ⚠ 有危险，请马上接单！
offer-taken = 诉求 { $number }（{ $service }）：{ $member } 已接单
offer-gone = 诉求 { $number }（{ $service }）：这张派单已收回，请不用再接
offer-done = 诉求 { $number }（{ $service }）：{ $member } 已办结
offer-ended = 诉求 { $number }（{ $service }）：已结束，请不用再接
digest-title = 有 { $n } 件诉求等人接单，点号码就接：
digest-title-none = 这里的诉求都不用再接了：
digest-line-waiting = { $number } { $service } · { $area }
team-help-wanted = 诉求 { $number }（{ $service }）：{ $member } 需要帮手，谁能搭把手？请跟 { $member } 联系。
team-supervise =
    诉求 { $number }（{ $service }）没有按时办好，请过问一下。
    地点：{ $area }
    在办的队员：{ $member }
team-unreachable-link = { $member }，我还没法私下给您发消息。请打开 { $link } 点“开始”，详情马上就发给您。
team-unreachable = { $member }，我还没法私下给您发消息。请私下给我发一句话（什么都行），详情马上就发给您。
open-title = 等人接单的诉求：
open-none = 现在没有等人接单的诉求。

## 给队员的信

member-case = 诉求 { $number }：{ $service }
label-area = 地点：{ $value }
label-address = 地址：{ $value }
label-phone = 电话：{ $value }
label-resident = 居民：{ $value }
label-person = 谁的事：{ $value }
label-when = 时间：{ $value }
label-by = 请在这之前办好：{ $value }
label-words = 居民原话：{ $value }
member-added =
    诉求 { $number }，居民又说：
    { $text }
member-still-on-it = 诉求 { $number }（{ $service }）还在办吗？还在办，请点“还在跟进”。没有回音，就要请别人来接了。
member-claim-expired = 诉求 { $number }（{ $service }）好久没有动静，已请别人来接。您还想办，可以再接单。
member-late = 诉求 { $number }（{ $service }）过了该办好的时间，请尽快。有难处，请点“求助”。
member-taken-back = 诉求 { $number }（{ $service }）不用您办了，谢谢您！
member-passed = 好的，诉求 { $number } 您不接，留给别人。
member-released = 好的，诉求 { $number } 已退单，会请别人来接。
member-done = 诉求 { $number } 已办结，辛苦您了！我们会去问居民满不满意。
member-help-noted = 已替您在群里求助：诉求 { $number }。
member-kept = 好的，诉求 { $number } 还在您手上，辛苦了。
member-noted = 记下了，已写进诉求 { $number }。办好了请发：办结 { $number }
release-reason = 诉求 { $number } 为什么要退单？写一句就行，比如：人在外地。
mine-none = 您手上现在没有诉求。想看等人接单的，请发：待接
mine-privately = 请私下给我发“我的”，里面有居民的电话和住址，不能在群里说。

## 办不了

refused-taken = 诉求 { $number } 已经由 { $member } 接单了，谢谢您！
refused-not-offered = 这个诉求现在还不能这样办。看等人接单的，请发“待接”。看自己手上的，请发“我的”。
refused-other-team = 这个诉求派给了别的队伍，您不用接。
refused-not-yours = 这个诉求不在您手上。看自己手上的，请发“我的”。
refused-already-done = 这个诉求已经办结了。
refused-closed = 这个诉求已经结束了。有新的需要，直接写给我就行。
refused-not-done = 这件事还在办。办好了，我们再来问您。
refused-not-resident = 这个诉求是别人提的，只有本人才能改。
refused-not-member = 只有队员才能这样做。想加入，请向工作人员要加入码，再发：/join 加入码
refused-unknown = 没找到这个诉求。请再看看诉求号，重新发一次。
refused-out-of-range = 请回 1 到 5 的一个数字：5 最满意，1 最不满意。
mistake-no-number = 还差诉求号。请写在后面，比如：接单 10244
mistake-wrong-number = { $number } 不是诉求号，可能打错了。请照着派单上的号再发一次。
mistake-no-code = 还差一个码。请写上工作人员给您的码，比如：/join 7KQ2-M9XD

## 绑定和加入

bind-in-group = 请到队伍的群里发：/bind 绑定码
group-bound = 好了，这个群接到{ $team }了。新的派单会发在这里。想看怎么用，请发：帮助
member-joined = 欢迎加入{ $team }！接单后，详情会私下发给您。想看怎么用，请发：帮助
code-is-for-groups = 这是给群用的绑定码。请在队伍的群里发：/bind 绑定码
code-is-for-members = 这是给队员用的加入码。请发：/join 加入码
code-used = 这个码已经用过了。请向工作人员要一个新的。
code-expired = 这个码过期了。请向工作人员要一个新的。
code-unknown = 这个码不对。请照原样再发一次，还不行就找工作人员。

## 录音、照片和更正

ask-words-voice = 录音收到了，可我还听不懂。请写一句话：是什么事，在哪里？写不了也没关系，过一会儿工作人员会听。有危险请先打 110、119 或 120。
ask-words-picture = 收到了，可我还看不懂图片和文件。请写一句话：是什么事，在哪里？写不了也没关系，过一会儿工作人员会看。有危险请先打 110、119 或 120。
staff-listen = 工作人员会亲自听、亲自看您发来的内容（诉求 { $number }），就在这里回您。有危险请先打 110、119 或 120。
voice-added = 录音已放进诉求 { $number }，工作人员会听。我还听不懂录音，要紧的请再写一句。
attachment-added = 收到了，已放进诉求 { $number }。
correction = 更正：{ $text }
corrected = 好的，诉求 { $number } 已照您改的更正。
edit-too-late = 诉求 { $number }（{ $service }）已经结束，改动没有记。有新的需要，直接写给我。
member-voice = 诉求 { $number }：居民又发来一段录音。工作人员可以打开来听。
member-picture = 诉求 { $number }：居民又发来照片或文件。工作人员可以打开来看。
member-attached = 收到了，已放进诉求 { $number }。办好了请发：办结 { $number }

## 点按钮时闪一下的话

toast-accepted = 已接单，详情见私聊
toast-stale = 这个按钮已经不能用了

## 一个人，几个聊天

group-hello = 大家好，这里是近邻热线。要把这个群接到队伍，请发：/bind 绑定码
link-privately = 请私下给我发：绑定
link-code = 请在您的另一个聊天里，把这个码发给我：{ $code }（30 分钟内有效，别给别人）
chat-sealed = 这个聊天是端到端加密的，我读不到您写的话。请新开一个不加密的聊天再写给我。要是有危险，请马上打 110、119 或 120。
link-code-for-number = 近邻热线：您的绑定码是 { $code }，30 分钟内有效。不是您本人要的，请不要理会。
link-number-sent = 码已经用短信发到 { $number }。收到后请在这里发给我。
link-no-sms = 这里还不能发短信，绑定不了电话号码。想连上另一个聊天，请发：绑定
link-same-chat = 这个码要在您的另一个聊天里发，不是这里。
linked = 好了，您的两个聊天连上了，诉求在哪边都查得到。以后在这里回您。
linked-number = 好了，您的号码已经和这个聊天连上。
linked-elsewhere = 您的另一个聊天已经和这里连上。不是您本人做的，请马上回“人工”。
code-too-many = 试得太多了，请过一小时再来。
text-message-please-write = 近邻热线：{ $number } 号事项已经办完，想问您一句解决了没有。请在您上次找我们的地方回个话。
