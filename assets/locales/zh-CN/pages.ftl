## Staff

# 框架
staff-name = 近邻热线
staff-desk = 工作台
staff-skip = 跳到正文
staff-menu = 主菜单
staff-languages = 语言
staff-cases = 诉求
staff-phone = 电话受理
staff-messages = 未处理消息
staff-codes = 加入码
staff-log-in = 登录
staff-log-out = 退出
staff-back = 返回列表
staff-cancel = 取消
staff-choose = 请选择
staff-optional = 可不填
staff-role-viewer = 查看
staff-role-officer = 经办
staff-role-admin = 管理员

# 登录
staff-login-title = 工作人员登录
staff-login-name = 账号
staff-login-password = 密码
staff-login-wrong = 账号或密码不对。连错五次，要等一会儿才能再试，最长 15 分钟。
staff-login-foot = 忘记密码请找管理员。所有操作都会留痕。

# 出错
staff-trouble = 没办成
staff-trouble-forbidden = 您没有这样做的权限，或者页面过期了。请返回再试，或请管理员帮忙。
staff-trouble-not-found = 没有这个页面或诉求。请核对诉求号。
staff-trouble-too-many = 试得太多了，请过一分钟再来。
staff-trouble-unavailable = 系统正忙，刚才的操作没有生效。请稍后再试。
staff-trouble-other = 刚才的操作没有生效。请返回再试。

# 列表
staff-find = 诉求号
staff-find-go = 查找
staff-find-missing = 没有 { $number } 这个诉求，请核对号码。
staff-phone-take = 登记来电
staff-summary = 现在的情况
staff-danger = 危急
staff-help-wanted = 求助
staff-tabs = 按状态看
staff-tab-attention = 需处理
staff-tab-triage = 待分派
staff-tab-escalated = 升级
staff-tab-late = 超时
staff-tab-open = 进行中
staff-tab-closed = 已结
staff-empty = 这里没有诉求。
staff-column-number = 单号
staff-column-case = 诉求
staff-column-area = 辖区
staff-column-state = 状态
staff-column-due = 时限
staff-column-holder = 现在由
staff-column-time = 时间
staff-column-direction = 方向
staff-column-error = 原因
staff-column-action = 操作
staff-restricted-gist = 涉及隐私，内容只给经办人看
staff-area-unknown = 还不清楚
staff-nobody = 工作台
staff-pages = 翻页
staff-page-range = 第 { $from }–{ $to } 件
staff-page-before = 上一页
staff-page-next = 下一页
staff-dead-count = 有 { $n } 条消息没处理成，请看看

# 阶段
staff-stage-triage = 待分派
staff-stage-offered = 待接单
staff-stage-accepted = 办理中
staff-stage-done = 待回访
staff-stage-closed = 已结
staff-escalated-to = 升级到{ $rung } · { $stage }
staff-outcome-solved = 已解决
staff-outcome-unanswered = 已办结，未回访
staff-outcome-cancelled = 居民撤销
staff-outcome-merged = 已并入
staff-outcome-referred = 已转介
staff-outcome-declined = 不予受理
staff-why-no-area = 还不知道在哪里，请问清辖区。
staff-why-no-team = 这里没有队伍能接，请派给别的队伍。
staff-why-unsure = 系统没把握，正在请居民选。
staff-why-not-understood = 系统没看懂，请人看看。
staff-why-asked = 居民要找人工。

# 时间
staff-today = 今天 { $time }
staff-left = 还剩 { $span }
staff-late = 超时 { $span }
staff-span-minutes = { $n } 分钟
staff-span-hours = { $n } 小时
staff-span-hours-minutes = { $n } 小时 { $minutes } 分
staff-span-days = { $n } 天

# 一件诉求
staff-words = 居民的话
staff-by-phone = 电话
staff-restricted-words = 涉及隐私，内容只给经办人看。
staff-restricted-noted = 涉及隐私：您这次查看已记入经过。
staff-facts = 情况
staff-fact-resident = 居民
staff-fact-phone = 电话
staff-fact-address = 地址
staff-fact-area = 辖区
staff-fact-when = 希望时间
staff-fact-person = 为谁
staff-fact-holder = 现在由
staff-fact-resolve = 办结时限
staff-fact-reopened = 重新办理次数
staff-understood = 识别结果
staff-by-hand = 由人选定
staff-runners-up = 也可能是：
staff-survey = 回访
staff-survey-solved = 解决了吗
staff-survey-satisfied = 满意度
staff-survey-comment = 居民的评价
staff-solved-yes = 解决了
staff-solved-no = 没解决，要重新办理
staff-stars = { $n } 星
staff-stars-none = 没说
staff-timeline = 经过
staff-read = 看内容
staff-heard = 居民来讯
staff-said-private = 热线发了私信
staff-said-group = 热线发到群里
staff-sent = 已送达
staff-waiting = 待发送
staff-dead = 没发出去
staff-channel-webchat = 网页
staff-who-staff = 工作人员 { $name }
staff-who-hotline = 系统
staff-who-resident = 居民
staff-who-resident-named = 居民 { $name }

# 经过里的事
staff-event-opened = { $who }：立案
staff-event-added = { $who }：补充情况
staff-event-classified = { $who }：改了服务事项
staff-event-located = { $who }：确定辖区
staff-event-offered = 派给队伍
staff-event-to-triage = 转待分派
staff-event-accepted = { $who }：接单
staff-event-passed = { $who }：不接
staff-event-released = { $who }：退单
staff-event-kept = { $who }：还在跟进
staff-event-questioned = 久无动静，问办理人
staff-event-expired = 没有回音，收回重派
staff-event-help-wanted = { $who }：求助
staff-event-escalated = 升级到上一级
staff-event-overdue = 过了时限
staff-event-assigned = { $who }：派给队员
staff-event-handed-over = { $who }：转给别的队伍
staff-event-answered = { $who }：答复居民
staff-event-done = { $who }：办结
staff-event-solved = { $who }：说已解决
staff-event-not-solved = { $who }：说没解决
staff-event-reopened = 重新办理
staff-event-satisfied = { $who }：记下满意度
staff-event-commented = { $who }：记下评价
staff-event-reminded = 提醒居民回访
staff-event-closed = 结案
staff-event-viewed = { $who }：查看了居民的话

# 处理
staff-act = 处理
staff-act-assign = 派给队员
staff-act-hand-over = 转给别的队伍
staff-act-answer = 答复居民
staff-act-finish = 办结
staff-act-survey = 记下电话回访
staff-act-classify = 改服务事项
staff-act-locate = 改辖区
staff-act-merge = 并入另一件
staff-act-refer = 转介其他单位
staff-act-decline = 不予受理
staff-act-cancel = 居民撤销
staff-do-assign = 派单
staff-do-hand-over = 转出
staff-do-answer = 发送
staff-do-finish = 办结
staff-do-survey = 记下
staff-do-classify = 更改
staff-do-locate = 更改
staff-do-merge = 并入
staff-do-refer = 转介并结案
staff-do-decline = 不予受理并结案
staff-do-cancel = 撤销并结案
staff-member = 队员
staff-member-holds = { $name } · 手上 { $n } 件
staff-team = 队伍
staff-teams-here = 能接这件的队伍
staff-teams-other = 其他队伍
staff-reason = 原因
staff-reason-told = 原因（会告诉居民）
staff-answer-text = 给居民的话
staff-unreachable = 这位居民没有聊天窗口，写的话只记入经过；请打电话告诉本人。
staff-finish-note = 怎么办的
staff-service = 服务事项
staff-merge-number = 并入哪个诉求号
staff-unit = 单位
staff-cancel-hint = 居民说不需要了才这样做。

# 做完以后
staff-notice-assign = 已派单，队员会收到详情。
staff-notice-hand-over = 已转出。
staff-notice-answer = 已记下答复；有聊天窗口的，这就发出。
staff-notice-finish = 已办结，开始回访。
staff-notice-survey = 已记下回访。
staff-notice-classify = 已改服务事项。
staff-notice-locate = 已改辖区。
staff-notice-merge = 已并入并结案。
staff-notice-refer = 已转介并结案。
staff-notice-decline = 已结案，原因会告诉居民。
staff-notice-cancel = 已撤销并结案。
staff-notice-taken-in = 已立案。请把诉求号告诉来电人。
staff-notice-incomplete = 没有办：还有必填的没填好。
staff-notice-too-long = 没有办：写得太长了，请短一些。
staff-notice-no-case = 没有办：没有那个诉求号，请核对。
staff-notice-refused = 没有办：诉求刚有变化，请看看最新的经过再办。
staff-notice-already-done = 没有办：这件已经办结了。
staff-notice-closed = 没有办：这件已经结案了。
staff-notice-not-done = 没有办：还没办结，不能回访。
staff-notice-not-member = 没有办：这个人不在那支队伍里。
staff-notice-unknown = 没有办：没有这样的队伍、辖区或诉求。
staff-notice-again = 已重新排队发送。
staff-notice-not-dead = 这条消息已经不在这里了。

# 消息
staff-messages-lead = 没看懂或没发出去的消息。发出的可以再试。
staff-messages-none = 没有未处理的消息。
staff-message-out = 发出
staff-message-in = 收到
staff-message-again = 再试

# 电话受理
staff-phone-words = 来电人说了什么
staff-phone-words-hint = 照原话记。有危险，请先转 110、119、120。
staff-phone-words-missing = 请写下来电人说了什么。
staff-phone-number-wrong = 电话不对，请再核对：7 到 15 位数字。
staff-phone-area-unknown = 没有这个辖区，请重选。
staff-phone-too-long = 太长了，请短一些。
staff-phone-service-hint = 不选，系统先提一个
staff-phone-service-open = 由系统先提
staff-phone-service-confirm = 这是系统提的，请核对后再立案。
staff-phone-service-missing = 请选服务事项。
staff-phone-open = 立案并派单

# 加入码
staff-codes-lead = 加入码让一个人加入队伍，绑定码把一个群接到队伍。每个只能用一次，到期作废。
staff-code-new = 做一个新码
staff-code-purpose = 用来
staff-code-join = 让一个人加入队伍
staff-code-lead = 让一个人加入队伍，当队长
staff-code-bind = 把一个群绑定到队伍
staff-code-make = 生成
staff-code-send = 请对方原样发送：
staff-code-until = 有效到
staff-code-once = ，只能用一次。离开这一页就看不到了。
