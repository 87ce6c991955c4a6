//! A hotline whose city lives on Telegram: residents, members and groups are there, and Telegram is [`Telegram`].

use std::net::SocketAddr;
use std::sync::Mutex;

use hotline::channels::Channels;
use hotline::clock::Clock;
use hotline::config::Config;
use hotline::engine::listen;
use hotline::web::{Web, router};
use hotline::worker;
use jiff::SignedDuration;
use tokio::net::TcpListener;

use super::telegram::{Person, TOKEN, Telegram};
use super::{CITY, Database, START, TestApp, at};

/// The teams' groups.
pub const REPAIR: i64 = -1_001_700_000_001;
pub const CARE: i64 = -1_001_700_000_002;
pub const DUTY: i64 = -1_001_700_000_003;
/// The street's, which serves the community that has no team of its own.
pub const STREET: i64 = -1_001_700_000_004;
/// Members, by their ids on Telegram.
pub const LAOLIN: i64 = 502;
pub const XIAOCHEN: i64 = 503;

/// How updates come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    Webhook,
    Polling,
}

/// See the module.
pub struct OnTelegram {
    pub app: TestApp,
    pub telegram: Telegram,
    pub hook: String,
    mode: Mode,
    after: Mutex<Option<i64>>,
}

impl OnTelegram {
    /// Where the pages are.
    pub fn site(&self) -> &str {
        self.hook.trim_end_matches("/hooks/telegram")
    }

    /// A hotline with the tests' city on Telegram, known to it, with its pages and hooks served.
    pub async fn start(database: Database, mode: Mode) -> Self {
        let clock = Clock::at(at(START));
        let telegram = Telegram::start(clock.clone()).await;
        add_groups(&telegram);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let channels = channels(&telegram, &address, mode);
        let app = TestApp::in_city(database, clock, channels, &city()).await;
        let web = router(Web::new(app.hotline.clone(), false, None))
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, web).await });
        let hook = format!("{address}/hooks/telegram");
        let hotline = Self { app, telegram, hook, mode, after: Mutex::new(None) };
        hotline.opens().await;
        hotline
    }

    /// Tells Telegram where we are, as at a start.
    pub async fn opens(&self) {
        let channel = self.app.hotline.channels.get("telegram").expect("configured");
        channel.open().await.expect("Telegram is told");
    }

    /// Somebody who has pressed Start.
    pub async fn person(&self, id: i64, name: &str) -> Person {
        let person = self.telegram.person(id, name);
        person.starts(None);
        self.settle().await;
        person
    }

    /// Lets Telegram and the hotline do everything that waits, with the seconds that pass meanwhile.
    pub async fn settle(&self) {
        const QUIET_SECONDS: u32 = 3;
        let mut quiet = 0;
        while quiet < QUIET_SECONDS {
            if self.works().await {
                quiet = 0;
            } else {
                quiet += 1;
                self.app.clock.advance(SignedDuration::from_secs(1));
            }
        }
    }

    /// Lets so many seconds pass, and in each of them what is due.
    pub async fn waits(&self, seconds: u32) {
        for _ in 0..seconds {
            while self.works().await {}
            self.app.clock.advance(SignedDuration::from_secs(1));
        }
        while self.works().await {}
    }

    /// Moves the clock, and lets everything happen that is due then.
    pub async fn advance(&self, by: SignedDuration) {
        self.app.clock.advance(by);
        self.settle().await;
    }

    /// Whether there was anything to do.
    async fn works(&self) -> bool {
        let heard = match self.mode {
            Mode::Webhook => self.telegram.delivers().await > 0,
            Mode::Polling => self.asks().await,
        };
        heard | (worker::drain(&self.app.hotline).await.expect("the workers work") > 0)
    }

    async fn asks(&self) -> bool {
        let channel = self.app.hotline.channels.get("telegram").expect("configured");
        let before = *self.after.lock().expect("no test panicked");
        let asked = listen::ask(&self.app.hotline, channel.as_ref(), before).await.expect("it polls");
        let after = asked.expect("Telegram answers");
        *self.after.lock().expect("no test panicked") = after;
        before != after
    }
}

impl Drop for OnTelegram {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let complaints = self.telegram.complaints();
            assert!(complaints.is_empty(), "Telegram complains: {complaints:#?}");
        }
    }
}

/// The teams' groups, with the bot in them.
pub fn add_groups(telegram: &Telegram) {
    for (id, title) in [
        (REPAIR, "百事帮维修队"),
        (CARE, "敬老志愿队"),
        (DUTY, "莲花北社区值班组"),
        (STREET, "开元街道值班组"),
        (-1_001_700_000_005, "思明区责任单位"),
    ] {
        telegram.group(id, title);
    }
}

/// The channels of a configuration as an operator writes it.
pub fn channels(telegram: &Telegram, address: &str, mode: Mode) -> Channels {
    let mode = match mode {
        Mode::Webhook => "webhook",
        Mode::Polling => "polling",
    };
    let text = format!(
        "[server]\npublic_url = \"{address}\"\n[channels.telegram]\ntoken = \"{TOKEN}\"\napi_url = \"{}\"\nmode = \"{mode}\"\n",
        telegram.url
    );
    Config::parse(&text).expect("the configuration is right").channels().expect("channels")
}

/// The tests' city with its groups and members on Telegram.
pub fn city() -> String {
    let ids = [
        ("chat = \"repair\"", "chat = \"-1001700000001\""),
        ("chat = \"care\"", "chat = \"-1001700000002\""),
        ("chat = \"lianhuabei-duty\"", "chat = \"-1001700000003\""),
        ("chat = \"kaiyuan-duty\"", "chat = \"-1001700000004\""),
        ("chat = \"siming-duty\"", "chat = \"-1001700000005\""),
        ("id = \"afang\"", "id = \"501\""),
        ("id = \"laolin\"", "id = \"502\""),
        ("id = \"xiaochen\"", "id = \"503\""),
        ("id = \"aying\"", "id = \"504\""),
        ("id = \"laohuang\"", "id = \"505\""),
        ("\"webchat\"", "\"telegram\""),
    ];
    ids.iter().fold(CITY.to_owned(), |city, (ours, theirs)| city.replace(ours, theirs))
}
