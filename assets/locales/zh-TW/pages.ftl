## Staff

# 框架
staff-name = 近鄰熱線
staff-desk = 工作台
staff-skip = 跳到正文
staff-menu = 主選單
staff-languages = 語言
staff-cases = 訴求
staff-phone = 電話受理
staff-messages = 未處理訊息
staff-codes = 加入碼
staff-log-in = 登入
staff-log-out = 登出
staff-back = 返回列表
staff-cancel = 取消
staff-choose = 請選擇
staff-optional = 可不填
staff-role-viewer = 檢視
staff-role-officer = 承辦
staff-role-admin = 管理員

# 登录
staff-login-title = 工作人員登入
staff-login-name = 帳號
staff-login-password = 密碼
staff-login-wrong = 帳號或密碼不對。連錯五次，要等一會兒才能再試，最長 15 分鐘。
staff-login-foot = 忘記密碼請找管理員。所有操作都會留下紀錄。

# 出错
staff-trouble = 沒辦成
staff-trouble-forbidden = 您沒有這樣做的權限，或者頁面過期了。請返回再試，或請管理員幫忙。
staff-trouble-not-found = 沒有這個頁面或訴求。請核對訴求號。
staff-trouble-too-many = 試得太多次了，請過一分鐘再來。
staff-trouble-unavailable = 系統正忙，剛才的操作沒有生效。請稍後再試。
staff-trouble-other = 剛才的操作沒有生效。請返回再試。

# 列表
staff-find = 訴求號
staff-find-go = 查找
staff-find-missing = 沒有 { $number } 這個訴求，請核對號碼。
staff-phone-take = 登記來電
staff-summary = 現在的情況
staff-danger = 危急
staff-help-wanted = 求助
staff-tabs = 按狀態看
staff-tab-attention = 需處理
staff-tab-triage = 待分派
staff-tab-escalated = 升級
staff-tab-late = 逾時
staff-tab-open = 進行中
staff-tab-closed = 已結
staff-empty = 這裡沒有訴求。
staff-column-number = 單號
staff-column-case = 訴求
staff-column-area = 轄區
staff-column-state = 狀態
staff-column-due = 時限
staff-column-holder = 現在由
staff-column-time = 時間
staff-column-direction = 方向
staff-column-error = 原因
staff-column-action = 操作
staff-restricted-gist = 涉及隱私，內容只給承辦人看
staff-area-unknown = 還不清楚
staff-nobody = 工作台
staff-pages = 翻頁
staff-page-range = 第 { $from }–{ $to } 件
staff-page-before = 上一頁
staff-page-next = 下一頁
staff-dead-count = 有 { $n } 則訊息沒處理成，請看看

# 阶段
staff-stage-triage = 待分派
staff-stage-offered = 待接單
staff-stage-accepted = 辦理中
staff-stage-done = 待回訪
staff-stage-closed = 已結
staff-escalated-to = 升級到{ $rung } · { $stage }
staff-outcome-solved = 已解決
staff-outcome-unanswered = 已辦結，未回訪
staff-outcome-cancelled = 居民撤銷
staff-outcome-merged = 已併入
staff-outcome-referred = 已轉介
staff-outcome-declined = 不予受理
staff-why-no-area = 還不知道在哪裡，請問清轄區。
staff-why-no-team = 這裡沒有隊伍能接，請派給別的隊伍。
staff-why-unsure = 系統沒把握，正在請居民選。
staff-why-not-understood = 系統沒看懂，請人看看。
staff-why-asked = 居民要找人工。

# 时间
staff-today = 今天 { $time }
staff-left = 還剩 { $span }
staff-late = 逾時 { $span }
staff-span-minutes = { $n } 分鐘
staff-span-hours = { $n } 小時
staff-span-hours-minutes = { $n } 小時 { $minutes } 分
staff-span-days = { $n } 天

# 一件诉求
staff-words = 居民的話
staff-by-phone = 電話
staff-restricted-words = 涉及隱私，內容只給承辦人看。
staff-restricted-noted = 涉及隱私：您這次查看已記入經過。
staff-facts = 情況
staff-fact-resident = 居民
staff-fact-phone = 電話
staff-fact-address = 地址
staff-fact-area = 轄區
staff-fact-when = 希望時間
staff-fact-person = 為誰
staff-fact-holder = 現在由
staff-fact-resolve = 辦結時限
staff-fact-reopened = 重新辦理次數
staff-understood = 識別結果
staff-by-hand = 由人選定
staff-runners-up = 也可能是：
staff-survey = 回訪
staff-survey-solved = 解決了嗎
staff-survey-satisfied = 滿意度
staff-survey-comment = 居民的評價
staff-solved-yes = 解決了
staff-solved-no = 沒解決，要重新辦理
staff-stars = { $n } 星
staff-stars-none = 沒說
staff-timeline = 經過
staff-read = 看內容
staff-heard = 居民來訊
staff-said-private = 熱線發了私訊
staff-said-group = 熱線發到群組
staff-sent = 已送達
staff-waiting = 待發送
staff-dead = 沒發出去
staff-channel-webchat = 網頁
staff-who-staff = 工作人員 { $name }
staff-who-hotline = 系統
staff-who-resident = 居民
staff-who-resident-named = 居民 { $name }

# 经过里的事
staff-event-opened = { $who }：立案
staff-event-added = { $who }：補充情況
staff-event-classified = { $who }：改了服務事項
staff-event-located = { $who }：確定轄區
staff-event-offered = 派給隊伍
staff-event-to-triage = 轉待分派
staff-event-accepted = { $who }：接單
staff-event-passed = { $who }：不接
staff-event-released = { $who }：退單
staff-event-kept = { $who }：還在跟進
staff-event-questioned = 久無動靜，問承辦人
staff-event-expired = 沒有回音，收回重派
staff-event-help-wanted = { $who }：求助
staff-event-escalated = 升級到上一級
staff-event-overdue = 過了時限
staff-event-assigned = { $who }：派給隊員
staff-event-handed-over = { $who }：轉給別的隊伍
staff-event-answered = { $who }：答覆居民
staff-event-done = { $who }：辦結
staff-event-solved = { $who }：說已解決
staff-event-not-solved = { $who }：說沒解決
staff-event-reopened = 重新辦理
staff-event-satisfied = { $who }：記下滿意度
staff-event-commented = { $who }：記下評價
staff-event-reminded = 提醒居民回訪
staff-event-closed = 結案
staff-event-viewed = { $who }：查看了居民的話

# 处理
staff-act = 處理
staff-act-assign = 派給隊員
staff-act-hand-over = 轉給別的隊伍
staff-act-answer = 答覆居民
staff-act-finish = 辦結
staff-act-survey = 記下電話回訪
staff-act-classify = 改服務事項
staff-act-locate = 改轄區
staff-act-merge = 併入另一件
staff-act-refer = 轉介其他單位
staff-act-decline = 不予受理
staff-act-cancel = 居民撤銷
staff-do-assign = 派單
staff-do-hand-over = 轉出
staff-do-answer = 傳送
staff-do-finish = 辦結
staff-do-survey = 記下
staff-do-classify = 更改
staff-do-locate = 更改
staff-do-merge = 併入
staff-do-refer = 轉介並結案
staff-do-decline = 不予受理並結案
staff-do-cancel = 撤銷並結案
staff-member = 隊員
staff-member-holds = { $name } · 手上 { $n } 件
staff-team = 隊伍
staff-teams-here = 能接這件的隊伍
staff-teams-other = 其他隊伍
staff-reason = 原因
staff-reason-told = 原因（會告訴居民）
staff-answer-text = 給居民的話
staff-unreachable = 這位居民沒有聊天視窗，寫的話只記入經過；請打電話告訴本人。
staff-finish-note = 怎麼辦的
staff-service = 服務事項
staff-merge-number = 併入哪個訴求號
staff-unit = 單位
staff-cancel-hint = 居民說不需要了才這樣做。

# 做完以后
staff-notice-assign = 已派單，隊員會收到詳情。
staff-notice-hand-over = 已轉出。
staff-notice-answer = 已記下答覆；有聊天視窗的，這就發出。
staff-notice-finish = 已辦結，開始回訪。
staff-notice-survey = 已記下回訪。
staff-notice-classify = 已改服務事項。
staff-notice-locate = 已改轄區。
staff-notice-merge = 已併入並結案。
staff-notice-refer = 已轉介並結案。
staff-notice-decline = 已結案，原因會告訴居民。
staff-notice-cancel = 已撤銷並結案。
staff-notice-taken-in = 已立案。請把訴求號告訴來電人。
staff-notice-incomplete = 沒有辦：還有必填的沒填好。
staff-notice-too-long = 沒有辦：寫得太長了，請短一些。
staff-notice-no-case = 沒有辦：沒有那個訴求號，請核對。
staff-notice-refused = 沒有辦：訴求剛有變化，請看看最新的經過再辦。
staff-notice-already-done = 沒有辦：這件已經辦結了。
staff-notice-closed = 沒有辦：這件已經結案了。
staff-notice-not-done = 沒有辦：還沒辦結，不能回訪。
staff-notice-not-member = 沒有辦：這個人不在那支隊伍裡。
staff-notice-unknown = 沒有辦：沒有這樣的隊伍、轄區或訴求。
staff-notice-again = 已重新排隊傳送。
staff-notice-not-dead = 這則訊息已經不在這裡了。

# 消息
staff-messages-lead = 沒看懂或沒發出去的訊息。發出的可以再試。
staff-messages-none = 沒有未處理的訊息。
staff-message-out = 發出
staff-message-in = 收到
staff-message-again = 再試

# 电话受理
staff-phone-words = 來電人說了什麼
staff-phone-words-hint = 照原話記。有危險，請先轉 110、119、120。
staff-phone-words-missing = 請寫下來電人說了什麼。
staff-phone-number-wrong = 電話不對，請再核對：7 到 15 位數字。
staff-phone-area-unknown = 沒有這個轄區，請重選。
staff-phone-too-long = 太長了，請短一些。
staff-phone-service-hint = 不選，系統先提一個
staff-phone-service-open = 由系統先提
staff-phone-service-confirm = 這是系統提的，請核對後再立案。
staff-phone-service-missing = 請選服務事項。
staff-phone-open = 立案並派單

# 加入码
staff-codes-lead = 加入碼讓一個人加入隊伍，綁定碼把一個群組接到隊伍。每個只能用一次，到期作廢。
staff-code-new = 做一個新碼
staff-code-purpose = 用來
staff-code-join = 讓一個人加入隊伍
staff-code-lead = 讓一個人加入隊伍，當隊長
staff-code-bind = 把一個群組綁定到隊伍
staff-code-make = 產生
staff-code-send = 請對方原樣傳送：
staff-code-until = 有效到
staff-code-once = ，只能用一次。離開這一頁就看不到了。
