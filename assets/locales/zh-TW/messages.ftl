# 熱線在訊息裡說的話（臺灣用語）。各組的說明在 zh-CN/messages.ftl 開頭。

## 問候

greeting =
    您好，這裡是近鄰熱線。家裡、鄰里有困難，直接寫給我，我找人來幫您。
    例如：「蓮花北12號樓的樓梯燈壞了」，或是「我媽媽82歲，想請人送午餐」。
    有危險請先打電話：報警 110，火災 119，救護車 120。
help-member =
    您是隊員，可以這樣傳（後面寫訴求號碼）：
    接單 10244：我來辦
    轉出 10244：我這邊不接
    辦結 10244：辦好了
    退單 10244 原因：沒辦法辦，退回去
    求助 10244：請隊友幫忙
    我的（/mine）：看我手上的訴求
    待接（/open）：看等人接單的訴求
    幫助（/help）：看這份說明
    自己有事要幫忙，直接寫給我就可以。
help-group =
    點派單上的按鈕，或是在群組裡傳（後面寫訴求號碼）：
    接單 10244：我來辦
    轉出 10244：我不接
    辦結 10244：辦好了
    退單 10244 原因：沒辦法辦，退回去
    求助 10244：請大家幫忙
    待接（/open）：看等人接單的訴求
    我的（/mine）：請私訊給我
    幫助（/help）：看這份說明
    請不要在群組裡寫居民的電話和地址。
out-of-scope = 這件事我幫不上忙，不好意思。家裡、鄰里、社區的事，隨時寫給我。想跟真人說，請點「找專人」。
tell-me = 好的，請告訴我：是什麼事，在哪裡？我來找人。
glad = 好的。有需要隨時寫給我。

## 新訴求

case-opened =
    { $reply }
    訴求 { $number }：{ $service }
case-opened-human = 訴求 { $number } 已經記下。會有工作人員親自看，就在這裡回覆您，請稍候。
case-opened-unsure = 訴求 { $number } 已經記下。您說的是下面哪一件？點一下，或是回覆它是第幾個，例如 1。
case-opened-beside = 另外一件也記下了：{ $service }，訴求 { $number }。
added = 好的，您補充的話已經記進訴求 { $number }。
details-complete = 好的，都記下了。訴求 { $number }（{ $service }）一有進展，馬上告訴您。

## 問清楚

ask-community = 請問在哪個社區？例如：蓮花北。
ask-address = 請問確切的地址是？請寫路名、幾號、幾樓、幾室。
ask-phone = 請留個電話，方便聯絡您。只有幫您辦事的人看得到。
ask-when = 請問是什麼時候，或是什麼時候方便？
ask-person = 請問是誰的事？幾歲了，現在狀況怎麼樣？
area-not-found = 找不到這個地方。請再說一次是哪個社區，例如：蓮花北。
area-noted = 記下了，您在{ $area }。有什麼需要，直接寫給我。
area-unknown-yet = 還不清楚

## 服務據點

point-line = { $name }：{ $address } { $hours } { $phone }
want-case = 還需要有人幫忙嗎？請點下面的按鈕，或是回覆「是」。

## 進度和取消

progress-line = 訴求 { $number }（{ $service }）：{ $stage }，{ $since } 提出
progress-none = 您目前沒有正在辦的訴求。有什麼需要，直接寫給我就可以。
cancel-none = 您目前沒有可以取消的訴求。
cancel-which = 要取消哪一個？請點一下。
cancel-choice = { $number } { $service }
stage-triage = 工作人員在看
stage-offered = 等人接單
stage-accepted = 有人在辦
stage-done = 已辦結，等回訪
stage-closed = 已結束
rung-team = 服務隊
rung-community = 社區
rung-street = 街道
rung-district = 區裡
somebody = 一位隊員

## 給居民的信

resident-accepted = 好消息：訴求 { $number }（{ $service }）有人接了，是隊員 { $member }，會盡快聯絡您。
resident-released = 訴求 { $number }（{ $service }）要換一位隊員來辦，我們正在找人，請再等一下。
resident-escalated = 訴求 { $number }（{ $service }）已經請{ $rung }出面幫忙，我們會一直追蹤。
resident-handed-over = 訴求 { $number }（{ $service }）已經交給{ $team }，由他們接著辦。
cancelled = 訴求 { $number }（{ $service }）已經取消。以後有需要，隨時寫給我。
merged = 訴求 { $number } 和訴求 { $into } 是同一件事，合在一起辦。以後請看訴求 { $into }。
referred =
    訴求 { $number }（{ $service }）已經轉給{ $unit }處理。
    { $reason }
declined =
    很抱歉，訴求 { $number }（{ $service }）我們沒辦法辦。
    { $reason }
staff-answer =
    工作人員回覆您（訴求 { $number }）：
    { $text }

## 回訪

ask-solved = 訴求 { $number }（{ $service }）已經辦結。您的事解決了嗎？
remind-solved = 再請問您一次：訴求 { $number }（{ $service }）解決了嗎？點一下就可以。
ask-satisfied = 訴求 { $number } 這次辦得，您滿意嗎？點一下，或是回覆一個數字：5 最滿意，1 最不滿意。
ask-comment = 謝謝您！還有什麼想說的，寫一句就可以。不寫也沒關係。
thanks = 謝謝您，您的話我們記下了。有需要隨時寫給我。
reopened = 對不起，沒幫您辦好。訴求 { $number }（{ $service }）已經重新開啟，正在請人接著辦。
closed-unanswered = 沒等到您的回覆，訴求 { $number }（{ $service }）先結束了。如果還沒解決，請點「沒解決」，我們接著辦。

## 按鈕

button-accept = 接單
button-pass = 轉出
button-accept-number = 接單 { $number }
button-done = 辦結
button-release = 退單
button-help = 求助
button-keep = 還在跟進
button-solved = 已解決
button-not-solved = 沒解決
button-satisfied-5 = 非常滿意
button-satisfied-4 = 滿意
button-satisfied-3 = 普通
button-satisfied-2 = 不滿意
button-satisfied-1 = 很不滿意
button-none-of-these = 都不是
button-human = 找專人
button-open-case = 需要有人幫忙

## 群組裡的派單

offer-card =
    訴求 { $number }：{ $service }
    地點：{ $area }
    狀況：{ $gist }
    請在 { $by } 前接單
offer-card-restricted =
    訴求 { $number }：{ $service }
    地點：{ $area }
    詳情不在群組裡說，接單後私訊給您。
    請在 { $by } 前接單
offer-danger = ⚠ 有危險，請馬上接單！
offer-taken = 訴求 { $number }（{ $service }）：{ $member } 已接單
offer-gone = 訴求 { $number }（{ $service }）：這張派單已收回，請不用再接
offer-done = 訴求 { $number }（{ $service }）：{ $member } 已辦結
offer-ended = 訴求 { $number }（{ $service }）：已結束，請不用再接
digest-title = 有 { $n } 件訴求等人接單，點號碼就接：
digest-title-none = 這裡的訴求都不用再接了：
digest-line-waiting = { $number } { $service } · { $area }
team-help-wanted = 訴求 { $number }（{ $service }）：{ $member } 需要幫手，誰可以幫忙？請跟 { $member } 聯絡。
team-supervise =
    訴求 { $number }（{ $service }）沒有準時辦好，請關心一下。
    地點：{ $area }
    正在辦的隊員：{ $member }
team-unreachable-link = { $member }，我還沒辦法私下給您傳訊息。請打開 { $link } 點「開始」，詳情馬上就傳給您。
team-unreachable = { $member }，我還沒辦法私下給您傳訊息。請私下傳一句話給我（什麼都行），詳情馬上就傳給您。
open-title = 等人接單的訴求：
open-none = 目前沒有等人接單的訴求。

## 給隊員的信

member-case = 訴求 { $number }：{ $service }
label-area = 地點：{ $value }
label-address = 地址：{ $value }
label-phone = 電話：{ $value }
label-resident = 居民：{ $value }
label-person = 誰的事：{ $value }
label-when = 時間：{ $value }
label-by = 請在這之前辦好：{ $value }
label-words = 居民說的話：{ $value }
member-added =
    訴求 { $number }，居民又說：
    { $text }
member-still-on-it = 訴求 { $number }（{ $service }）還在辦嗎？還在辦，請點「還在跟進」。沒有回覆，就要請別人來接了。
member-claim-expired = 訴求 { $number }（{ $service }）很久沒有動靜，已經請別人來接。您還想辦，可以再接單。
member-late = 訴求 { $number }（{ $service }）過了該辦好的時間，請盡快。有困難，請點「求助」。
member-taken-back = 訴求 { $number }（{ $service }）不用您辦了，謝謝您！
member-passed = 好的，訴求 { $number } 您不接，留給別人。
member-released = 好的，訴求 { $number } 已退單，會請別人來接。
member-done = 訴求 { $number } 已辦結，辛苦您了！我們會去問居民滿不滿意。
member-help-noted = 已經幫您在群組裡求助：訴求 { $number }。
member-kept = 好的，訴求 { $number } 還在您手上，辛苦了。
member-noted = 記下了，已經寫進訴求 { $number }。辦好了請傳：辦結 { $number }
release-reason = 訴求 { $number } 為什麼要退單？寫一句就可以，例如：人在外地。
mine-none = 您手上目前沒有訴求。想看等人接單的，請傳：待接
mine-privately = 請私訊給我「我的」，裡面有居民的電話和地址，不能在群組裡說。

## 沒辦法辦

refused-taken = 訴求 { $number } 已經由 { $member } 接單了，謝謝您！
refused-not-offered = 這個訴求現在還不能這樣辦。看等人接單的，請傳「待接」。看自己手上的，請傳「我的」。
refused-other-team = 這個訴求派給了別的隊伍，您不用接。
refused-not-yours = 這個訴求不在您手上。看自己手上的，請傳「我的」。
refused-already-done = 這個訴求已經辦結了。
refused-closed = 這個訴求已經結束了。有新的需要，直接寫給我就可以。
refused-not-done = 這件事還在辦。辦好了，我們再來問您。
refused-not-resident = 這個訴求是別人提的，只有本人才能改。
refused-not-member = 只有隊員才能這樣做。想加入，請向工作人員要加入碼，再傳：/join 加入碼
refused-unknown = 找不到這個訴求。請再看一下訴求號碼，重新傳一次。
refused-out-of-range = 請回覆 1 到 5 的一個數字：5 最滿意，1 最不滿意。
mistake-no-number = 還少了訴求號碼。請寫在後面，例如：接單 10244
mistake-wrong-number = { $number } 不是訴求號碼，可能打錯了。請照著派單上的號碼再傳一次。
mistake-no-code = 還少了一個碼。請寫上工作人員給您的碼，例如：/join 7KQ2-M9XD

## 綁定和加入

bind-in-group = 請到隊伍的群組裡傳：/bind 綁定碼
group-bound = 好了，這個群組接到{ $team }了。新的派單會傳到這裡。想看怎麼用，請傳：幫助
member-joined = 歡迎加入{ $team }！接單後，詳情會私訊給您。想看怎麼用，請傳：幫助
code-is-for-groups = 這是給群組用的綁定碼。請在隊伍的群組裡傳：/bind 綁定碼
code-is-for-members = 這是給隊員用的加入碼。請傳：/join 加入碼
code-used = 這個碼已經用過了。請向工作人員要一個新的。
code-expired = 這個碼過期了。請向工作人員要一個新的。
code-unknown = 這個碼不對。請照原樣再傳一次，還是不行就找工作人員。

## 錄音、照片和更正

ask-words-voice = 錄音收到了，可我還聽不懂。請寫一句話：是什麼事，在哪裡？寫不了也沒關係，過一會兒工作人員會聽。有危險請先打 110、119 或 120。
ask-words-picture = 收到了，可我還看不懂圖片和檔案。請寫一句話：是什麼事，在哪裡？寫不了也沒關係，過一會兒工作人員會看。有危險請先打 110、119 或 120。
staff-listen = 工作人員會親自聽、親自看您傳來的內容（訴求 { $number }），就在這裡回您。有危險請先打 110、119 或 120。
voice-added = 錄音已放進訴求 { $number }，工作人員會聽。我還聽不懂錄音，要緊的請再寫一句。
attachment-added = 收到了，已放進訴求 { $number }。
correction = 更正：{ $text }
corrected = 好的，訴求 { $number } 已照您改的更正。
edit-too-late = 訴求 { $number }（{ $service }）已經結束，改動沒有記。有新的需要，直接寫給我。
member-voice = 訴求 { $number }：居民又傳來一段錄音。工作人員可以打開來聽。
member-picture = 訴求 { $number }：居民又傳來照片或檔案。工作人員可以打開來看。
member-attached = 收到了，已放進訴求 { $number }。辦好了請發：辦結 { $number }

## 點按鈕時閃一下的話

toast-accepted = 已接單，詳情見私聊
toast-stale = 這個按鈕已經不能用了

## 一個人，幾個聊天

group-hello = 大家好，這裡是近鄰熱線。要把這個群接到隊伍，請發：/bind 綁定碼
link-privately = 請私下給我發：綁定
link-code = 請在您的另一個聊天裡，把這個碼發給我：{ $code }（30 分鐘內有效，別給別人）
chat-sealed = 這個聊天是端對端加密的，我讀不到您寫的話。請新開一個不加密的聊天再寫給我。要是有危險，請馬上打 110、119 或 120。
link-code-for-number = 近鄰熱線：您的綁定碼是 { $code }，30 分鐘內有效。不是您本人要的，請不要理會。
link-number-sent = 碼已經用簡訊發到 { $number }。收到後請在這裡發給我。
link-no-sms = 這裡還不能發簡訊，綁定不了電話號碼。想連上另一個聊天，請發：綁定
link-same-chat = 這個碼要在您的另一個聊天裡發，不是這裡。
linked = 好了，您的兩個聊天連上了，訴求在哪邊都查得到。以後在這裡回您。
linked-number = 好了，您的號碼已經和這個聊天連上。
linked-elsewhere = 您的另一個聊天已經和這裡連上。不是您本人做的，請馬上回「人工」。
code-too-many = 試得太多了，請過一小時再來。
text-message-please-write = 近鄰熱線：{ $number } 號事項已經辦完，想問您一句解決了沒有。請在您上次找我們的地方回個話。
